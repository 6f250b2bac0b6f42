"""Write a telemetry contract from a run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "contract"
HELP = "write a telemetry contract from a run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True, dest="verb")
    write = verbs.add_parser("write", help="write the smallest contract that would notice every loss")
    write.add_argument("run", metavar="RUN", type=Path, help="a run.json, or the directory of a run")
    write.add_argument(
        "--out", metavar="FILE", type=Path, help="a new file, *.contract.yaml (default: standard output)"
    )
    write.add_argument("--force", action="store_true", help="replace FILE if it is there")


def run(arguments: argparse.Namespace) -> int:
    """Write the contract, and its schema beside it; return 0.

    Raises:
        ConfigurationError: FILE is there already, or cannot be written.
        RecordError: The run cannot be read, or captured nothing.
    """
    from harness.cli import HOLDS
    from harness.cli.recorded import read_run
    from harness.contract import contract_text
    from harness.errors import RecordError
    from harness.report import redact

    record = redact(read_run(arguments.run))
    if all(scenario.telemetry.is_empty for scenario in record.scenarios):
        raise RecordError(f"{arguments.run}: the run captured no telemetry; run the scenarios first")
    text = contract_text(record)
    if arguments.out is None:
        sys.stdout.write(text)
        return HOLDS
    _write(arguments.out, text, replace=arguments.force)
    sys.stderr.write(f"wrote {arguments.out}; review and commit it, then gate with --telemetry-contract\n")
    return HOLDS


def _write(file: Path, text: str, *, replace: bool) -> None:
    from harness.contract.schema import schema_text
    from harness.contract.write import SCHEMA_FILE
    from harness.errors import ConfigurationError

    try:
        with file.open("w" if replace else "x", encoding="utf-8") as stream:
            stream.write(text)
        (file.parent / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    except FileExistsError as error:
        raise ConfigurationError(
            f"{file}: is there already and was not touched; review a new one beside it, or give --force"
        ) from error
    except OSError as error:
        message = f"{file}: cannot be written: {error.strerror}; choose another place"
        raise ConfigurationError(message) from error
