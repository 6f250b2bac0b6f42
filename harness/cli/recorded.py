"""From `received.bin` to a run record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from harness.codec import arrivals_file
from harness.codec.arrivals_file import Arrival, LeftOut, Start
from harness.codec.wire import WireTelemetry
from harness.errors import RecordError
from harness.invariants import all_invariants, check_invariants
from harness.launch.recording import is_recorded_into
from harness.model import Finding, Outcome, RunRecord, ScenarioRecord

MAX_DECODED_BYTES = 256 * 1024 * 1024
"""Of bodies; a run record is held in memory whole, some ten times as large as what arrived."""

_ABOUT_CHECKS = frozenset({"exceptions"})
"""Invariants that ask what a scenario asserts: a recorded run has no scenario that could."""


def read_run(run: Path) -> RunRecord:
    """Return the record of a run: a `run.json`, the directory that holds one, or a recording.

    One that was killed left only what it had received; what is missing is told on stderr.

    Raises:
        RecordError: There is no run, or it cannot be read.
    """
    from harness.report import RUN_FILE, read_record

    if run.is_dir() and not (run / RUN_FILE).exists() and has_recording(run):
        run = run / arrivals_file.FILE_NAME
    if run.is_file() and run.suffix == arrivals_file.SUFFIX:
        if is_recorded_into(run):
            raise RecordError(f"{run}: a harness is recording into it; stop that first (SIGINT or SIGTERM)")
        record = record_of(run, outcome="interrupted", why=_interrupted())
        sys.stderr.writelines(f"harness: {sentence}\n" for sentence in record.cut)
        return record
    return read_record(run)


def has_recording(directory: Path) -> bool:
    """Return whether a directory has a `received.bin`."""
    return (directory / arrivals_file.FILE_NAME).is_file()


def record_of(
    file: Path,
    *,
    outcome: Outcome = "passed",
    why: Finding | None = None,
    packages: dict[str, str] | None = None,
) -> RunRecord:
    """Return the record of what a `received.bin` holds: one scenario.

    Args:
        outcome: The command's.
        why: What tells the cause of an outcome that fails.
        packages: Distribution name → version.

    Raises:
        RecordError: The file is missing, or was not written by a recording.
    """
    wire = WireTelemetry()
    left_out: list[int] = []
    unreadable: list[LeftOut] = []
    entries = _entries(file, unreadable)
    start = _start_of(entries, file)
    for arrival, body in _limited(entries, left_out):
        wire.add(arrival, body)
    telemetry = wire.telemetry()
    rules = [rule for name, rule in all_invariants().items() if name not in _ABOUT_CHECKS]
    scenario = ScenarioRecord(
        name=start.name,
        telemetry=telemetry,
        findings=(*([why] if why else ()), *check_invariants(telemetry, (), rules)),
        outcome=outcome,
        start_time_unix_nano=start.start_time_unix_nano,
        duration_ns=file.stat().st_mtime_ns - start.start_time_unix_nano,
    )
    cures = {**_unwritten(start), **_too_much(file, left_out), **_damaged(unreadable, outcome)}
    return RunRecord(
        scenarios=(scenario,),
        packages=packages or {},
        findings=tuple(_arrivals_lost(sentence, cure) for sentence, cure in cures.items()),
        cut=tuple(dict.fromkeys((*cures, *(one.text for one in unreadable)))),
    )


def _interrupted() -> Finding:
    return Finding(
        id="run_interrupted",
        signal="harness",
        message=(
            "the harness was killed before it could end the run, or could not write run.json: what arrived "
            "until then is here; stop it with SIGINT or SIGTERM, and give it room"
        ),
    )


def _entries(file: Path, unreadable: list[LeftOut]) -> Iterator[tuple[Arrival, bytes]]:
    """Yield the entries of a file; note what of it cannot be read."""
    try:
        with file.open("rb") as stream:
            left_out = yield from arrivals_file.read(stream)
        if left_out.text:
            unreadable.append(left_out._replace(text=f"{file}: {left_out.text}"))
    except OSError as error:
        raise RecordError(f"{file}: cannot be read: {error.strerror}; check the path") from error


def _start_of(entries: Iterator[tuple[Arrival, bytes]], file: Path) -> Start:
    start = next((arrival.start for arrival, _ in entries), None)
    if start is None:
        raise RecordError(f"{file}: does not begin as a recording does; record the run again")
    return start


def _limited(
    entries: Iterator[tuple[Arrival, bytes]], left_out: list[int]
) -> Iterator[tuple[Arrival, bytes]]:
    """Yield entries while their bodies fit; note the sizes of those left out."""
    total = 0
    for arrival, body in entries:
        total += len(body)
        if total <= MAX_DECODED_BYTES:
            yield arrival, body
        else:
            left_out.append(len(body))


def _unwritten(start: Start) -> dict[str, str]:
    """Return what could not be recorded, and the cure."""
    if not start.lost:
        return {}
    kinds = ", ".join(
        f"{count:,} {what.removesuffix('s') if count == 1 else what}" for what, count in start.lost.items()
    )
    return {
        f"arrivals could not be written ({kinds}): {start.reason}": (
            "; free some space, or choose another directory (--out DIR)"
        )
    }


def _too_much(file: Path, left_out: list[int]) -> dict[str, str]:
    """Return what a record cannot take, and the cure."""
    if not left_out:
        return {}
    sentence = (
        f"{len(left_out):,} arrivals ({sum(left_out) / 1e6:,.0f} MB) after the first "
        f"{MAX_DECODED_BYTES / 1e6:,.0f} MB are in {file.name} and not in this record"
    )
    return {sentence: ": whatever is wrong with them is not found; record less at once, in several runs"}


def _damaged(unreadable: list[LeftOut], outcome: Outcome) -> dict[str, str]:
    """Return what cannot be read, and the cure; what a kill cut short was never answered."""
    lost = (one.text for one in unreadable if not (one.is_cut and outcome == "interrupted"))
    return dict.fromkeys(lost, "; record the run again")


def _arrivals_lost(sentence: str, cure: str) -> Finding:
    return Finding(id="arrivals_lost", signal="harness", message=sentence + cure)
