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
    found: dict[str, str] = {}
    for distribution in metadata.distributions():
        fields = distribution.metadata  # parsed anew at each look
        name = (fields["Name"] or "").lower()
        if _SHAPING.match(name):
            found[name] = fields["Version"]
    return dict(sorted(found.items()))
