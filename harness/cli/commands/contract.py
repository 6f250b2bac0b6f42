"""Write a telemetry contract from a run, or accept what a run changed."""

from __future__ import annotations

import argparse
import codecs
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.model import Finding, RunRecord

NAME = "contract"
HELP = "write a telemetry contract from a run, or accept what a run changed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True, dest="verb")
    write = verbs.add_parser("write", help="write the smallest contract that would notice every loss")
    write.add_argument("run", metavar="RUN", type=Path, help="a run.json, or the directory of a run")
    write.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="a new file, *.contract.yaml (default, and -: standard output)",
    )
    write.add_argument("--force", action="store_true", help="replace FILE if it is there")
    accept = verbs.add_parser("accept", help="change a contract so that a run holds it; comments stay")
    accept.add_argument("run", metavar="RUN", type=Path, help="a run.json, or the directory of a run")
    accept.add_argument("--contract", metavar="FILE", type=Path, required=True, help="the file to change")
    accept.add_argument(
        "--only", metavar="ID", nargs="+", action="extend", default=[], help="make only these changes"
    )
    accept.add_argument("--dry-run", action="store_true", help="print the changes with their ids; make none")


def run(arguments: argparse.Namespace) -> int:
    """Write or change the contract; return 0, and 1 when the run does not hold what all changes make of it.

    Raises:
        ConfigurationError: FILE is there already, cannot be written, is no contract, or is to be
            changed in CI.
        RecordError: The run cannot be read, or captured nothing.
    """
    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.recorded import read_run
    from harness.errors import RecordError
    from harness.report import redact

    record = redact(read_run(arguments.run))
    if all(part.is_empty for part in (record.outside, *(s.telemetry for s in record.scenarios))):
        raise RecordError(f"{arguments.run}: the run captured no telemetry; run the scenarios first")
    if arguments.verb == "accept":
        return HOLDS if _accept(arguments, record) or arguments.only else DOES_NOT_HOLD
    _write(arguments, record)
    return HOLDS


def _accept(arguments: argparse.Namespace, record: RunRecord) -> bool:
    """Make the changes and say what remains; return whether the run holds the contract then."""
    from harness.contract import finding_lines
    from harness.contract.accept import accepted_text
    from harness.contract.yaml_nodes import read_contract_text
    from harness.errors import ConfigurationError
    from harness.report.text import count_text

    if os.environ.get("CI") and not arguments.dry_run:
        raise ConfigurationError(
            "CI is set, and a contract is changed by a person who reviews the diff;"
            " accept on your own machine and commit, or give --dry-run"
        )
    file: Path = arguments.contract
    before = read_contract_text(file)
    text, made, left = accepted_text(before, record, arguments.only, file=str(file))
    if made and not arguments.dry_run:
        _replace(file, text)
    sys.stdout.writelines(f"{change}\n" for change in made)
    if left:
        sys.stdout.write("not made; name those that are meant with --only ID:\n")
        sys.stdout.writelines(f"{change}\n" for change in left)
    if made:
        verb = "would be made" if arguments.dry_run else "made; review the diff and commit it"
        sys.stdout.write(f"{count_text(len(made), 'change')} {verb}\n")
    else:
        sys.stdout.write("nothing was changed\n")
    failing = _failing(text, record, str(file))
    if failing:
        sys.stdout.write(
            f"the run does not hold the contract{' with these changes' if made else ''}: what remains was not"
            " asked for, or is nothing that a run can decide; mend the app, or edit the contract by hand\n"
        )
        sys.stdout.writelines(f"{line}\n" for line in finding_lines(failing))
    else:
        sys.stdout.write(f"the run {'then ' if made else ''}holds the contract\n")
    return not failing


def _failing(text: str, record: RunRecord, file: str) -> list[Finding]:
    """Return what fails of a run that is checked against a contract, its waivers applied."""
    from datetime import UTC, datetime

    import msgspec

    from harness.contract import checked_record, parse_contract, read_waivers
    from harness.model.finding import is_failure

    bare = msgspec.structs.replace(record, findings=())
    waivers, today = read_waivers(Path("pyproject.toml")), datetime.now(UTC).date()
    checked = checked_record(parse_contract(text, file=file), bare, today, waivers)
    return list(filter(is_failure, checked.findings))


def _replace(file: Path, text: str) -> None:
    from harness.errors import ConfigurationError
    from harness.report.write import replace_file

    try:
        replace_file(file, _as_it_was(file.read_bytes(), text), keeps_mode=True)
    except OSError as error:
        raise ConfigurationError(
            f"{file}: cannot be written: {error.strerror}; check its permissions"
        ) from error


def _as_it_was(before: bytes, text: str) -> bytes:
    """Return a text with the byte order mark and the line ends that its file had."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    ends = b"\r\n" if before.count(b"\r\n") * 2 > before.count(b"\n") else b"\n"
    return mark + text.encode().replace(b"\n", ends)


def _write(arguments: argparse.Namespace, record: RunRecord) -> None:
    from harness.contract import contract_text
    from harness.contract.write import SCHEMA_FILE
    from harness.errors import ConfigurationError

    text = contract_text(record)
    file: Path | None = arguments.out
    if file is None or str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w" if arguments.force else "x", encoding="utf-8") as stream:
            stream.write(text)
        _write_schema(file.parent / SCHEMA_FILE)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{file}: is there already and was not touched; review a new one beside it, or give --force"
        ) from error
    except OSError as error:
        message = f"{file}: cannot be written: {error.strerror}; choose another place"
        raise ConfigurationError(message) from error
    sys.stderr.write(f"wrote {file}; review and commit it, then gate with --telemetry-contract\n")


def _write_schema(file: Path) -> None:
    """Write the schema that editors complete the contract by; leave a file of somebody else's."""
    from harness.contract.schema import TITLE, schema_text

    if file.exists() and TITLE not in file.read_text(encoding="utf-8", errors="replace"):
        sys.stderr.write(f"harness: {file} is not the schema of contracts, and was not touched\n")
        return
    file.write_text(schema_text(), encoding="utf-8")
