"""A project's files in a directory, and what the doctor finds there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.doctor import diagnose, read_project
from harness.model import Finding


def diagnosed(
    directory: Path, compose: str, files: Mapping[str, str | bytes] | None = None, *, gitpod: bool = False
) -> dict[str, Finding]:
    """Write files beside a compose file, and return id → the last finding of that id."""
    for name, content in {"docker-compose.yml": compose, **(files or {})}.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    project = read_project(
        directory / "docker-compose.yml", gitpod=directory / ".gitpod.yml" if gitpod else None, environ={}
    )
    return {finding.id: finding for finding in diagnose(project)}


def app(*lines: str) -> str:
    """Return a compose file with one service that has these lines."""
    return "services:\n  app:\n" + "".join(f"    {line}\n" for line in lines)
