"""Programs that the system does not start."""

from __future__ import annotations

import os
from pathlib import Path


def why_not_run(program: str, cwd: Path | None = None) -> str:
    """Return why a program cannot be run, and what to do.

    Args:
        cwd: Where it was to run.
    """
    path = (cwd or Path()) / program
    if "/" not in program or not path.exists():
        return "no such program; check the spelling and PATH"
    if path.is_dir():
        return "it is a directory; give a program in it"
    return f"it is not executable; chmod +x {program}, or give the program that runs it first"


def why_not_executed(program: Path) -> str:
    """Return why the system will not execute a script, and what to do; empty for a program."""
    try:
        with program.open("rb") as stream:
            first = stream.readline(256)
    except OSError:
        return ""  # it may be executed and not read
    interpreter = os.fsdecode(first[2:]).split()[:1] if first.startswith(b"#!") else []
    if interpreter and not Path(interpreter[0]).exists():
        return f"its first line names {interpreter[0]!r}, which is not there; install it, or correct the line"
    if not first.startswith(b"#!") and first.isascii() and first.strip():
        return "it is text without a first line #!…; give the program that runs it first"
    return ""
