"""The OTLP exporter's variables: present, well formed, and pointing somewhere.

Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter".
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from harness.doctor.checks import finding
from harness.doctor.compose import Service, Setting
from harness.doctor.interpolation import variables_in
from harness.doctor.project import Project
from harness.model import Finding, Level

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
_PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL"
_PROTOCOLS = ("grpc", "http/protobuf", "http/json")
_REQUIRED_HEADERS = {"api.honeycomb.io": "x-honeycomb-team", "api.eu1.honeycomb.io": "x-honeycomb-team"}
_SIGNAL_PATHS = ("/v1/traces", "/v1/metrics", "/v1/logs")


def check(project: Project) -> Iterator[Finding]:
    """Yield what is wrong with each service that is configured for OTLP."""
    for service in project.services.values():
        environment = service.environment
        if not any(name.startswith("OTEL_") for name in environment):
            continue
        yield from _name(service)
        if _ENDPOINT in environment:
            yield from _endpoint(project, service, environment[_ENDPOINT])
        else:
            yield finding(
                "otlp_endpoint_missing",
                service.site,
                f"service {service.name!r} has OTEL_ variables and no {_ENDPOINT}: it exports to localhost, "
                "which is its own container",
                level=Level.WARNING,
                where=service.name,
            )
        if _HEADERS in environment:
            yield from _headers(environment[_HEADERS], _host(service))
        elif required := _REQUIRED_HEADERS.get(_host(service)):
            yield _missing_header(environment[_ENDPOINT], required)
        if _PROTOCOL in environment and environment[_PROTOCOL].value not in _PROTOCOLS:
            yield finding(
                "otlp_protocol_unknown",
                environment[_PROTOCOL].site,
                f"{_PROTOCOL} is {environment[_PROTOCOL].value!r}, expected one of {', '.join(_PROTOCOLS)}",
            )


def _name(service: Service) -> Iterator[Finding]:
    name = service.environment.get("OTEL_SERVICE_NAME")
    attributes = service.environment.get("OTEL_RESOURCE_ATTRIBUTES")
    if (name and name.value.strip()) or (attributes and "service.name=" in attributes.value):
        return
    yield finding(
        "service_name_missing",
        name.site if name else service.site,
        f"service {service.name!r} sets no OTEL_SERVICE_NAME: its telemetry arrives as 'unknown_service'; "
        f'add OTEL_SERVICE_NAME: "{service.name}"',
        where=service.name,
    )


def _host(service: Service) -> str:
    endpoint = service.environment.get(_ENDPOINT)
    try:
        return (urlsplit(endpoint.value).hostname or "") if endpoint else ""
    except ValueError:
        return ""


def _endpoint(project: Project, service: Service, setting: Setting) -> Iterator[Finding]:
    try:
        url = urlsplit(setting.value)
        host, port = url.hostname, url.port
    except ValueError as error:
        yield finding("otlp_endpoint_invalid", setting.site, f"{_ENDPOINT} is {setting.value!r}: {error}")
        return
    if url.scheme not in ("http", "https") or not host:
        yield finding(
            "otlp_endpoint_invalid",
            setting.site,
            f"{_ENDPOINT} is {setting.value!r}, expected http:// or https:// and a host",
        )
        return
    if url.path.rstrip("/") in _SIGNAL_PATHS:
        yield finding(
            "otlp_endpoint_invalid",
            setting.site,
            f"{_ENDPOINT} ends in {url.path!r}, and each signal's path is added to it: "
            f"expected {url.scheme}://{url.netloc}",
        )
    known = ", ".join(sorted(project.services))
    if "." not in host and host != "localhost" and host not in project.services:
        yield finding(
            "endpoint_host_unknown",
            setting.site,
            f"{_ENDPOINT} has host {host!r}, which is no service of this file ({known})",
        )
    if host in ("localhost", "127.0.0.1"):
        yield finding(
            "endpoint_host_unknown",
            setting.site,
            f"{_ENDPOINT} has host {host!r}, which inside a container is {service.name!r} itself",
        )
    protocol = service.environment.get(_PROTOCOL)
    usual = {4317: "grpc", 4318: "http"}.get(port or 0)
    if protocol and usual and not protocol.value.startswith(usual):
        yield finding(
            "otlp_port_mismatch",
            setting.site,
            f"port {port} usually takes {usual}, and {_PROTOCOL} is {protocol.value!r}",
            level=Level.WARNING,
        )


def _headers(setting: Setting, host: str) -> Iterator[Finding]:
    headers: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in setting.value.split(","))):
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            yield finding(
                "otlp_headers_invalid",
                setting.site,
                f"{_HEADERS} holds {item!r}, expected key=value, with commas between",
            )
            continue
        headers[key.strip().lower()] = unquote(value.strip())
    for key, value in headers.items():
        if not value:
            names = ", ".join(variables_in(setting.raw))
            source = f": {names} is not set" if names else ""
            yield finding(
                "otlp_header_empty",
                setting.site,
                f"{_HEADERS} sends an empty {key!r}{source}; the backend answers 401 and the app logs one "
                "line; set it in .env or the environment",
            )
    required = _REQUIRED_HEADERS.get(host)
    if required and required not in headers:
        yield _missing_header(setting, required)


def _missing_header(setting: Setting, required: str) -> Finding:
    return finding(
        "otlp_header_missing",
        setting.site,
        f"Honeycomb needs header {required!r}: add it to {_HEADERS}, as {required}=${{HONEYCOMB_API_KEY}}",
    )
