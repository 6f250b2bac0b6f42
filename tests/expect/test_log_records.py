from __future__ import annotations

from typing import Any

import pytest

from harness import absent, ge, log_record
from harness.expect import Expectation
from harness.model import Resource, Telemetry
from tests.builders import TRACE, a_log_record, a_telemetry


def findings(expectation: Expectation[Any], telemetry: Telemetry) -> list[str]:
    verdict = expectation.check(telemetry)
    return [f"{f.signal} | {f.where} | {f.id}: {f.message}" for f in verdict.findings]


RECORDS = a_telemetry(
    a_log_record(
        "user created",
        attributes={"user.id": 7},
        scope="app.users",
        trace_id=TRACE,
        resource=Resource(attributes={"service.name": "web"}),
    ),
    a_log_record(
        {"kind": "audit", "who": "andrew"}, severity_number=17, severity_text="ERROR", event_name="audit"
    ),
)


@pytest.mark.parametrize(
    "expectation",
    [
        log_record("user created", severity_number=9, severity_text="INFO", attributes={"user.id": 7}),
        log_record("user created", scope="app.users", trace_id=TRACE, span_id=None),
        log_record("user created", resource={"service.name": "web"}),
        log_record({"kind": "audit"}, severity_number=ge(17), trace_id=absent),
        log_record(event_name="audit"),
    ],
)
def test_log_records_that_hold(expectation: Expectation[Any]) -> None:
    assert findings(expectation, RECORDS) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            log_record("user created", severity_number=17),
            "log record user created | severity_number_mismatch: severity_number: expected 17, captured 9",
        ),
        (
            log_record("user created", attributes={"user.id": "7"}),
            (
                "log record user created | attribute_mismatch: user.id: expected '7', captured 7"
                " (str expected, int captured)"
            ),
        ),
        (
            log_record("user deleted"),
            (
                "log record user deleted | log_record_missing: no log record 'user deleted' was captured;"
                " closest: 'user created'"
            ),
        ),
        (
            log_record(event_name="login"),
            (
                "log record log_record(event_name='login') | event_name_mismatch: event_name:"
                " expected 'login', captured ''"
            ),
        ),
        (
            log_record({"kind": "login"}),
            (
                "log record {'kind': 'login'} | log_record_missing: no log record matching {'kind': 'login'}"
                " was captured; captured: 'user created', {'kind': 'audit', 'who': 'andrew'}"
            ),
        ),
    ],
)
def test_log_records_that_do_not_hold(expectation: Expectation[Any], message: str) -> None:
    assert findings(expectation, RECORDS) == [f"log_record | {message}"]


def test_a_match_is_an_index_with_paths() -> None:
    (match,) = log_record(attributes={"user.id": 7}, scope="app.users").check(RECORDS).matched
    assert (match.signal, match.node_id) == ("log_record", "0")
    assert match.fields == ("attributes.user.id", "scope")


def test_its_repr_is_source() -> None:
    assert (
        repr([log_record("b", trace_id=None), log_record()])
        == "[log_record('b', trace_id=None), log_record()]"
    )
