import errno
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.capture import datagrams, recvmmsg
from harness.capture.arrivals import Arrivals
from harness.capture.datagrams import DatagramReceiver
from harness.launch.recording import Recording


@pytest.fixture
def receiver(arrivals: Arrivals) -> Iterator[DatagramReceiver]:
    running = DatagramReceiver(arrivals)
    yield running
    running.close()


def send(port: int, *payloads: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for payload in payloads:
            sender.sendto(payload, ("127.0.0.1", port))


def test_everything_sent_before_the_barrier_is_there(receiver: DatagramReceiver) -> None:
    payloads = [b"%d" % number for number in range(2000)]

    send(receiver.port, *payloads)

    assert receiver.barrier(time.monotonic() + 10)
    assert list(receiver.received) == payloads
    assert receiver.drops() == 0


def test_what_comes_while_the_thread_rests_is_read_by_whoever_settles(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datagrams, "_ROOM", 0)
    monkeypatch.setattr(datagrams, "_REST_MS", 3_600_000)
    receiver = DatagramReceiver(arrivals)
    send(receiver.port, b"0")
    assert Arrivals().wait_until(lambda: receiver.received, time.monotonic() + 10)

    payloads = [b"%d" % number for number in range(1, 2000)]
    send(receiver.port, *payloads)

    assert receiver.barrier(time.monotonic() + 10)
    assert list(receiver.received) == [b"0", *payloads]
    receiver.close()


def test_a_flood_is_handed_on_many_batches_at_a_time(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recvmmsg, "BATCH", 4)
    monkeypatch.setattr(datagrams, "BATCH", 4)
    monkeypatch.setattr(datagrams, "_MOST", 16)
    all_sent, handed_on = threading.Event(), []

    def hand_on(batch: list[bytes]) -> None:
        assert all_sent.wait(10)
        handed_on.append(batch)

    receiver = DatagramReceiver(arrivals, also=hand_on)
    send(receiver.port, b"first")
    assert Arrivals().wait_until(lambda: receiver.received, time.monotonic() + 10)
    payloads = [b"%d" % number for number in range(18)]
    send(receiver.port, *payloads)
    all_sent.set()

    assert receiver.barrier(time.monotonic() + 10)
    assert handed_on == [[b"first"], payloads[:16], payloads[16:]]
    receiver.close()


def recording_priority(arrivals: Arrivals, tmp_path: Path) -> int:
    """Return the priority of the thread that receives for a recording."""
    recording = Recording(tmp_path, "app")
    before = threading.enumerate()
    receiver = DatagramReceiver(arrivals, recorder=recording)
    (thread,) = [one for one in threading.enumerate() if one not in before]
    assert thread.native_id is not None
    send(receiver.port, b"one")  # it has begun to receive once this is recorded
    recording.begin()
    assert Arrivals().wait_until(lambda: b"one" in recording.file.read_bytes(), time.monotonic() + 10)
    priority = os.getpriority(os.PRIO_PROCESS, thread.native_id)
    receiver.close()
    recording.close()
    return priority


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority on Linux alone")
def test_a_recording_receives_before_others_run(arrivals: Arrivals, tmp_path: Path) -> None:
    asking = [sys.executable, "-c", "import os; os.nice(-15)"]
    if subprocess.run(asking, capture_output=True, check=False).returncode:  # noqa: S603  our own
        pytest.skip("the system grants no priority: run as root, with CAP_SYS_NICE")

    assert recording_priority(arrivals, tmp_path) < os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority on Linux alone")
def test_a_recording_receives_where_no_priority_is_granted(
    arrivals: Arrivals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "setpriority", refuse)

    assert recording_priority(arrivals, tmp_path) == os.getpriority(os.PRIO_PROCESS, 0)


def test_the_largest_datagram_comes_whole(receiver: DatagramReceiver) -> None:
    send(receiver.port, b"", b"x" * 65_507, b"1")

    assert receiver.barrier(time.monotonic() + 10)
    assert [len(payload) for payload in receiver.received] == [65_507, 1]


def test_what_the_kernel_drops_is_counted(arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datagrams, "RECEIVE_BUFFER", 2048)
    receiver = DatagramReceiver(arrivals)
    sent = 20_000

    send(receiver.port, *[b"x" * 1000] * sent)

    assert receiver.barrier(time.monotonic() + 10)
    assert len(receiver.received) + receiver.drops() >= sent
    assert receiver.drops() > 0
    receiver.close()


def test_what_the_kernel_drops_is_told_before_the_end(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datagrams, "RECEIVE_BUFFER", 2048)
    told: list[int] = []
    receiver = DatagramReceiver(arrivals, dropped=told.append)

    send(receiver.port, *[b"x" * 1000] * 20_000)

    assert Arrivals().wait_until(lambda: sum(told) == receiver.drops() > 0, time.monotonic() + 20)
    receiver.close()


def test_two_receivers_have_two_ports(receiver: DatagramReceiver, arrivals: Arrivals) -> None:
    other = DatagramReceiver(arrivals)

    assert other.port != receiver.port
    other.close()
