"""Join the runs of CI shards into one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "merge"
HELP = "join the runs of CI shards into one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "runs", metavar="RUN", type=Path, nargs="+", help="a run.json, or the directory of a run"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="where the joined run is written"
    )
    parser.add_argument(
        "--contract",
        metavar="FILE",
        type=Path,
        help="a *.contract.yaml that the joined run must hold (default: the one of the runs)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the joined run; return 0 when its telemetry holds, else 1.

    Raises:
        ConfigurationError: The runs were checked against different contracts, or it cannot be read.
        RecordError: A run cannot be read, or the joined one cannot be written.
    """
    from datetime import UTC, datetime

    from harness.analysis.merge import merge_records
    from harness.analysis.outcome import run_holds
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.contract import checked_record, load_contract, read_waivers
    from harness.report import summary_lines, write_reports

    records = [read_run(file) for file in arguments.runs]
    contract = arguments.contract or _common_contract([record.contract for record in records])
    merged = merge_records(records)
    waivers = read_waivers(Path("pyproject.toml"))
    if contract is not None or waivers:
        loaded = load_contract(contract) if contract is not None else None
        merged = checked_record(loaded, merged, datetime.now(UTC).date(), waivers)
    written = write_reports(merged, arguments.out)
    sys.stdout.write("\n".join(summary_lines(merged, report=str(written["html"]))) + "\n")
    return HOLDS if run_holds(merged) else DOES_NOT_HOLD


def _common_contract(names: list[str]) -> Path | None:
    """Return the contract that the runs were checked against; of a part it says nothing of the whole.

    Raises:
        ConfigurationError: There are several.
    """
    from harness.errors import ConfigurationError

    different = sorted(set(filter(None, names)))
    if len(different) > 1:
        raise ConfigurationError(
            f"the runs were checked against different contracts, {' and '.join(different)};"
            " give the one that the joined run must hold: --contract FILE"
        )
    return Path(different[0]) if different else None
