"""The X-Ray daemon and those who send to it."""

from pathlib import Path

import pytest

from tests.doctor.project import diagnosed

COMPOSE = """services:
  xray-daemon:
    image: amazon/aws-xray-daemon
    environment: [AWS_REGION=us-east-1]
    command: {}
"""


@pytest.mark.parametrize(
    "command",
    [
        "xray -o --bind=127.0.0.1:2000",
        "xray -o --bind 127.0.0.1:2000",
        "[xray, -o, -b, '127.0.0.1:2000']",
        "xray -b=127.0.0.1:2000",
        "xray --bind 0.0.0.0:2000 --bind-tcp 127.0.0.1:2000",
    ],
)
def test_a_daemon_on_loopback_is_reached_by_nobody(tmp_path: Path, command: str) -> None:
    found = diagnosed(tmp_path, COMPOSE.format(command))

    assert list(found) == ["xray_daemon_loopback"]
    finding = found["xray_daemon_loopback"]
    assert finding.message == (
        "the daemon listens on 127.0.0.1:2000, which is inside its own container: other services do not "
        "reach it, and UDP to nobody gives no error; bind 0.0.0.0:2000"
    )
    assert finding.site is not None
    assert finding.site.line == 5


@pytest.mark.parametrize("lines", ["xray -b=0.0.0.0:2000", "xray -b 127.0.0.1:2000\n    network_mode: host"])
def test_a_daemon_that_others_reach(tmp_path: Path, lines: str) -> None:
    assert diagnosed(tmp_path, COMPOSE.format(lines)) == {}


def test_a_bind_with_an_equals_sign_has_its_port(tmp_path: Path) -> None:
    compose = COMPOSE.format("xray --bind=0.0.0.0:3000") + (
        "  app:\n    environment: {AWS_REGION: us-east-1, AWS_XRAY_DAEMON_ADDRESS: 'xray-daemon:2000'}\n"
    )

    assert list(diagnosed(tmp_path, compose)) == ["xray_port_mismatch"]
