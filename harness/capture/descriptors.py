"""File descriptors: the last ones are kept for what answers, so that connections do not wait for ever."""

from __future__ import annotations

import errno
import os

_KEPT = 64
"""What is not given to connections: modules are files when they are imported, reports when written."""


def refusal(newest: int, more: int = 0) -> str:
    """Return why a connection is not served; empty when it is.

    Args:
        newest: The connection's own descriptor. A new one is the lowest that is free, so that
            a low one needs no counting, which takes longer the more there are.
        more: How many it needs besides.
    """
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        if limit == resource.RLIM_INFINITY or newest + more < limit // 2:
            return ""
        with os.scandir("/dev/fd") as entries:
            used = sum(1 for _ in entries)
    except (ImportError, FileNotFoundError):
        return ""  # a system that does not tell
    except OSError as error:
        if error.errno != errno.EMFILE:
            return f"a connection was refused: {error}"
        used = limit  # not even one to count them with
    if used + more <= limit - min(_KEPT, limit // 4):
        return ""
    return (
        f"a connection was refused, because nearly all of {limit:,} file descriptors are in use; "
        "raise the limit (ulimit -n), or close connections"
    )
