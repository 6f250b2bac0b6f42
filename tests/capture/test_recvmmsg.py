import ctypes
import socket
from collections.abc import Iterator

import pytest

from harness.capture import recvmmsg


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture(params=["recvmmsg", "recv"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(recvmmsg, "BATCH", 8)  # what any socket's buffer holds
    if request.param == "recv":
        monkeypatch.setattr(ctypes, "PyDLL", lambda *_, **__: object())
    return str(request.param)


def test_datagrams_come_whole_in_order_and_up_to_a_batch(receiver: socket.socket, kind: str) -> None:
    read = recvmmsg.reader_of(receiver)
    sent = [b"", b"x" * 65_507, *(b"%d" % number for number in range(recvmmsg.BATCH))]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for payload in sent:
            sender.sendto(payload, receiver.getsockname())

    first, rest = read(), read()

    assert (len(first), len(rest)) == (recvmmsg.BATCH, 2)
    assert first + rest == sent
    assert read() == []


def test_a_closed_socket_is_an_error(receiver: socket.socket) -> None:
    read = recvmmsg.reader_of(receiver)
    receiver.close()

    with pytest.raises(OSError, match="Bad file descriptor"):
        read()
