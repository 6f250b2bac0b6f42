"""Run records to and from bytes and files: the format of `reports/run.json`."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.errors import RecordError, in_our_words
from harness.model import SCHEMA_VERSION, RunRecord
from harness.report.as_is import is_as_is
from harness.report.plain import from_plain, has_marks, to_plain
from harness.report.walk import SETTLED, rebuild

RUN_FILE = "run.json"
# A field of type bytes is base64 by its own type; one of any type that holds bytes is not.
_TYPED = frozenset({bytes})


class _Header(msgspec.Struct):
    schema_version: int


def encode_record(record: RunRecord) -> bytes:
    """Return a record as one line of JSON; equal records give equal bytes.

    It is written as it is: `harness.report.redact.redact` comes first.

    >>> encode_record(RunRecord())[:20]
    b'{"schema_version":1,'
    """
    try:
        as_is = is_as_is(record)
        data = msgspec.json.encode(record if as_is else rebuild(record, to_plain, SETTLED | {str}, _TYPED))
    except (UnicodeEncodeError, TypeError):  # a lone surrogate, or a subclass of str
        data = msgspec.json.encode(rebuild(record, to_plain, SETTLED, _TYPED))
    return data + b"\n"


def decode_record(data: bytes, *, source: str = RUN_FILE) -> RunRecord:
    """Return the record that `encode_record` wrote.

    Args:
        source: What errors call the input.

    Raises:
        RecordError: It is not JSON, is cut short, has a schema version this
            harness does not read, or is shaped otherwise.

    >>> decode_record(encode_record(RunRecord())) == RunRecord()
    True
    """
    _require_version(data, source)
    try:
        if not has_marks(data):
            return msgspec.json.decode(data, type=RunRecord)
        return msgspec.convert(from_plain(msgspec.json.decode(data)), RunRecord)
    except RecursionError as error:
        raise RecordError(_too_deep(source)) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise RecordError(_shape_message(source, error)) from error


def _require_version(data: bytes, source: str) -> None:
    try:
        version = msgspec.json.decode(data, type=_Header).schema_version
    except msgspec.ValidationError as error:
        raise RecordError(
            f"{source}: not a run record: expected an object with 'schema_version', {_words(str(error))};"
            " give a run.json that the harness wrote"
        ) from error
    except RecursionError as error:
        raise RecordError(_too_deep(source)) from error
    except msgspec.DecodeError as error:
        raise RecordError(_syntax_message(data, source, error)) from error
    if version != SCHEMA_VERSION:
        cure = (
            "install the telemetry-harness that wrote it or a later one"
            if version > SCHEMA_VERSION
            else "record the run again with this telemetry-harness"
        )
        raise RecordError(f"{source}: expected schema_version {SCHEMA_VERSION}, captured {version}; {cure}")


def _too_deep(source: str) -> str:
    return f"{source}: a value is nested too deeply; look for it in the file, and shorten it"


def _syntax_message(data: bytes, source: str, error: Exception) -> str:
    if not data.strip():
        return f"{source}: the file is empty; the run that wrote it did not end, record it again"
    if "truncated" in str(error):
        return (
            f"{source}: cut short after {len(data)} bytes: the JSON does not end;"
            " the run that wrote it was stopped, record it again"
        )
    reason = str(error).removeprefix("JSON is malformed: ")
    return f"{source}: not JSON: {reason}; give a run.json that the harness wrote"


def _shape_message(source: str, error: Exception) -> str:
    message, _, path = str(error).partition(" - at ")
    where = f" at {path}" if path else ""
    return (
        f"{source}: not a run record{where}: {_words(message)};"
        " the file was edited or is damaged, record the run again"
    )


def _words(message: str) -> str:
    """Return msgspec's message in our words."""
    return message[:1].lower() + in_our_words(message[1:])


def read_record(path: Path) -> RunRecord:
    """Return the record in a file, or in the `run.json` of a directory.

    Raises:
        RecordError: It is missing, cannot be read, or is not a run record.
    """
    file = path / RUN_FILE if path.is_dir() else path
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise RecordError(
            f"{file}: no such run record; a run writes one (pytest with telemetry_channels, or `harness run`)"
        ) from error
    except OSError as error:
        raise RecordError(f"{file}: cannot be read: {error.strerror}; check its permissions") from error
    return decode_record(data, source=str(file))
