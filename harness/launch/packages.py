"""The package versions that shape telemetry: a bump of one is the usual cause of a loss."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

_SHAPING = re.compile(
    r"(opentelemetry-.*|aws-xray-sdk|watchtower|boto3|botocore|moto|flask|werkzeug|requests|urllib3|"
    r"django|fastapi|starlette|protobuf|pytest|telemetry-harness)\Z"
)
# Source: PyPA specifications, "Recording installed projects". Asking importlib.metadata
# instead would parse the METADATA of everything that is installed.
_DIST_INFO = re.compile(r"(?P<name>[\w.]+)-(?P<version>[^-]+)\.dist-info\Z")


def packages_of(program: Path) -> dict[str, str]:
    """Return the packages of the Python environment that a program is in; none where it is in none.

    Args:
        program: ``venv/bin/python``, ``venv/bin/flask``, …; what ``/bin/sh`` will run is not known.
    """
    prefix = program.absolute().parent.parent  # not resolved: a venv's python is a link to another's
    if prefix == Path(sys.prefix):
        return telemetry_packages()
    if not (prefix / "pyvenv.cfg").exists():
        return {}
    return telemetry_packages(prefix.glob("lib*/python*/site-packages"))


def telemetry_packages(path: Iterable[Path] | None = None) -> dict[str, str]:
    """Return distribution name → version of what is installed and shapes telemetry, by name.

    Args:
        path: Directories that hold packages; this process's by default.
    """
    found: dict[str, str] = {}
    for entry in map(Path, sys.path) if path is None else path:
        for directory in entry.glob("*.dist-info") if entry.is_dir() else ():
            match = _DIST_INFO.match(directory.name)
            name = match["name"].lower().replace("_", "-") if match else ""
            if match and _SHAPING.match(name):
                found.setdefault(name, match["version"])  # the first on the path is the one imported
    return dict(sorted(found.items()))
