"""Ports as compose and Gitpod files write them."""

from __future__ import annotations

import re

_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?\Z", re.ASCII)
_LAST = 65535


def port_numbers(text: str) -> range:
    """Return the ports of ``4318`` or ``4317-4318``; none when it is neither.

    >>> list(port_numbers("4317-4318"))
    [4317, 4318]
    """
    match = _PORTS.match(text.strip())
    if match is None:
        return range(0)
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, min(last, _LAST) + 1)


def is_port(text: str) -> bool:
    """Return whether a text is a port or a range of them; empty, it is whichever is free.

    >>> [is_port(text) for text in ("4317-4318", "", "99999", "4318-4317", "abc")]
    [True, True, False, False, False]
    """
    return not text.strip() or bool(port_numbers(text))
