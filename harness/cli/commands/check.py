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
    from harness.contract import checked_record, load_contract
    from harness.report import redact

    contract = load_contract(arguments.contract)
    record = redact(read_run(arguments.run))
    # What the run itself found is in its own report.
    bare = msgspec.structs.replace(record, findings=())
    findings = checked_record(contract, bare, datetime.now(UTC).date()).findings
    failing = [finding for finding in findings if is_failure(finding)]
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(findings).decode() + "\n")
    else:
        for finding in (*failing, *(finding for finding in findings if finding not in failing)):
            place = finding.site or arguments.contract
            level = "waived" if finding.acknowledged else finding.level.value
            where = f"{finding.where}: " if finding.where else ""
            sys.stdout.write(f"{place}: {level} {finding.id}: {where}{finding.message}\n")
        sys.stdout.write(f"{len(findings)} findings, {len(failing)} of them fail\n")
    return DOES_NOT_HOLD if failing else HOLDS
