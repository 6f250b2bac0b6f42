"""The processes of this machine, as /proc tells of them: on Linux only, elsewhere there are none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class Process(NamedTuple):
    """One process; `state` is a letter, of which Z and X are those of ended ones."""

    pid: int
    name: str
    state: str
    parent: int
    group: int


def processes() -> Iterator[Process]:
    """Yield every process that this user may see."""
    for file in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            # pid (name) state parent group …, where a name may hold anything. Source: proc(5).
            head, _, rest = file.read_text(errors="replace").rpartition(") ")
            state, parent, group = rest.split()[:3]
            yield Process(int(file.parent.name), head.partition(" (")[2], state, int(parent), int(group))


def environment_of(pid: int) -> frozenset[bytes] | None:
    """Return the variables that a process was started with, ``NAME=value``; None where nobody tells."""
    try:
        return frozenset((_PROC / str(pid) / "environ").read_bytes().split(b"\0"))
    except OSError:  # it has ended, or is another user's
        return None


def are_told() -> bool:
    """Return whether this system tells of processes."""
    return (_PROC / "self" / "stat").exists()
