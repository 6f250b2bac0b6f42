from __future__ import annotations

import threading
from collections.abc import Callable

from harness.capture.backlog import Backlog
from harness.capture.http_messages import Request


def a_request(body: bytes) -> Request:
    return Request("POST", "/", "", {}, body)


class Meanwhile(bytes):
    """A body that lets something else happen while it is counted."""

    happens: Callable[[], object] = staticmethod(lambda: None)

    def __len__(self) -> int:
        self.happens()
        return super().__len__()


def test_requests_come_back_in_order() -> None:
    backlog = Backlog(10)
    for body in (b"one", b"two"):
        backlog.put(a_request(body))

    assert [backlog.take(), backlog.take(), backlog.take()] == [a_request(b"one"), a_request(b"two"), None]


def test_the_oldest_are_forgotten() -> None:
    backlog = Backlog(6)
    for body in (b"one", b"two", b"three"):
        backlog.put(a_request(body))

    assert backlog.take() == a_request(b"three")
    assert backlog.take() is None


def test_what_is_put_while_another_is_taken_is_counted() -> None:
    backlog = Backlog(6)
    body = Meanwhile(b"12345")
    backlog.put(a_request(body))
    putting = threading.Thread(target=backlog.put, args=[a_request(b"1234")])

    def put_meanwhile() -> None:
        putting.start()
        putting.join(0.1)  # it has to wait

    body.happens = put_meanwhile
    assert backlog.take() == a_request(b"12345")
    putting.join()
    backlog.put(a_request(b"12"))

    assert [backlog.take(), backlog.take()] == [a_request(b"1234"), a_request(b"12")]
