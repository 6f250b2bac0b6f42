"""What `harness run` and `harness serve` share: the receivers, and the record at the end."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from harness.capture.environment import LOOPBACK
from harness.cli.recorded import record_of
from harness.errors import ConfigurationError, RecordError
from harness.launch.receivers import Ports, Receivers
from harness.launch.recording import Recording

if TYPE_CHECKING:
    from harness.contract import Contract
    from harness.model import Finding, Outcome, RunRecord

RUN_FILE = "run.json"
_REPORTS = {RUN_FILE: b'{"schema_version":', "index.html": b"default-src 'none'; style-src"}
"""What is replaced → what it has near its beginning."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 16 * 1024 * 1024
"""At the end of each heap; a batch of 512 spans takes about one MiB as messages."""


def begin(arguments: argparse.Namespace, name: str) -> tuple[Recording, Receivers]:
    """Start recording, in place of what an earlier run left in the directory, unless it was killed.

    Raises:
        ConfigurationError: A port is taken, or the directory cannot be written or is recorded into
            already; what an earlier run left stays.
    """
    _keep_freed_memory()
    ports = Ports(otlp=arguments.otlp_port, xray=arguments.xray_port, aws=arguments.aws_port)
    with ExitStack() as undo:
        recording = Recording(arguments.out, name)
        undo.callback(recording.abandon)
        receivers = Receivers(
            recording, host=arguments.host, ports=ports, required_headers=arguments.require_header
        )
        undo.callback(receivers.close)
        is_finished = (arguments.out / RUN_FILE).exists()
        _remove_earlier(arguments.out)
        recording.begin(keeps_earlier=not is_finished)
        undo.pop_all()
    _warn_if_public(arguments.host)
    return recording, receivers


def _keep_freed_memory() -> None:
    """Let the C library keep what a request took for the next, instead of asking the system again.

    Source: mallopt(3). Other libraries than glibc have none.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)


def _remove_earlier(directory: Path) -> None:
    """Remove the reports of an earlier run: one that is killed must not be taken for the one before it.

    Raises:
        ConfigurationError: One of them cannot be removed, or is no report.
    """
    for stale, marker in _REPORTS.items():
        try:
            if not _begins_with(directory / stale, marker):
                raise ConfigurationError(
                    f"{directory / stale}: is there, and no report of the harness; "
                    "move it, or choose another directory (--out DIR)"
                )
            (directory / stale).unlink(missing_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"{directory / stale}: cannot be replaced: {error.strerror}; "
                "remove it, or choose another directory (--out DIR)"
            ) from error


def _begins_with(file: Path, marker: bytes) -> bool:
    """Return whether a file has a text near its beginning, or is not there."""
    try:
        with file.open("rb") as stream:
            return marker in stream.read(1024)
    except FileNotFoundError:
        return True


def _warn_if_public(host: str) -> None:
    """Say so when others than this machine can send telemetry here."""
    if host not in (LOOPBACK, "localhost"):
        sys.stderr.write(f"harness: listening on {host}: whoever can reach this machine can send telemetry\n")


def contract_of(arguments: argparse.Namespace) -> Contract | None:
    """Return the contract that the run must hold, None when none is given.

    Raises:
        ContractError: It cannot be read, or is wrong: said before anything is run.
    """
    if arguments.contract is None:
        return None
    from harness.contract import load_contract

    return load_contract(arguments.contract)


def conclude(
    recording: Recording,
    arguments: argparse.Namespace,
    contract: Contract | None,
    *,
    outcome: Outcome,
    code: int = 0,
    packages: dict[str, str] | None = None,
    killed_by: int = 0,
) -> bool:
    """Write the record and its report, sum them up on stderr; return whether telemetry holds.

    Args:
        contract: What the run must hold; what it does not goes to stderr and into the record.
        code: The exit code of the command, told where it is why the run fails.
        packages: Of the app, where they are known.
        killed_by: The signal that ended the command: said on stderr and in the record.

    Raises:
        RecordError: A report cannot be written; `received.bin` stays.
    """
    import msgspec

    from harness.analysis.outcome import run_holds
    from harness.collection import rare_collection
    from harness.report.terminal import summary_lines

    # The directory is locked until its reports are written; what they are made of lives until then.
    with closing(recording), rare_collection():
        recording.complete()
        record = record_of(
            recording.file,
            outcome=outcome,
            why=_failed(code) if outcome == "failed" else None,
            packages=packages,
        )
        found = (*record.findings, *_killed(killed_by))
        record = msgspec.structs.replace(record, findings=found)
        if contract is not None:
            record = _checked(record, contract)
        written = _written(record, recording)
        if not (record.cut or arguments.keep_received):
            recording.file.unlink()  # all of it is in run.json now, without the secrets
    sys.stderr.write("\n".join(summary_lines(record, report=str(written["html"]))) + "\n")
    return run_holds(record)


def _written(record: RunRecord, recording: Recording) -> dict[str, Path]:
    """Write the reports beside the recording.

    Raises:
        RecordError: One cannot be written.
    """
    from harness.report.write import write_reports

    directory = recording.file.parent
    try:
        return write_reports(record, directory)
    except RecordError as error:
        kept = f"what arrived is kept in {recording.file.name}"
        raise RecordError(f"{error}; {kept}, of which harness report {directory} makes a report") from error


def _failed(code: int) -> Finding:
    from harness.model import Finding

    return Finding(
        id="command_failed",
        signal="harness",
        message=f"the command ended with exit code {code}; see its output",
    )


def _killed(number: int) -> Iterator[Finding]:
    """Yield that a signal ended the command before its exit handlers ran; say it on stderr, too."""
    import signal

    from harness.launch.lifecycle import killed_words
    from harness.model import Finding, Level

    words = killed_words("the command", signal.Signals(number)) if number else ""
    if words:
        sys.stderr.write(f"harness: {words}\n")
        yield Finding(id="command_killed", signal="harness", message=words, level=Level.WARNING)


def _checked(record: RunRecord, contract: Contract) -> RunRecord:
    from datetime import UTC, datetime

    from harness.contract import checked_record, finding_lines, read_waivers
    from harness.invariants import known_ids

    waivers, today = read_waivers(Path("pyproject.toml")), datetime.now(UTC).date()
    record = checked_record(contract, record, today, waivers, known=known_ids())
    sys.stderr.writelines(f"{line}\n" for line in finding_lines(record.findings))
    return record
