"""OTel's numbers with underscores, which some SDKs read and others do not.

Source: OpenTelemetry specification, "Environment variable specification", "Numeric": what an SDK
cannot parse it should ignore with a warning; which forms it parses is left to it. Python's reads by `int`
and `float`; Go's `strconv.Atoi`, Java's `Integer.parseInt` and JavaScript's `Number` take no underscore.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.model import Finding, Level

_NUMERIC = re.compile(r"OTEL_\w*(?:DELAY|INTERVAL|LIMIT|SIZE|TIMEOUT)\Z")
_GROUPED = re.compile(r"\+?[0-9]+(?:_[0-9]+)+(?:\.[0-9]+)?\Z")


def check(project: Project) -> Iterator[Finding]:
    """Yield each number that Python's SDK reads and others do not."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            text = setting.value.strip()
            if _NUMERIC.match(name) and _GROUPED.match(text):
                plain = text.replace("_", "")
                yield finding(
                    "otel_variable_invalid",
                    setting.site,
                    f"{name} is {setting.value!r}: Python's SDK reads it as {plain}, which the specification "
                    "does not ask of an SDK, and those of Go, Java and JavaScript do not read it; "
                    f"write {plain}",
                    level=Level.WARNING,
                )
