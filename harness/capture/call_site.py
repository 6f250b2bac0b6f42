"""Finding the line of the app that created a span or a segment."""

from __future__ import annotations

import functools
import site as site_packages
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from harness.model import Site

CallSite = tuple[CodeType, int]
"""A code object and the line in it; resolved to a path only when asked for."""

_APP, _LIBRARY, _INSTRUMENTATION = range(3)
_MAX_FRAMES = 60
_HARNESS = f"{Path(__file__).resolve().parent.parent}/"
_INSTRUMENTATION_PARTS = ("/opentelemetry/", "/aws_xray_sdk/", "/wrapt/", "/contextlib.py", "/watchtower/")
_POOLS = ("/concurrent/futures/", "/multiprocessing/pool.py", "/anyio/")
_EXPORTERS = ("/opentelemetry/exporter/", "/opentelemetry/sdk/", "/watchtower/")


@functools.cache
def _library_roots() -> tuple[str, ...]:
    paths = [*site_packages.getsitepackages(), site_packages.getusersitepackages()]
    # Scripts: `bin/pytest` is below every frame of a run.
    paths += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "scripts")]
    return tuple(str(Path(path).resolve()) + "/" for path in paths)


@functools.cache
def _kind_of(filename: str) -> int:
    normal = filename.replace("\\", "/")
    ours = filename.startswith("<") or normal.startswith(_HARNESS)
    if ours or any(part in normal for part in _INSTRUMENTATION_PARTS):
        return _INSTRUMENTATION
    return _LIBRARY if str(Path(filename).resolve()).startswith(_library_roots()) else _APP


def call_site() -> CallSite | None:
    """Return the innermost frame of the app, else the first outside the SDKs, else None.

    An instrumentation library creates spans on behalf of the app; the line
    that helps is the app's, so frames of installed packages are passed over
    as long as an app frame follows.
    """
    return _nearest(sys._getframe(2), _LIBRARY)  # noqa: SLF001  the one way to a caller's frame


def app_call_site() -> CallSite | None:
    """Return the innermost frame of the app, None when none of it is below the caller."""
    return _nearest(sys._getframe(2), _APP)  # noqa: SLF001  likewise


def raising_site(traceback: TracebackType) -> CallSite | None:
    """Return the innermost frame of the app that an exception came through, None when none is of the app."""
    found: CallSite | None = None
    following: TracebackType | None = traceback
    while following is not None:
        code = following.tb_frame.f_code
        if _kind_of(code.co_filename) == _APP:
            found = code, following.tb_lineno
        following = following.tb_next
    return found


def works_in_pool() -> bool:
    """Return whether a pool has this thread do what another one asked for, as asyncio's look-ups of hosts."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  likewise
    while frame is not None:
        if any(part in frame.f_code.co_filename.replace("\\", "/") for part in _POOLS):
            return True
        frame = frame.f_back
    return False


def works_for_exporter() -> bool:
    """Return whether an exporter has this thread do something, and no code of the app within that."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  likewise
    while frame is not None and _kind_of(frame.f_code.co_filename) != _APP:
        if any(part in frame.f_code.co_filename.replace("\\", "/") for part in _EXPORTERS):
            return True
        frame = frame.f_back
    return False


def _nearest(frame: FrameType | None, fallback_kind: int) -> CallSite | None:
    fallback: CallSite | None = None
    for _ in range(_MAX_FRAMES):
        if frame is None:
            break
        code = frame.f_code
        kind = _kind_of(code.co_filename)
        if kind == _APP:
            return code, frame.f_lineno
        if kind == fallback_kind and fallback is None:
            fallback = code, frame.f_lineno
        frame = frame.f_back
    return fallback


@functools.lru_cache(maxsize=4096)
def resolve(call: CallSite | None) -> Site | None:
    """Return the source position of a call site."""
    if call is None:
        return None
    code, line = call
    return Site(_relative(code.co_filename), line or code.co_firstlineno, code.co_qualname)


@functools.lru_cache(maxsize=4096)
def _relative(filename: str) -> str:
    try:
        return str(Path(filename).resolve().relative_to(Path.cwd()))
    except ValueError:
        return filename
