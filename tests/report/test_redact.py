from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import ExportRequest, LogRecord, Rejected, RunRecord, SpanKind, Telemetry
from harness.model.nesting import MAX_DEPTH, TOO_DEEP
from harness.report.record_io import encode_record
from harness.report.redact import redact, redact_text
from tests.report.records import a_finding, a_log_event, a_run, a_scenario, a_segment, a_span, example_run

ACCESS_KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("/x?token=abc&page=2", "/x?token=redacted (3 chars)&page=2"),
        ("/x?page=2&access_token=a.b-c", "/x?page=2&access_token=redacted (5 chars)"),
        ("/x?api_key=abcd#top", "/x?api_key=redacted (4 chars)#top"),
        ("login password=hunter2, user=a", "login password=redacted (7 chars), user=a"),
        ("secret=s client_secret=t", "secret=redacted (1 chars) client_secret=redacted (1 chars)"),
        ("X-Amz-Signature=00ff&X-Amz-Date=1", "X-Amz-Signature=redacted (4 chars)&X-Amz-Date=1"),
        ('{"password": "hunter2"}', '{"password": "redacted (7 chars)"}'),
        ("{'api_key': 'k'}", "{'api_key': 'redacted (1 chars)'}"),
        ("Authorization: Bearer abcdefgh12", "Authorization: Bearer redacted (10 chars)"),
        ("basic dXNlcjpwYXNz", "basic redacted (12 chars)"),
        ("postgres://user:pass@db/x", "postgres://user:redacted (4 chars)@db/x"),
        (f"id {ACCESS_KEY_ID}.", "id redacted (20 chars)."),
        (f"jwt {JWT}", f"jwt redacted ({len(JWT)} chars)"),
        ("GET /tokens/3?page=token", "GET /tokens/3?page=token"),
        ("the bearer of news", "the bearer of news"),
        ("max_tokens=3 passwords: none", "max_tokens=3 passwords: none"),
        ("http://db:5432/x", "http://db:5432/x"),
    ],
)
def test_a_text(text: str, redacted: str) -> None:
    assert redact_text(text) == redacted


def run_of(telemetry: Telemetry) -> RunRecord:
    return a_run(a_scenario(telemetry=telemetry))


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "Authorization",
        "proxy-authorization",
        "x-honeycomb-team",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-amz-security-token",
        "X-Amz-Signature",
    ],
)
def test_a_header(name: str) -> None:
    export = ExportRequest(channel="otlp", path="/v1/traces", headers={name: "k" * 22, "content-type": "x"})

    (safe,) = redact(run_of(Telemetry(exports=(export,)))).scenarios[0].telemetry.exports

    assert safe.headers == {name: "redacted (22 chars)", "content-type": "x"}


def test_attributes_by_the_last_part_of_their_name_and_by_their_value() -> None:
    span = a_span(
        attributes={
            "http.request.header.authorization": ["Basic x", "y"],
            "app.password": "hunter2",
            "db.access_token": b"\x00\x01",
            "app.password.length": 7,
            "app.token": 3,
            "http.target": "/x?token=abc",
            "nested": {"headers": {"Cookie": "a=b"}},
            "tuple": ("secret=s", 1),
            "bytes": b"secret=s",
        }
    )

    (safe,) = redact(run_of(Telemetry(spans=(span,)))).scenarios[0].telemetry.spans

    assert safe.attributes == {
        "http.request.header.authorization": ["redacted (7 chars)", "redacted (1 chars)"],
        "app.password": "redacted (7 chars)",
        "db.access_token": "redacted (2 bytes)",
        "app.password.length": 7,
        "app.token": 3,
        "http.target": "/x?token=redacted (3 chars)",
        "nested": {"headers": {"Cookie": "redacted (3 chars)"}},
        "tuple": ("secret=redacted (1 chars)", 1),
        "bytes": b"secret=redacted (1 chars)",
    }


