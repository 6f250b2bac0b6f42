from __future__ import annotations

import threading

from harness.capture.answers import ACCEPT, Answer, Answers

BUSY = Answer(status=503)


def test_the_latest_answer_is_given_so_many_times() -> None:
    answers = Answers()
    with answers.giving(BUSY, times=1), answers.giving(Answer(status=429), times=1, path="/v1/logs"):
        given = [answers.next_for(path).status for path in ("/v1/logs", "/v1/logs", "/v1/logs")]

    assert given == [429, 503, 200]
    assert answers.next_for("/v1/traces") == ACCEPT


def test_an_answer_is_not_scripted_while_another_is_chosen() -> None:
    answers = Answers()
    entered, leave = threading.Event(), threading.Event()

    def give() -> None:
        with answers.giving(BUSY):
            entered.set()
            leave.wait(10)

    giving = threading.Thread(target=give)
    with answers._lock:
        giving.start()
        assert not entered.wait(0.1)
    assert entered.wait(10)
    assert answers.next_for("/v1/traces") == BUSY

    with answers._lock:
        leave.set()
        giving.join(0.1)
        assert giving.is_alive()
    giving.join()
    assert answers.next_for("/v1/traces") == ACCEPT
