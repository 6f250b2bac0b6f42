from __future__ import annotations

from typing import Any

import pytest

from harness import contains, log_event, regex
from harness.expect import Expectation, check_none
from harness.model import Telemetry
from tests.builders import a_log_event, a_telemetry


def findings(expectation: Expectation[Any], telemetry: Telemetry) -> list[str]:
    verdict = expectation.check(telemetry)
    return [f"{f.signal} | {f.where} | {f.id}: {f.message}" for f in verdict.findings]


EVENTS = a_telemetry(a_log_event("HomeActivities"), a_log_event("GET /api 200\n", log_group="access"))


@pytest.mark.parametrize(
    "expectation",
    [
        log_event("HomeActivities"),
        log_event("HomeActivities", log_group="cruddur", log_stream=regex("w")),
        log_event(contains("/api")),
    ],
)
def test_log_events_that_hold(expectation: Expectation[Any]) -> None:
    assert findings(expectation, EVENTS) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            log_event("Home"),
            (
                "log event Home | log_event_missing: no log event 'Home' was captured;"
                " captured: 'HomeActivities', 'GET /api 200\\n'"
            ),
        ),
        (
            log_event("HomeActivity"),
            (
                "log event HomeActivity | log_event_missing: no log event 'HomeActivity' was captured;"
                " closest: 'HomeActivities'"
            ),
        ),
        (
            log_event(contains("POST")),
            (
                "log event contains('POST') | log_event_missing: no log event matching contains('POST')"
                " was captured; captured: 'HomeActivities', 'GET /api 200\\n'"
            ),
        ),
        (
            log_event("HomeActivities", log_group="Cruddur", log_stream="x"),
            (
                "log event HomeActivities | log_group_mismatch: log_group:"
                " expected 'Cruddur', captured 'cruddur'"
            ),
        ),
        (
            log_event("GET /api 200\n", log_group="cruddur"),
            (
                "log event 'GET /api 200\\n' | log_group_mismatch: log_group: expected 'cruddur',"
                " captured 'access'"
            ),
        ),
    ],
)
def test_log_events_that_do_not_hold(expectation: Expectation[Any], message: str) -> None:
    assert findings(expectation, EVENTS)[0] == f"log_event | {message}"


def test_no_log_event_at_all() -> None:
    assert findings(log_event("a"), Telemetry()) == [
        (
            "log_event | log event a | log_event_missing: no log event 'a' was captured;"
            " no log event was captured at all"
        )
    ]


def test_a_match_is_an_index_with_paths() -> None:
    (match,) = log_event(contains("api"), log_group="access").check(EVENTS).matched
    assert (match.signal, match.node_id, match.fields) == ("log_event", "1", ("message", "log_group"))


def test_a_message_of_several_lines_stays_on_one() -> None:
    verdict = check_none([log_event(contains("GET"))], EVENTS)
    assert [f.message for f in verdict.findings] == [
        "expected no log event matching contains('GET'), captured 1: 'GET /api 200\\n'"
    ]


def test_its_repr_is_source() -> None:
    assert repr(log_event("a", log_group="g")) == "log_event('a', log_group='g')"
