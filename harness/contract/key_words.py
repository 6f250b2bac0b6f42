"""Keys whose values differ from run to run: what names an id, a version, a place, or a measure."""

from __future__ import annotations

import re
from functools import lru_cache

_VOLATILE_KEYS = frozenset(
    {
        "port", "pid", "version", "instance.id", "host.name", "user_agent", "user_agent.original", "ip",
        "client_ip", "peer.ip", "client.address", "thread.id", "thread.name", "stacktrace", "message",
        "request_id", "account_id", "id", "command", "command_args", "executable.path", "owner", "etag",
        "if_none_match", "commit", "revision", "sha", "build.number", "build_number", "runtime.description",
        "executable.name",
    }
)  # fmt: skip
_SOURCE = "code."
"""What says where in the source something was made: another in each checkout, and after each edit."""
_MEASURED = re.compile(
    r"(?:\A|[._])(?:duration|elapsed|latency|took|ns|us|µs|ms|secs?|seconds|millis|nanos|micros"
    r"|(?:milli|micro|nano)seconds|timestamp|time|uptime|time[._]taken|content[._]?length|body[._]size"
    r"|(?:duration|elapsed|latency|took|time|uptime|wait|delay|lag)[._]s|kafka[._](?:message[._])?offset)\Z"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def is_volatile(key: str) -> bool:
    """Return whether what is under a key is another in each run.

    >>> is_volatile("app.orderId"), is_volatile("app.order")
    (True, False)
    """
    name = _snake(key)
    return name.startswith(_SOURCE) or any(
        name == last or name.endswith((f".{last}", f"_{last}")) for last in _VOLATILE_KEYS
    )


@lru_cache(maxsize=4096)
def is_measured(key: str) -> bool:
    """Return whether a number under a key is measured: a duration, a moment, a length of content.

    >>> is_measured("work.duration_ms"), is_measured("durationMs"), is_measured("work.items")
    (True, True, False)
    >>> is_measured("elapsed_s"), is_measured("http.response.body.size"), is_measured("retries_s")
    (True, True, False)
    """
    return _MEASURED.search(_snake(key)) is not None


def _snake(key: str) -> str:
    return _HUMP.sub("_", key).replace("-", "_").lower()
