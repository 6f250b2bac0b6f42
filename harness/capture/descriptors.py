"""File descriptors: the last ones are kept for what answers, so that connections do not wait for ever."""

from __future__ import annotations

from pathlib import Path

_KEPT = 64
"""What is not given to connections: modules are files when they are imported, reports when written."""


def refusal(more: int = 0) -> str:
    """Return why a connection that needs so many more descriptors is not served; empty when it is."""
    try:
        import resource

        used = len(list(Path("/dev/fd").iterdir()))
    except (ImportError, FileNotFoundError):
        return ""  # a system that does not tell
    except OSError as error:
        return f"a connection was refused: {error}"
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY or used + more <= limit - min(_KEPT, limit // 4):
        return ""
    return (
        f"a connection was refused, because nearly all of {limit:,} file descriptors are in use; "
        "raise the limit (ulimit -n), or close connections"
    )
