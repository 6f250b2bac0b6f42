"""The OTLP exporter's variables: present, well formed, and pointing somewhere.

Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter".
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from harness.doctor.checks import finding
from harness.doctor.hosts import host_problem, profile_problem
from harness.doctor.interpolation import variables_in
from harness.doctor.project import Project
from harness.doctor.services import Service, Setting
from harness.model import Finding, Level

_SIGNALS = ("TRACES", "METRICS", "LOGS")
_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_ENDPOINTS = (
    _ENDPOINT,
    *(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT" for signal in _SIGNALS),
)
_HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
_TRACES_HEADERS = "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
_PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL"
_PROTOCOLS = ("grpc", "http/protobuf", "http/json")
_REQUIRED_HEADERS = {"api.honeycomb.io": "x-honeycomb-team", "api.eu1.honeycomb.io": "x-honeycomb-team"}
_OTLP_PORTS = (4317, 4318)
_SIGNAL_PATHS = ("/v1/traces", "/v1/metrics", "/v1/logs")


def check(project: Project) -> Iterator[Finding]:
    """Yield what is wrong with each service that is configured for OTLP."""
    for service in project.services.values():
        environment = service.environment
        if not any(name.startswith("OTEL_") for name in environment):
            continue
        yield from _name(service)
        endpoints = [name for name in _ENDPOINTS if name in environment]
        for name in endpoints:
            yield from _endpoint(project, service, name)
        if not endpoints and not service.shares_network:
            yield finding(
                "otlp_endpoint_missing",
                service.site,
                f"service {service.name!r} has OTEL_ variables and no {_ENDPOINT}: it exports to localhost, "
                "which is its own container",
                level=Level.WARNING,
                where=service.name,
            )
        yield from _headers(service, endpoints)
        for name in (_PROTOCOL, *(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL" for signal in _SIGNALS)):
            protocol = environment.get(name)
            if protocol and protocol.value not in ("", *_PROTOCOLS):  # an empty variable counts as not set
                yield finding(
                    "otlp_protocol_unknown",
                    protocol.site,
                    f"{name} is {protocol.value!r}, expected one of {', '.join(_PROTOCOLS)}",
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


def _endpoint(project: Project, service: Service, name: str) -> Iterator[Finding]:
    setting = service.environment[name]
    try:
        url = urlsplit(setting.value)
        host, port = url.hostname, url.port
    except ValueError as error:
        yield finding("otlp_endpoint_invalid", setting.site, f"{name} is {setting.value!r}: {error}")
        return
    if url.scheme not in ("http", "https") or not host:
        yield finding(
            "otlp_endpoint_invalid",
            setting.site,
            f"{name} is {setting.value!r}, expected http:// or https:// and a host",
        )
        return
    yield from _path(service, name, url)
    if why := host_problem(project, service, host):
        yield finding("endpoint_host_unknown", setting.site, f"{name} has host {host!r}, which {why}")
    elif why := profile_problem(project, service, project.service_at(host)):
        words = f"{name} has host {host!r}, which {why}"
        yield finding("endpoint_host_unknown", setting.site, words, level=Level.WARNING)
    elif port is None:
        yield from _no_port(project, service, name, host)
    protocol = service.environment.get(_PROTOCOL)
    usual = {4317: "grpc", 4318: "http"}.get(port or 0)
    if protocol and protocol.value and usual and not protocol.value.startswith(usual):
        yield finding(
            "otlp_port_mismatch",
            setting.site,
            f"port {port} usually takes {usual}, and {_PROTOCOL} is {protocol.value!r}",
            level=Level.WARNING,
        )


def _path(service: Service, name: str, url: SplitResult) -> Iterator[Finding]:
    """Yield a path where one is added, and none where none is."""
    setting, at = service.environment[name], f"{url.scheme}://{url.netloc}"
    if name == _ENDPOINT and url.path.rstrip("/") in _SIGNAL_PATHS:
        yield finding(
            "otlp_endpoint_invalid",
            setting.site,
            f"{_ENDPOINT} ends in {url.path!r}, and each signal's path is added to it: expected {at}",
        )
    if name != _ENDPOINT and url.path in ("", "/") and not _is_grpc(service, name):
        yield finding(
            "otlp_endpoint_invalid",
            setting.site,
            f"{name} is {setting.value!r}, and a signal's own endpoint is used as it stands: "
            f"expected {at}/v1/{name.split('_')[-2].lower()}",
        )


def _is_grpc(service: Service, endpoint: str) -> bool:
    """Return whether a signal goes by gRPC, which has no path."""
    own = service.environment.get(endpoint.replace("_ENDPOINT", "_PROTOCOL"))
    protocol = own if own and own.value else service.environment.get(_PROTOCOL)
    return protocol is not None and protocol.value == "grpc"


def _no_port(project: Project, service: Service, name: str, host: str) -> Iterator[Finding]:
    """Yield that an endpoint in this file has no port, unless its service publishes the one that is meant."""
    other = project.service_at(host)
    targets = {port.target for port in other.ports} if other else set()
    setting, protocol = service.environment[name], service.environment.get(_PROTOCOL)
    url = urlsplit(setting.value)
    with_grpc = protocol is not None and protocol.value == "grpc"
    default = 443 if with_grpc or url.scheme == "https" else 80
    if other is None or default in targets:
        return
    published = [str(port) for port in _OTLP_PORTS if port in targets]
    listens = f"publishes {' and '.join(published)}" if published else "usually listens on 4317 or 4318"
    ours = 4317 if with_grpc else 4318
    yield finding(
        "otlp_port_missing",
        setting.site,
        f"{name} is {setting.value!r}, which is port {default} of service {other.name!r}, and that "
        f"{listens}; write {url.scheme}://{url.netloc}:{ours}{url.path}",
        level=Level.ERROR if published else Level.WARNING,
    )


def _headers(service: Service, endpoints: list[str]) -> Iterator[Finding]:
    """Yield headers that are malformed, empty, or not there although a backend needs them."""
    given = [name for name in (_HEADERS, _TRACES_HEADERS) if name in service.environment]
    keys: set[str] = set()
    for name in given:
        setting = service.environment[name]
        for item in filter(None, (part.strip() for part in setting.value.split(","))):
            key, equals, value = (word.strip() for word in item.partition("="))
            if not equals or not key:
                yield finding(
                    "otlp_headers_invalid",
                    setting.site,
                    f"{name} holds {item!r}, expected key=value, with commas between",
                )
                continue
            keys.add(key.lower())
            if not unquote(value):
                yield _empty_header(name, setting, key.lower())
    for name in endpoints:
        required = _REQUIRED_HEADERS.get(_host(service.environment[name]))
        if required and required not in keys:
            yield finding(
                "otlp_header_missing",
                service.environment[(given or [name])[0]].site,
                f"Honeycomb needs header {required!r}: add it to {_HEADERS}, "
                f"as {required}=${{HONEYCOMB_API_KEY}}",
            )


def _host(endpoint: Setting) -> str:
    try:
        return urlsplit(endpoint.value).hostname or ""
    except ValueError:
        return ""


def _empty_header(name: str, setting: Setting, key: str) -> Finding:
    names = ", ".join(variables_in(setting.raw))
    source = f": {names} is not set" if names else ""
    return finding(
        "otlp_header_empty",
        setting.site,
        f"{name} sends an empty {key!r}{source}; the backend answers 401 and the app logs one "
        "line; set it in .env or the environment",
    )
