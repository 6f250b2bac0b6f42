"""telemetry-harness: what an app's telemetry must be, said in tests.

Example:
    A scenario asks its fixtures for an app and for what it emitted::

        from harness import SERVER, iso8601, segment, span

        def test_home(backend, telemetry):
            backend.get("/api/activities/home")
            telemetry.expect(
                span("GET /api/activities/home", kind=SERVER).with_child(
                    span("home-activites-mock-data", attributes={"app.now": iso8601()}),
                ),
                segment("backend-flask", http={"response": {"status": 200}}),
            )

Everything is imported when it is first used, so that importing `harness`
costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.capture.answers import Answer
    from harness.capture.xray_rules import SamplingRule
    from harness.expect import (
        CLIENT,
        CONSUMER,
        ERROR,
        INTERNAL,
        OK,
        PRODUCER,
        SERVER,
        UNSET,
        Expectation,
        Matcher,
        TelemetryAssertionError,
        absent,
        all_of,
        any_of,
        approx,
        between,
        contains,
        each,
        ends_with,
        event,
        export_request,
        ge,
        gt,
        hex_id,
        instance_of,
        iso8601,
        le,
        length,
        link,
        log_event,
        log_record,
        lt,
        metric,
        not_,
        one_of,
        present,
        regex,
        segment,
        span,
        starts_with,
        subsegment,
        trace,
    )
    from harness.launch import App
    from harness.model import MetricType, Status, Temporality
    from harness.pytest_plugin.launching import Launcher
    from harness.pytest_plugin.scenario import ScenarioTelemetry

    __version__: str

__all__ = [
    "CLIENT",
    "CONSUMER",
    "ERROR",
    "INTERNAL",
    "OK",
    "PRODUCER",
    "SERVER",
    "UNSET",
    "Answer",
    "App",
    "Expectation",
    "Launcher",
    "Matcher",
    "MetricType",
    "SamplingRule",
    "ScenarioTelemetry",
    "Status",
    "TelemetryAssertionError",
    "Temporality",
    "__version__",
    "absent",
    "all_of",
    "any_of",
    "approx",
    "between",
    "contains",
    "each",
    "ends_with",
    "event",
    "export_request",
    "ge",
    "gt",
    "hex_id",
    "instance_of",
    "iso8601",
    "le",
    "length",
    "link",
    "log_event",
    "log_record",
    "lt",
    "metric",
    "not_",
    "one_of",
    "present",
    "regex",
    "segment",
    "span",
    "starts_with",
    "subsegment",
    "trace",
]

_MODULES = {
    "Answer": "harness.capture.answers",
    "App": "harness.launch",
    "Launcher": "harness.pytest_plugin.launching",
    "MetricType": "harness.model",
    "Status": "harness.model",
    "Temporality": "harness.model",
    "SamplingRule": "harness.capture.xray_rules",
    "ScenarioTelemetry": "harness.pytest_plugin.scenario",
}
"""Where public names come from that are not of `harness.expect`."""


if not TYPE_CHECKING:  # to a type checker an unknown name stays an error

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module 'harness' has no attribute {name!r}")
        from importlib import import_module

        if name == "__version__":
            value = import_module("importlib.metadata").version("telemetry-harness")
        else:
            value = getattr(import_module(_MODULES.get(name, "harness.expect")), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the public names, imported or not."""
    return sorted({*globals(), *__all__})
