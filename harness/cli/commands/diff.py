"""Compare the telemetry of two runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "diff"
HELP = "compare the telemetry of two runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("before", metavar="RUN_A", type=Path, help="a run.json, or the directory of a run")
    parser.add_argument("after", metavar="RUN_B", type=Path, help="the run to compare with it")
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="print the diff as JSON")
    formats.add_argument("--markdown", action="store_true", help="print it for a comment on a pull request")
    parser.add_argument(
        "--severity",
        metavar="KIND=SEVERITY",
        action="append",
        default=[],
        help="how bad a kind of change is: breaking, additive or neutral; may be repeated",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what differs; return 1 when a change is breaking, else 0.

    Raises:
        ConfigurationError: A severity, or the kind that it is given to, is unknown.
        RecordError: A run cannot be read.
    """
    import msgspec

    from harness.analysis.diff import CanonicalRun, Shapes, canonical_run, diff_runs, severities
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.collection import rare_collection
    from harness.report import RUN_FILE, redact
    from harness.report.diff_markdown import diff_markdown
    from harness.report.diff_text import diff_lines
    from harness.report.redact import keyed_secrets
    from harness.report.redact_diff import redact_diff

    rules = severities(arguments.severity)
    shapes = Shapes()
    secrets: set[str] = set()

    def canonical(path: Path) -> CanonicalRun:
        # One record at a time: both at once may not fit into memory.
        record = read_run(path)
        if path.is_dir() and not (path / RUN_FILE).exists():
            record = redact(record)  # as it came; a run.json was redacted when it was written
        secrets.update(keyed_secrets(record))
        return canonical_run(record, shapes)

    with rare_collection():
        diff = diff_runs(canonical(arguments.before), canonical(arguments.after), rules)
    diff = redact_diff(diff, secrets)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(diff).decode() + "\n")
    elif arguments.markdown:
        sys.stdout.write(diff_markdown(diff))
    else:
        sys.stdout.writelines(f"{line}\n" for line in diff_lines(diff))
    return DOES_NOT_HOLD if diff.is_breaking else HOLDS
