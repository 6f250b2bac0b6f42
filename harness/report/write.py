"""Reports to disk: redacted, and each file whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.collection import no_collection
from harness.errors import ConfigurationError, RecordError
from harness.model import RunRecord
from harness.registry import built_in_modules, third_party
from harness.report.redact import redact
from harness.report.rooted import from_root

GROUP = "harness.reports"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DEFAULT_FORMATS = ("json", "html")


def report_formats() -> dict[str, Any]:
    """Return name → format, built-in and third-party; see `harness.report.formats`.

    Raises:
        ConfigurationError: A third party's cannot be loaded.

    >>> sorted(report_formats())[:3]
    ['github', 'html', 'jaeger']
    """
    found = {module.NAME: module for module in built_in_modules("harness.report.formats")}
    try:
        return {**third_party(GROUP), **found}
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"a report format in entry point group {GROUP!r} cannot be loaded: {error};"
            " upgrade or remove the package that registers it"
        ) from error


def render(record: RunRecord, name: str, *, source_root: str = "") -> str | bytes:
    """Return a record in one format, redacted.

    Args:
        source_root: As `write_reports`.

    Raises:
        ConfigurationError: There is no such format.
        RecordError: The record is too large for it.

    >>> render(RunRecord(), "terminal")[:19]
    'Nothing was checked'
    """
    content: str | bytes = _render(_format(name, report_formats()), redact(record), source_root)
    return content


def write_reports(
    record: RunRecord,
    directory: Path,
    *,
    names: Iterable[str] = DEFAULT_FORMATS,
    source_root: str = "",
) -> dict[str, Path]:
    """Write a record in each format that has a file; return format → file.

    Every format is rendered before the first is written, and each file
    replaces the one before it in one step, so a reader never sees half of one.
    A format that fails takes no other with it: above all not the record.

    Args:
        directory: Made when it is missing.
        names: Formats by name.
        source_root: The directory of the run below the root of its repository, ``services/api``: for
            formats with ``FROM_ROOT``.

    Raises:
        ConfigurationError: There is no such format, or it has no file.
        RecordError: The record is too large, a format fails, or the files cannot be written.
    """
    known = report_formats()
    chosen = {name: _format(name, known) for name in names}
    for name, form in chosen.items():
        if form.FILE_NAME is None:
            raise ConfigurationError(
                f"format {name!r} is read on a terminal and has no file; render it instead"
            )
    with no_collection():  # a full one takes longer than the report of 100 scenarios
        safe = redact(record)
        rendered = {name: _rendered(form, safe, source_root) for name, form in chosen.items()}
    files = {
        name: _write(directory / chosen[name].FILE_NAME, content)
        for name, content in rendered.items()
        if isinstance(content, bytes)
    }
    for content in rendered.values():
        if isinstance(content, RecordError):
            raise content
    return files


def _render(form: Any, record: RunRecord, source_root: str) -> Any:
    return form.render(from_root(record, source_root) if getattr(form, "FROM_ROOT", False) else record)


def _rendered(form: Any, record: RunRecord, source_root: str) -> bytes | RecordError:
    """Return a record in a format that has a file, or why it cannot be."""
    try:
        content = _render(form, record, source_root)
    except RecordError as error:
        return error
    except Exception as error:  # noqa: BLE001  a third party's may raise anything
        return _failed(form.FILE_NAME, error)
    return content.encode() if isinstance(content, str) else content


def _failed(file_name: str, error: Exception) -> RecordError:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return RecordError(
        f"{file_name}: cannot be made of this run: {type(error).__name__}: {error} "
        f"({last.filename}:{last.lineno}); please report it with run.json, which has everything"
    )


def _format(name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise ConfigurationError(f"no report format {name!r}; expected one of {', '.join(sorted(known))}")
    return known[name]


def _write(file: Path, data: bytes) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, data)
    except OSError as error:
        cure = "free some space, or choose" if error.errno in _FULL else "choose"
        raise RecordError(
            f"{file}: cannot be written: {error.strerror or error}; {cure} another directory (--out DIR)"
        ) from error
    return file


_FOR_ALL = 0o644
"""mkstemp makes files that only their owner reads; a CI artifact is for all."""


def replace_file(file: Path, data: bytes, *, keeps_mode: bool = False) -> None:
    """Write a file in one step: a reader sees the old one or the new one, never half.

    Args:
        keeps_mode: Who may read it stays as it was; else all may.

    Raises:
        OSError: It cannot be written; the old one stays.
    """
    # What a link leads to; `resolve` raises RuntimeError for one that leads to itself.
    file = Path(os.path.realpath(file))
    mode = stat.S_IMODE(file.stat().st_mode) if keeps_mode and file.exists() else _FOR_ALL
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        temporary.chmod(mode)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
