"""Check a run against a telemetry contract, against semantic conventions, or both."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Finding, RunRecord

NAME = "check"
HELP = "check a run against a telemetry contract or semantic conventions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run", metavar="RUN", type=Path, help="a run.json, or the directory of a run")
    parser.add_argument("--contract", metavar="FILE", type=Path, help="a *.contract.yaml")
    parser.add_argument(
        "--semconv",
        metavar="REGISTRY",
        help="semantic conventions that OpenTelemetry Weaver checks it against: a directory, or a URL",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="also write the run with these findings there, for `harness report`",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the findings, errors first; return 1 when one of them is an error, else 0.

    Raises:
        ConfigurationError: There is nothing to check against, the contract is wrong, or Weaver is missing.
        LaunchError: Weaver fails.
        RecordError: The run cannot be read, or the one with the findings not be written.
    """
    from datetime import UTC, datetime

    import msgspec

    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.contract import checked_record, finding_lines, load_contract, read_waivers
    from harness.errors import ConfigurationError
    from harness.invariants import known_ids
    from harness.model.finding import is_failure
    from harness.report import redact, write_reports

    if arguments.contract is None and arguments.semconv is None:
        raise ConfigurationError("nothing to check the run against; give --contract FILE, --semconv REGISTRY")
    contract = load_contract(arguments.contract) if arguments.contract is not None else None
    record = redact(read_run(arguments.run))
    of_semconv = _of_semconv(record, arguments.semconv) if arguments.semconv is not None else ()
    # What the run itself found is in its own report.
    bare = msgspec.structs.replace(record, findings=of_semconv)
    waivers, today = read_waivers(Path("pyproject.toml")), datetime.now(UTC).date()
    checked = checked_record(contract, bare, today, waivers, known=known_ids())
    if arguments.out is not None:
        write_reports(_with_earlier_findings(record, checked, arguments), arguments.out)
    if arguments.json:
        told = [msgspec.to_builtins(one) | {"level": one.level.value} for one in checked.findings]
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in finding_lines(checked.findings))
    return DOES_NOT_HOLD if any(map(is_failure, checked.findings)) else HOLDS


def _with_earlier_findings(record: RunRecord, checked: RunRecord, arguments: argparse.Namespace) -> RunRecord:
    """Return the checked record with what was found before, but for what this check looked for again."""
    import msgspec

    from harness.analysis.outcome import is_of_contract

    before = record.findings
    if arguments.semconv is not None:
        before = tuple(finding for finding in before if not finding.id.startswith("semconv_"))
    if arguments.contract is not None:
        before = tuple(finding for finding in before if not is_of_contract(record, finding))
    else:
        checked = msgspec.structs.replace(
            checked, contract=record.contract, contract_digest=record.contract_digest
        )
    return msgspec.structs.replace(checked, findings=tuple(dict.fromkeys((*before, *checked.findings))))


def _of_semconv(record: RunRecord, registry: str) -> tuple[Finding, ...]:
    import signal

    from harness.launch.weaver import live_check

    telemetries = [*(scenario.telemetry for scenario in record.scenarios), record.outside]
    # Else Weaver would outlive us.
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        return live_check(telemetries, registry)
    finally:
        signal.signal(signal.SIGTERM, before)
