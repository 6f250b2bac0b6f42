"""All receivers at once: where they listen, and what is said when one cannot."""

import socket
import threading
from pathlib import Path

import pytest

from harness.capture import loop
from harness.codec import arrivals_file
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


def test_one_port_for_two_receivers_is_refused_by_the_options_names(recording: Recording) -> None:
    port = free_port()
    with pytest.raises(ConfigurationError) as refused:
        Receivers(recording, ports=Ports(otlp=port, xray=port))

    assert str(refused.value) == (
        f"--otlp-port and --xray-port name one port, {port}; give each its own (0 takes a free one)"
    )


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


def test_receivers_that_are_kept_busy_are_named_and_what_had_arrived_is_kept(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loop, "CALL_TIMEOUT_S", 0.1)
    monkeypatch.setattr(loop, "_STUCK_S", 0.1)
    is_free = threading.Event()
    recording.begin()
    receivers = Receivers(recording)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as app:
        host, _, port = receivers.endpoints["xray"].partition(":")
        app.sendto(b"arrived", (host, int(port)))
    running = receivers._otlp._server._loop
    running._loop.call_soon_threadsafe(is_free.wait, 60)

    receivers.close()
    is_free.set()
    running._thread.join(60)

    reasons = [
        f"the {name} receiver did not stop, because a request keeps the receivers busy; "
        "what it had not answered yet is not recorded: send smaller bodies"
        for name in ("AWS", "X-Ray", "OTLP")
    ]
    recording.close()
    with recording.file.open("rb") as stream:
        arrived = [(arrival.rejected, body) for arrival, body in arrivals_file.read(stream)]
    assert (None, b"arrived") in arrived
    assert [rejected.reason for rejected, _ in arrived if rejected] == reasons
    assert capsys.readouterr().err == "".join(f"harness: {reason}\n" for reason in reasons)