def test_every_other_place_that_can_hold_a_secret() -> None:
    record = a_run(
        a_scenario(
            telemetry=Telemetry(
                segments=(a_segment(metadata={"ns": {"url": "/x?password=p1"}}),),
                log_events=(a_log_event("token=p2"),),
                rejected=(Rejected(channel="otlp", reason="r", payload=b"\xff?secret=p3 \xfe"),),
            ),
            findings=(a_finding(message="captured '/x?api_key=p4'"),),
        ),
        outside=Telemetry(log_events=(a_log_event(ACCESS_KEY_ID),)),
    )

    safe = redact(record)

    (scenario,) = safe.scenarios
    assert scenario.telemetry.segments[0].metadata == {"ns": {"url": "/x?password=redacted (2 chars)"}}
    assert scenario.telemetry.log_events[0].message == "token=redacted (2 chars)"
    assert scenario.telemetry.rejected[0].payload == b"\xff?secret=redacted (2 chars) \xfe"
    assert scenario.findings[0].message == "captured '/x?api_key=redacted (2 chars)'"
    assert safe.outside.log_events[0].message == "redacted (20 chars)"


def test_a_secret_is_hidden_wherever_it_recurs() -> None:
    export = ExportRequest(channel="otlp", path="/", headers={"x-honeycomb-team": "hcaik_0123456789"})
    finding = a_finding(message="x-honeycomb-team: expected 'a', captured 'hcaik_0123456789'")
    record = a_run(a_scenario(telemetry=Telemetry(exports=(export,)), findings=(finding,)))

    safe = redact(record)

    assert safe.scenarios[0].findings[0].message == (
        "x-honeycomb-team: expected 'a', captured 'redacted (16 chars)'"
    )
    assert b"hcaik_0123456789" not in encode_record(safe)


def test_a_short_secret_may_be_a_word_and_is_hidden_only_where_it_is_one() -> None:
    span = a_span("load postgres", attributes={"db.password": "postgres"})

    (safe,) = redact(run_of(Telemetry(spans=(span,)))).scenarios[0].telemetry.spans

    assert (safe.name, safe.attributes) == ("load postgres", {"db.password": "redacted (8 chars)"})


def test_what_holds_no_secret_is_the_same_value() -> None:
    record = run_of(Telemetry(spans=(a_span(kind=SpanKind.SERVER, attributes={"a": [1, ("b",)], "n": 1.5}),)))

    safe = redact(record)

    assert safe.scenarios is record.scenarios
    assert redact(safe) is safe


def test_the_record_itself_is_not_changed() -> None:
    record = example_run()

    safe = redact(record)

    assert record == example_run()
    assert safe.scenarios[0].telemetry.exports[0].headers == {"x-honeycomb-team": "redacted (22 chars)"}


WORDS = st.lists(
    st.sampled_from(
        [
            "token=",
            "abc",
            "&",
            " ",
            '"password": "',
            '"',
            "Bearer ",
            "x" * 13,
            ACCESS_KEY_ID,
            JWT,
            "://u:p@",
            "=",
        ]
    ),
    max_size=8,
).map("".join)


@given(WORDS, WORDS, WORDS)
def test_redacting_again_changes_nothing(value: str, message: str, keyed: str) -> None:
    span = a_span(attributes={"a": value, "app.password": keyed, "authorization": [keyed, message]})
    record = run_of(Telemetry(spans=(span,), log_events=(a_log_event(message),)))

    once = redact(record)

    assert redact(once) == once


def test_what_is_too_deep_to_look_at_is_not_shown() -> None:
    value: Any = {"password": "hunter2"}
    for _ in range(3000):
        value = [value]
    record = RunRecord(outside=Telemetry(log_records=(LogRecord(body=value),)))

    safe = redact(record).outside.log_records[0].body

    for _ in range(MAX_DEPTH):
        (safe,) = safe
    assert safe == TOO_DEEP
