"""The compression of OTLP, which the exporters for gRPC and HTTP do not take alike.

Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter"; of Python's exporters,
`environ_to_compression` of those for gRPC and `Compression` of those for HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.doctor.services import Service
from harness.model import Finding, Level

_SIGNALS = ("TRACES_", "METRICS_", "LOGS_")
_NOTHING = ("", "none")
_COMPRESSIONS = ("gzip", "deflate", *_NOTHING)


def check(project: Project) -> Iterator[Finding]:
    """Yield each compression with which an exporter does not start, or that it does not know."""
    in_python = "opentelemetry" in project.source.imports
    for service in project.services.values():
        for signal in ("", *_SIGNALS):
            name = f"OTEL_EXPORTER_OTLP_{signal}COMPRESSION"
            setting = service.environment.get(name)
            if setting is None:
                continue
            value = setting.value.strip().lower()
            if value != "gzip" and _is_grpc(service, [signal] if signal else _SIGNALS):
                yield finding(
                    "otel_variable_invalid",
                    setting.site,
                    f"{name} is {setting.value!r}, and the protocol gRPC: Python's exporter takes gzip only, "
                    "and raises InvalidCompressionValueException while the app starts; leave it out for none",
                    # SDKs of other languages take these.
                    level=Level.WARNING if value in _NOTHING and not in_python else Level.ERROR,
                )
            elif value not in _COMPRESSIONS:
                yield finding(
                    "otel_variable_invalid",
                    setting.site,
                    f"{name} is {setting.value!r}, expected gzip, or over HTTP deflate or none",
                )


def _is_grpc(service: Service, signals: Iterable[str]) -> bool:
    """Return whether one of these signals is exported over gRPC."""

    def value(name: str) -> str:
        setting = service.environment.get(name)
        return setting.value.strip() if setting else ""

    return any(
        "otlp_proto_grpc" in value(f"OTEL_{signal}EXPORTER")
        or (value(f"OTEL_EXPORTER_OTLP_{signal}PROTOCOL") or value("OTEL_EXPORTER_OTLP_PROTOCOL")) == "grpc"
        for signal in signals
    )
