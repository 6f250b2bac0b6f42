"""All receivers at once: where they listen, and what is said when one cannot."""

import socket
import threading
from pathlib import Path

import pytest

from harness.errors import ConfigurationError
from harness.launch.process import free_port
from harness.launch.receivers import Ports, Receivers
from harness.launch.recording import Recording


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path, "a test")


def test_those_that_listen_are_closed_when_another_cannot(recording: Recording) -> None:
    port = free_port()
    threads = threading.active_count()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConfigurationError, match="the AWS receiver cannot listen"):
            Receivers(recording, ports=Ports(otlp=port, aws=taken.getsockname()[1]))

    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
    assert threading.active_count() == threads


@pytest.mark.parametrize("host", ["::1", "no-such-host.invalid", ""])
def test_a_host_without_an_ipv4_address_is_refused(recording: Recording, host: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Receivers(recording, host=host)

    assert str(refused.value) == (
        f"cannot listen on {host!r}: it is no IPv4 address and no name of one, and X-Ray's SDKs take no "
        "other; give --host 127.0.0.1, 0.0.0.0 or an address of this machine"
    )


def test_an_address_of_another_machine_is_refused_with_its_cure(recording: Recording) -> None:
    with pytest.raises(ConfigurationError, match=r"give --host an address of this machine$"):
        Receivers(recording, host="192.0.2.1")


def test_a_name_is_listened_on_where_it_says(recording: Recording) -> None:
    receivers = Receivers(recording, host="localhost")
    host, _, port = receivers.endpoints["otlp_grpc"].partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=10):
            pass
    finally:
        receivers.close()

    assert host == "127.0.0.1"
