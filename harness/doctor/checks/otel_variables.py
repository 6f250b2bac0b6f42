"""OTel's variables whose values SDKs do not take.

Source: OpenTelemetry specification, "Environment variable specification".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from harness.closest import closest
from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.doctor.services import Setting
from harness.model import Finding, Level

_SAMPLERS = (
    "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off",
    "parentbased_traceidratio", "parentbased_jaeger_remote", "jaeger_remote", "xray",
)  # fmt: skip
_PROPAGATORS = (
    "tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "xray-lambda", "ottrace", "none",
)  # fmt: skip
# With the names that Python's exporters have besides the specification's.
_PYTHON_OTLP = ("otlp_proto_grpc", "otlp_proto_http")
_EXPORTERS = {
    "OTEL_TRACES_EXPORTER": ("otlp", *_PYTHON_OTLP, "zipkin", "zipkin_json", "console", "logging", "none"),
    "OTEL_METRICS_EXPORTER": ("otlp", *_PYTHON_OTLP, "prometheus", "console", "logging", "none"),
    "OTEL_LOGS_EXPORTER": ("otlp", *_PYTHON_OTLP, "console", "logging", "none"),
}
_OTLP_TIMEOUT = re.compile(r"OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?TIMEOUT\Z")
_DISABLED = "OTEL_SDK_DISABLED"


def check(project: Project) -> Iterator[Finding]:
    """Yield each value that is not well formed, no name that the specification knows, or silences an SDK."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            if setting.value.strip():  # an empty variable counts as not set
                yield from _variable(name, setting)


def _variable(name: str, setting: Setting) -> Iterator[Finding]:
    if name == _DISABLED:
        yield from _disabled(setting)
    elif name == "OTEL_RESOURCE_ATTRIBUTES":
        yield from _pairs(name, setting)
    elif name == "OTEL_TRACES_SAMPLER":
        yield from _sampler(name, setting)
    elif name == "OTEL_PROPAGATORS":
        for item in setting.value.split(","):
            yield from _unknown(name, setting, item, _PROPAGATORS)
    elif name in _EXPORTERS:
        yield from _exporters(name, setting)
    elif _OTLP_TIMEOUT.match(name):
        yield from _timeout(name, setting)


def _disabled(setting: Setting) -> Iterator[Finding]:
    value = setting.value.strip().lower()
    if value == "true":
        yield finding(
            "otel_sdk_disabled",
            setting.site,
            f"{_DISABLED} is {setting.value!r}: the SDK emits nothing, and propagates the context only; "
            "leave it out where telemetry is wanted",
            level=Level.WARNING,
        )
    elif value != "false":
        yield _invalid(
            setting, f"{_DISABLED} is {setting.value!r}, which counts as false; expected true or false"
        )


def _sampler(name: str, setting: Setting) -> Iterator[Finding]:
    yield from _unknown(name, setting, setting.value.lower(), _SAMPLERS)
    if setting.value.strip().lower() == "always_off":
        yield _no_traces(name, setting, "no trace is recorded")


def _exporters(name: str, setting: Setting) -> Iterator[Finding]:
    items = [item.strip().lower() for item in setting.value.split(",")]
    for item in items:
        yield from _unknown(name, setting, item, _EXPORTERS[name])
    if name == "OTEL_TRACES_EXPORTER" and items == ["none"]:
        yield _no_traces(name, setting, "no span is sent")
    if "none" in items and len(items) > 1:
        yield _invalid(setting, f"{name} has 'none' beside other exporters; leave one of them out")


def _no_traces(name: str, setting: Setting, consequence: str) -> Finding:
    return finding(
        "otel_traces_off",
        setting.site,
        f"{name} is {setting.value!r}: {consequence}; leave it out where traces are wanted",
        level=Level.WARNING,
    )


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
    close = closest(given, known)
    hint = f"did you mean {close!r}?" if close else f"one of {', '.join(known)}, or a package's own"
    yield _invalid(
        setting, f"{name} has {given!r}, which the specification does not know; {hint}", Level.WARNING
    )


def _invalid(setting: Setting, message: str, level: Level = Level.ERROR) -> Finding:
    return finding("otel_variable_invalid", setting.site, message, level=level)
