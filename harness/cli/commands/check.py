"""Check a run against a telemetry contract."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "check"
HELP = "check a run against a telemetry contract"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path, help="a run.json, or the directory of a run")
    parser.add_argument("--contract", metavar="FILE", type=Path, required=True, help="a *.contract.yaml")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings, errors first; return 1 when one of them is an error, else 0.

    Raises:
        ConfigurationError: The contract cannot be read, or is wrong.
        RecordError: The run cannot be read.
    """
    from datetime import UTC, datetime

    import msgspec

    from harness.analysis.outcome import is_failure
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.contract import checked_record, finding_lines, load_contract, read_waivers
    from harness.report import redact

    contract = load_contract(arguments.contract)
    record = redact(read_run(arguments.run))
    # What the run itself found is in its own report.
    bare = msgspec.structs.replace(record, findings=())
    findings = checked_record(
        contract, bare, datetime.now(UTC).date(), read_waivers(Path("pyproject.toml"))
    ).findings
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(findings).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in finding_lines(findings))
    return DOES_NOT_HOLD if any(map(is_failure, findings)) else HOLDS
