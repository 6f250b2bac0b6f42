"""Join the runs of CI shards into one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.contract import Contract
    from harness.model import RunRecord

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
        ConfigurationError: The runs were checked against different contracts, or it cannot be read, or
            one of them is given twice, or would be replaced by the joined one.
        RecordError: A run cannot be read, or the joined one cannot be written.
    """
    from datetime import UTC, datetime

    from harness.analysis.merge import merge_records
    from harness.analysis.outcome import run_holds
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.contract import checked_record, load_contract, read_waivers
    from harness.invariants import known_ids
    from harness.report import summary_lines, write_reports

    _refuse_twice(arguments)
    _refuse_overwriting(arguments)
    records = [read_run(file) for file in arguments.runs]
    merged = merge_records(records)
    waivers = read_waivers(Path("pyproject.toml"))
    loaded = load_contract(arguments.contract) if arguments.contract is not None else _common(records)
    if loaded is not None or waivers:
        today = datetime.now(UTC).date()
        merged = checked_record(loaded, merged, today, waivers, known=known_ids())
    written = write_reports(merged, arguments.out)
    sys.stdout.write("\n".join(summary_lines(merged, report=str(written["html"]))) + "\n")
    return HOLDS if run_holds(merged) else DOES_NOT_HOLD


def _refuse_twice(arguments: argparse.Namespace) -> None:
    from harness.errors import ConfigurationError

    seen: dict[Path, Path] = {}
    for given in arguments.runs:
        file = _file_of(given)
        if file in seen:
            raise ConfigurationError(
                f"{given} is the run that is also given as {seen[file]}; give each run once"
            )
        seen[file] = given


def _file_of(given: Path) -> Path:
    """Return the file of a run, which is given as such or by its directory."""
    from harness.report.record_io import RUN_FILE

    return (given / RUN_FILE if given.is_dir() else given).resolve()


def _refuse_overwriting(arguments: argparse.Namespace) -> None:
    from harness.errors import ConfigurationError
    from harness.report.record_io import RUN_FILE

    for given in arguments.runs:
        if _file_of(given) == (arguments.out / RUN_FILE).resolve():
            raise ConfigurationError(
                f"{given} is one of the runs, and would be replaced by the joined one;"
                " choose another directory: --out DIR"
            )


def _common(records: list[RunRecord]) -> Contract | None:
    """Return the contract that the runs were checked against; of a part it says nothing of the whole.

    Raises:
        ConfigurationError: There are several, or it cannot be read, or was changed since.
    """
    from harness.contract import load_contract
    from harness.errors import ConfigurationError

    names = sorted({record.contract for record in records if record.contract})
    if not names:
        return None
    _warn_of_unchecked(records, names[0])
    give = "give the one that the joined run must hold: --contract FILE"
    if len(names) > 1:
        raise ConfigurationError(
            f"the runs were checked against different contracts, {' and '.join(names)}; {give}"
        )
    digests = sorted({record.contract_digest for record in records if record.contract_digest})
    if len(digests) > 1:
        shown = " and ".join(digest[:12] for digest in digests)
        raise ConfigurationError(
            f"the runs were checked against different versions of {names[0]}, sha256 {shown};"
            f" run every shard on the same commit, or {give}"
        )
    contract = load_contract(Path(names[0]))
    if digests and contract.digest != digests[0]:
        raise ConfigurationError(
            f"{names[0]} is not as it was when the runs were checked, sha256 {digests[0][:12]},"
            f" now {contract.digest[:12]}; merge on the same commit, or {give}"
        )
    return contract


def _warn_of_unchecked(records: list[RunRecord], name: str) -> None:
    from harness.report.text import count_text

    unchecked = sum(not record.contract for record in records)
    if unchecked:
        runs = f"{unchecked} of {count_text(len(records), 'run')}"
        sys.stderr.write(
            f"harness: {runs} had not been checked against a contract;"
            f" the joined run is checked against {name}, all of it\n"
        )
