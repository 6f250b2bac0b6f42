"""OTel's variables whose values SDKs do not take.

Source: OpenTelemetry specification, "Environment variable specification".
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.compose import Setting
from harness.doctor.project import Project
from harness.model import Finding, Level

_SAMPLERS = (
    "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off",
    "parentbased_traceidratio", "parentbased_jaeger_remote", "jaeger_remote", "xray",
)  # fmt: skip
_PROPAGATORS = (
    "tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "xray-lambda", "ottrace", "none",
)  # fmt: skip
_TIMEOUTS = (
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    *(f"OTEL_EXPORTER_OTLP_{signal}_TIMEOUT" for signal in ("TRACES", "METRICS", "LOGS")),
)


def check(project: Project) -> Iterator[Finding]:
    """Yield each value that is not well formed, or no name that the specification knows."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            if setting.value.strip():  # an empty variable counts as not set
                yield from _variable(name, setting)


def _variable(name: str, setting: Setting) -> Iterator[Finding]:
    if name in _TIMEOUTS:
        yield from _timeout(name, setting)
    elif name == "OTEL_RESOURCE_ATTRIBUTES":
        yield from _pairs(name, setting)
    elif name == "OTEL_TRACES_SAMPLER":
        yield from _unknown(name, setting, setting.value.lower(), _SAMPLERS)
    elif name == "OTEL_PROPAGATORS":
        for item in setting.value.split(","):
            yield from _unknown(name, setting, item, _PROPAGATORS)


def _timeout(name: str, setting: Setting) -> Iterator[Finding]:
    try:
        value = float(setting.value)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        yield _invalid(setting, f"{name} is {setting.value!r}, expected a number, without a unit")


def _pairs(name: str, setting: Setting) -> Iterator[Finding]:
    for item in filter(None, (part.strip() for part in setting.value.split(","))):
        key, equals, _ = item.partition("=")
        if not equals or not key.strip():
            yield _invalid(setting, f"{name} holds {item!r}, expected key=value, with commas between")


def _unknown(name: str, setting: Setting, given: str, known: tuple[str, ...]) -> Iterator[Finding]:
    given = given.strip()
    if given in known:
        return
    close = difflib.get_close_matches(given, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(known)}, or a package's own"
    yield _invalid(
        setting, f"{name} has {given!r}, which the specification does not know; {hint}", Level.WARNING
    )


def _invalid(setting: Setting, message: str, level: Level = Level.ERROR) -> Finding:
    return finding("otel_variable_invalid", setting.site, message, level=level)
