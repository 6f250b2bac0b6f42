"""The package versions that shape telemetry: a bump of one is the usual cause of a loss."""

from __future__ import annotations

import re
from importlib import metadata

_SHAPING = re.compile(
    r"(opentelemetry-.*|aws-xray-sdk|watchtower|boto3|botocore|moto|flask|werkzeug|requests|urllib3|"
    r"django|fastapi|starlette|protobuf|pytest|telemetry-harness)\Z"
)


def telemetry_packages() -> dict[str, str]:
    """Return distribution name → version of what is installed and shapes telemetry, by name."""
    found = {d.name.lower(): d.version for d in metadata.distributions() if d.name}
    return {name: version for name, version in sorted(found.items()) if _SHAPING.match(name)}
