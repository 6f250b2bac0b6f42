"""Programs that the system does not start."""

from __future__ import annotations

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
