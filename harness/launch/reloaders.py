"""Reloaders, whose parent kills the app as soon as it is itself asked to stop.

The parent of werkzeug's reloader (`flask --debug`) and of Django's waits for the app in
`subprocess.call`. A signal ends that wait, and `subprocess` then sends SIGKILL to the app:
at once, or 0.25 s after SIGINT. Whatever the app still holds is lost, although it, too,
was signalled. Once the app ends, its parent ends with the same exit code.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from harness.launch.processes import environment_of, processes

# What the parent puts into the app's environment.
# Source: werkzeug/_reloader.py and django/utils/autoreload.py, restart_with_reloader.
_MARKS = frozenset({b"WERKZEUG_RUN_MAIN=true", b"RUN_MAIN=true"})


class _Member(NamedTuple):
    pid: int
    parent: int
    is_marked: bool


def signal_group(group: int, number: int) -> None:
    """Send a signal to a process group, without the parents of reloaders: these end with their apps.

    They are known in /proc, so on Linux only; elsewhere all are signalled.

    Raises:
        ProcessLookupError: The group has ended.
    """
    members = tuple(_members(group))
    parents = reloader_parents(group, members)
    if not parents:
        os.killpg(group, number)
        return
    for member in members:
        if member.pid not in parents:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member.pid, number)


def signal_leader(group: int, number: int) -> None:
    """Send a signal to the leader of a process group; to the app of a reloader, if that is the leader.

    Raises:
        ProcessLookupError: It has ended.
    """
    if group in reloader_parents(group):
        signal_group(group, number)
    else:
        os.kill(group, number)


def reloader_parents(group: int, members: tuple[_Member, ...] | None = None) -> frozenset[int]:
    """Return the processes of a group that wait for an app which they started to reload it."""
    members = tuple(_members(group)) if members is None else members
    apps = {member.pid for member in members if member.is_marked}
    # What an app starts inherits the mark.
    return frozenset(member.parent for member in members if member.is_marked) - apps


def _members(group: int) -> Iterator[_Member]:
    for process in processes():
        if process.group == group and (variables := environment_of(process.pid)) is not None:
            yield _Member(process.pid, process.parent, not variables.isdisjoint(_MARKS))
