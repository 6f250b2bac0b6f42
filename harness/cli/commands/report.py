"""Rebuild the reports of a run from its record, without running anything."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path, PurePath

NAME = "report"
HELP = "rebuild the reports of a run from its run.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "run", metavar="RUN", type=Path, help="a run.json, a received.bin, or the directory of a run"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write (default: beside RUN)")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        action="append",
        dest="formats",
        help="html, json, terminal, markdown, sarif, junit, github, zipkin, jaeger or an installed one;"
        " may be repeated (default: html and terminal)",
    )
    parser.add_argument(
        "--source-root",
        metavar="DIR",
        help="where the run was made, below the root of the repository, for paths in sarif and github"
        " (default: where the current directory is)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the reports; return 0 when the telemetry of the run holds, else 1.

    Raises:
        ConfigurationError: There is no such format.
        RecordError: The record cannot be read, or a report cannot be written.
    """
    from harness.analysis.outcome import run_holds
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.report import (
        redact,
        render,
        report_formats,
        summary_lines,
        write_reports,
    )
    from harness.report.rooted import root_of

    record = redact(read_run(arguments.run))
    chosen = arguments.formats or ["html", "terminal"]
    known = report_formats()
    files = [name for name in chosen if name not in known or known[name].FILE_NAME is not None]
    root = arguments.source_root
    root = root_of(Path.cwd()) if root is None else PurePath(root).as_posix()
    directory = arguments.out or _directory(arguments.run)
    written = write_reports(record, directory, names=files, source_root=root)
    for name in chosen:
        if name == "terminal":
            report = str(written["html"]) if "html" in written else ""
            sys.stdout.write("\n".join(summary_lines(record, report=report)) + "\n")
        elif name not in written:
            content = render(record, name, source_root=root)
            sys.stdout.write(content if isinstance(content, str) else content.decode())
    return HOLDS if run_holds(record) else DOES_NOT_HOLD


def _directory(run: Path) -> Path:
    """Return where the reports of a run go: those of a recording are not to replace another run's."""
    from harness.codec import arrivals_file

    if run.suffix == arrivals_file.SUFFIX and run.name != arrivals_file.FILE_NAME:
        return run.with_suffix("")
    return run if run.is_dir() else run.parent
