"""Hosts that a service reaches, and those that it does not."""

from pathlib import Path

import pytest

from harness.model import Level
from tests.doctor.project import diagnosed

COMPOSE = """services:
  app:
    {app}
    environment: {{OTEL_SERVICE_NAME: app, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{host}:4318'}}
  collector:
    {collector}
"""
ITSELF = "inside a container is 'app' itself"
IMAGE = "image: x"


def problem(tmp_path: Path, app: str, host: str, collector: str = IMAGE) -> str:
    """Return what the doctor says of the host, after ``which``."""
    found = diagnosed(tmp_path, COMPOSE.format(app=app, host=host, collector=collector))
    assert set(found) <= {"endpoint_host_unknown"}
    return found["endpoint_host_unknown"].message.partition(", which ")[2] if found else ""


@pytest.mark.parametrize(
    ("app", "host"),
    [
        (IMAGE, "collector"),
        ("network_mode: host", "localhost"),
        ("network_mode: host", "127.0.0.1"),
        ("network_mode: service:collector", "localhost"),
        ("extra_hosts: ['gateway:host-gateway']", "gateway"),
        ("extra_hosts: ['gateway=10.0.0.1']", "gateway"),
        ("extra_hosts: {gateway: '::2'}", "gateway"),
        ("networks: [a, default]", "collector"),
        ("network_mode: service:collector", "collector"),
        ("network_mode: container:other", "collector"),
        ("network_mode: host\n    extra_hosts: ['collector:10.0.0.1']", "collector"),
    ],
)
def test_hosts_that_may_be_there(tmp_path: Path, app: str, host: str) -> None:
    assert problem(tmp_path, app, host) == ""


@pytest.mark.parametrize(
    ("app", "collector"),
    [
        ("networks: [a, b]", "networks: {b: {aliases: [c]}}"),
        ("networks: [a]", "networks: [same]\nnetworks: {a: {name: x}, same: {name: x}}"),
        ("networks: []", "networks:"),
        ("networks: [default]", IMAGE),
    ],
)
def test_a_host_on_one_network_is_reached(tmp_path: Path, app: str, collector: str) -> None:
    assert problem(tmp_path, app, "collector", collector) == ""


APART = "is on no network of 'app' (a), but on b: give both of them one"


@pytest.mark.parametrize(
    ("app", "collector", "why"),
    [
        ("networks: [a]", "networks: [b]", APART),
        ("networks: [a]", "networks: {b: }\nnetworks: {a: , b: }", APART),
        ("networks: [a]", IMAGE, APART.replace("on b", "on default")),
        (
            "network_mode: none",
            IMAGE,
            "is not reached with network_mode: none of 'app': leave network_mode out",
        ),
        (
            "network_mode: bridge",
            IMAGE,
            "no name leads to with network_mode: bridge of 'app': leave network_mode out",
        ),
        (
            IMAGE,
            "network_mode: none",
            "no name leads to with network_mode: none of 'collector': leave network_mode out",
        ),
    ],
)
def test_a_host_on_another_network_is_not_reached(tmp_path: Path, app: str, collector: str, why: str) -> None:
    assert problem(tmp_path, app, "collector", collector) == why


@pytest.mark.parametrize(
    ("app", "host", "collector", "why"),
    [
        (IMAGE, "localhost", IMAGE, ITSELF),
        (IMAGE, "gateway", IMAGE, "is no service of this file (app, collector)"),
        ("extra_hosts: ['gateway:127.0.0.1']", "gateway", IMAGE, ITSELF),
        (
            "network_mode: host",
            "collector",
            IMAGE,
            "no name leads to with network_mode: host of 'app': give localhost, and publish the port",
        ),
        (
            IMAGE,
            "collector",
            "network_mode: host",
            (
                "no name leads to with network_mode: host of 'collector': give host.docker.internal, and "
                "extra_hosts: [host.docker.internal:host-gateway]"
            ),
        ),
    ],
)
def test_hosts_that_are_not_reached(tmp_path: Path, app: str, host: str, collector: str, why: str) -> None:
    assert problem(tmp_path, app, host, collector) == why


def test_a_service_on_the_machines_network_needs_no_endpoint(tmp_path: Path) -> None:
    compose = "services:\n  app:\n    network_mode: host\n    environment: {OTEL_SERVICE_NAME: app}\n"

    assert diagnosed(tmp_path, compose) == {}


PROFILES = """services:
  app:
    build: .
    environment: {{AWS_REGION: us-east-1, AWS_XRAY_DAEMON_ADDRESS: "xray-daemon:2000", OTEL_SERVICE_NAME: app,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318"}}{}
  xray-daemon:
    image: amazon/aws-xray-daemon
    environment: [AWS_REGION=us-east-1]
    profiles: [telemetry, all]
  collector:
    image: otel/opentelemetry-collector
    profiles: [telemetry, all]
"""
ONLY = (
    "which only profile 'all' or 'telemetry' starts: without it nobody listens there; start it with "
    "--profile all or COMPOSE_PROFILES, or leave profiles out"
)


def test_a_service_that_only_a_profile_starts_is_not_relied_upon(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, PROFILES.format(""))

    assert {id_: (f.level, f.message) for id_, f in found.items()} == {
        "xray_address_unknown": (
            Level.WARNING,
            f"AWS_XRAY_DAEMON_ADDRESS has host 'xray-daemon', {ONLY}; UDP to nobody gives no error",
        ),
        "endpoint_host_unknown": (
            Level.WARNING,
            f"OTEL_EXPORTER_OTLP_ENDPOINT has host 'collector', {ONLY}",
        ),
    }


@pytest.mark.parametrize(
    ("profiles", "env"),
    [
        ("\n    profiles: [telemetry]", ""),
        ("", "COMPOSE_PROFILES=other,telemetry\n"),
        ("", "COMPOSE_PROFILES=*\n"),
    ],
)
def test_who_is_started_by_the_same_profile_relies_on_it(tmp_path: Path, profiles: str, env: str) -> None:
    assert diagnosed(tmp_path, PROFILES.format(profiles), {".env": env}) == {}


@pytest.mark.parametrize(
    ("profiles", "ids"), [("    profiles: [telemetry]\n", []), ("", ["xray_address_missing"])]
)
def test_no_address_is_missed_of_a_daemon_that_only_a_profile_starts(
    tmp_path: Path, profiles: str, ids: list[str]
) -> None:
    compose = f"""services:
  app:
    build: .
  xray-daemon:
    image: amazon/aws-xray-daemon
    environment: [AWS_REGION=us-east-1]
{profiles}"""

    assert list(diagnosed(tmp_path, compose, {"app.py": "import aws_xray_sdk\n"})) == ids
