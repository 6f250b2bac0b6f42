from __future__ import annotations

import threading
from typing import Any

import pytest

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


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"status": 9999}, ValueError, "Answer: status: expected 200 to 599, 9999 given"),
        ({"status": "503"}, TypeError, "Answer: status: expected a whole number, '503' given"),
        ({"delay_s": -1}, ValueError, "Answer: delay_s: expected seconds, 0 or more, -1 given"),
        ({"delay_s": True}, TypeError, "Answer: delay_s: expected seconds, True given"),
        (
            {"retry_after_s": float("nan")},
            ValueError,
            "Answer: retry_after_s: expected seconds, 0 or more, nan given",
        ),
        ({"close": 1}, TypeError, "Answer: close: expected True or False, 1 given"),
    ],
)
def test_what_no_receiver_can_answer_is_refused(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        Answer(**given)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("answer", "times", "error", "message"),
    [
        (503, None, TypeError, "answering: expected Answer(…), 503 given"),
        (BUSY, True, TypeError, "answering: times: expected a whole number, True given"),
        (BUSY, 0, ValueError, "answering: times: expected at least 1, 0 given"),
    ],
)
def test_what_is_no_script_is_refused(answer: Any, times: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught, Answers().giving(answer, times=times):
        pass

    assert str(caught.value) == message
