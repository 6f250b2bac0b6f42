"""The OTLP exporter's variables, where the specification gives an empty or missing one a meaning."""

from pathlib import Path

import pytest

from harness.model import Level
from tests.doctor.project import app, diagnosed

NAME = "  OTEL_SERVICE_NAME: app"


def ids(tmp_path: Path, *lines: str, service: tuple[str, ...] = ()) -> list[str]:
    variables = (f"  {line}" for line in lines)
    return list(diagnosed(tmp_path, app(*service, "environment:", NAME, *variables)))


def test_the_endpoint_of_one_signal_is_an_endpoint(tmp_path: Path) -> None:
    assert ids(tmp_path, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: http://collector.local/v1/traces") == []


def test_the_endpoint_of_one_signal_is_checked_and_needs_its_header(tmp_path: Path) -> None:
    name = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"

    assert ids(tmp_path, f"{name}: http://localhost:4318/v1/traces") == ["endpoint_host_unknown"]
    assert ids(tmp_path, f"{name}: https://api.honeycomb.io/v1/traces") == ["otlp_header_missing"]


@pytest.mark.parametrize(
    ("endpoint", "protocol", "expected"),
    [
        ("http://collector.local:4318", "http/protobuf", "http://collector.local:4318/v1/traces"),
        ("http://collector.local:4318/", "", "http://collector.local:4318/v1/traces"),
        ("http://collector.local:4317", "grpc", ""),
        ("http://collector.local:4318/other", "", ""),
    ],
)
def test_the_endpoint_of_one_signal_is_used_as_it_stands(
    tmp_path: Path, endpoint: str, protocol: str, expected: str
) -> None:
    name = "OTEL_EXPORTER_OTLP_TRACES"
    lines = (NAME, f"  {name}_ENDPOINT: {endpoint}", f"  {name}_PROTOCOL: '{protocol}'")

    found = diagnosed(tmp_path, app("environment:", *lines))

    messages = [finding.message for finding in found.values()]
    said = f"{name}_ENDPOINT is {endpoint!r}, and a signal's own endpoint is used as it stands: expected "
    assert messages == ([said + expected] if expected else [])


def test_the_protocol_of_one_signal_is_checked(tmp_path: Path) -> None:
    found = ids(
        tmp_path,
        "OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.local:4318",
        "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: http/x",
    )

    assert found == ["otlp_protocol_unknown"]


def test_an_empty_protocol_counts_as_not_set(tmp_path: Path) -> None:
    endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.local:4317"

    assert ids(tmp_path, endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL: ''") == []


HOSTS = ("container_name: collector", "hostname: box", "networks: {default: {aliases: [otel]}}")


@pytest.mark.parametrize("host", ["collector", "box", "otel", "10.0.0.7", "[fd00::7]"])
def test_hosts_are_known_by_every_name_and_by_address(tmp_path: Path, host: str) -> None:
    assert ids(tmp_path, f"OTEL_EXPORTER_OTLP_ENDPOINT: http://{host}:4318", service=HOSTS) == []


@pytest.mark.parametrize("host", ["collector", "box", "otel", "10.0.0.7"])
def test_the_daemon_is_known_by_every_name_and_by_address(tmp_path: Path, host: str) -> None:
    lines = (*HOSTS, "environment:", f"  AWS_XRAY_DAEMON_ADDRESS: {host}:2000")

    assert list(diagnosed(tmp_path, app(*lines))) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_daemon_is_not_in_the_apps_own_container(tmp_path: Path, host: str) -> None:
    found = diagnosed(tmp_path, app("environment:", f"  AWS_XRAY_DAEMON_ADDRESS: {host}:2000"))

    assert found["xray_address_unknown"].message == (
        f"AWS_XRAY_DAEMON_ADDRESS has host {host!r}, which inside a container is 'app' itself; "
        "UDP to nobody gives no error"
    )


PORTLESS = "OTEL_EXPORTER_OTLP_ENDPOINT is '{0}', which is port {1} of service 'col', and that {2}; write {3}"


@pytest.mark.parametrize(
    ("endpoint", "protocol", "ports", "level", "expected"),
    [
        ("http://col", "", ":4318:4318", Level.ERROR, ("80", "publishes 4318", "http://col:4318")),
        (
            "http://col",
            "grpc",
            ":4317-4318:4317-4318",
            Level.ERROR,
            ("443", "publishes 4317 and 4318", "http://col:4317"),
        ),
        ("https://col/otlp", "", ":13133:13133", Level.WARNING, ("443", "", "https://col:4318/otlp")),
    ],
)
def test_an_endpoint_without_its_port(
    tmp_path: Path, endpoint: str, protocol: str, ports: str, level: Level, expected: tuple[str, str, str]
) -> None:
    lines = (
        NAME,
        f"  OTEL_EXPORTER_OTLP_ENDPOINT: {endpoint}",
        f"  OTEL_EXPORTER_OTLP_PROTOCOL: '{protocol}'",
    )
    col = f"  col:\n    image: otel\n    ports: ['127.0.0.1{ports}']\n"
    port, listens, cure = expected

    finding = diagnosed(tmp_path, app("environment:", *lines) + col)["otlp_port_missing"]

    listens = listens or "usually listens on 4317 or 4318"
    assert (finding.level, finding.site and finding.site.line) == (level, 5)
    assert finding.message == PORTLESS.format(endpoint, port, listens, cure)


@pytest.mark.parametrize(
    ("endpoint", "port"), [("http://col", 80), ("https://col", 443), ("http://a.b", 4318)]
)
def test_an_endpoint_that_needs_no_port(tmp_path: Path, endpoint: str, port: int) -> None:
    lines = (NAME, f"  OTEL_EXPORTER_OTLP_ENDPOINT: {endpoint}")
    col = f"  col:\n    image: otel\n    ports: ['127.0.0.1:{port}:{port}']\n"

    assert "otlp_port_missing" not in diagnosed(tmp_path, app("environment:", *lines) + col)
