import threading
import time

from harness.capture.arrivals import Arrivals


def test_a_condition_that_holds_is_not_waited_for() -> None:
    assert Arrivals().wait_until(lambda: True, time.monotonic() - 1)


def test_a_condition_that_never_holds_ends_at_the_deadline() -> None:
    deadline = time.monotonic() + 0.05

    assert not Arrivals().wait_until(lambda: False, deadline)
    assert time.monotonic() >= deadline


def test_an_arrival_wakes_the_waiter() -> None:
    arrivals, arrived = Arrivals(), threading.Event()

    def arrive() -> None:
        while not arrivals.armed:
            pass
        arrived.set()
        arrivals.notify()

    sender = threading.Thread(target=arrive)
    sender.start()
    assert arrivals.wait_until(arrived.is_set, time.monotonic() + 10)
    sender.join()
    assert not arrivals.armed
