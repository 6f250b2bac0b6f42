"""The package versions that shape telemetry: a bump of one is the usual cause of a loss."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_SHAPING = re.compile(
    r"(opentelemetry-.*|aws-xray-sdk|watchtower|boto3|botocore|moto|flask|werkzeug|requests|urllib3|"
    r"django|fastapi|starlette|protobuf|pytest|telemetry-harness)\Z"
)
# Source: PyPA specifications, "Recording installed projects". Asking importlib.metadata
# instead would parse the METADATA of everything that is installed.
_DIST_INFO = re.compile(r"(?P<name>[\w.]+)-(?P<version>[^-]+)\.dist-info\Z")


def telemetry_packages() -> dict[str, str]:
    """Return distribution name → version of what is installed and shapes telemetry, by name."""
    found: dict[str, str] = {}
    for entry in map(Path, sys.path):
        for directory in entry.glob("*.dist-info") if entry.is_dir() else ():
            match = _DIST_INFO.match(directory.name)
            name = match["name"].lower().replace("_", "-") if match else ""
            if match and _SHAPING.match(name):
                found.setdefault(name, match["version"])  # the first on the path is the one imported
    return dict(sorted(found.items()))
