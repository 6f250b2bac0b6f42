from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from harness.model import XRayTrace, xray_traces_of
from harness.xray_filter import Expression, holds, parse, unmet
from tests.builders import START_S, a_segment, a_subsegment
from tests.xray_filter.strategies import expressions, traces

BACKEND = a_segment(
    "backend",
    a_subsegment("db", namespace="remote", sql={"url": "x"}, ms=50),
    a_subsegment("auth", namespace="remote", id="c" * 16, fault=True, ms=100, annotations={"retry": True}),
    a_subsegment("local work", ms=1),
    ms=500,
    origin="AWS::ECS::Container",
    http={
        "request": {"url": "http://api/v2/", "method": "GET", "user_agent": "curl", "client_ip": "10.0.0.1"},
        "response": {"status": 200},
    },
    annotations={"user.age": 30, "gameid": "817DL6VO", "beta": False},
    aws={"ec2": {"availability_zone": "us-east-1a", "instance_id": "i-1"}, "resource_arn": "arn:aws:x"},
)
AUTH = a_segment(
    "auth",
    id="d" * 16,
    parent_id="c" * 16,
    start_time=START_S + 0.1,
    end_time=START_S + 1.1,
    fault=True,
    user="alice",
    http={"response": {"status": 503}},
    cause={"exceptions": [{"type": "KeyError", "message": "no such user"}]},
)
(TRACE,) = xray_traces_of([AUTH, BACKEND])


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "!error !fault !throttle !partial",
        "inferred root",
        "responsetime > 0.49 AND responsetime < 0.51",
        "duration > 1.09 duration < 1.11",
        "http.status = 200",
        'http.url CONTAINS "/v2/" AND http.method = "GET" AND http.useragent BEGINSWITH "cu"',
        'http.clientip ENDSWITH ".1"',
        "http.url AND http.status",
        'user = "alice"',
        'user CONTAINS ""',
        'name = "auth" AND name = "KeyError"',
        'type = "AWS::ECS::Container" AND type = "Database::SQL"',
        'message CONTAINS "such"',
        'availabilityzone = "us-east-1a" AND instance.id = "i-1" AND resource.arn BEGINSWITH "arn:"',
        'service("backend") { first AND index = 0 AND remote AND coverage = 1 }',
        'service("auth") { index = 1 AND !first AND coverage = 2 }',
        'service("db") { last AND index = 2 }',
        'service("db") { coverage > 0.09 AND coverage < 0.11 }',
        "annotation[user.age] > 29",
        "annotation[user.age] = 30.0",
        'annotation.gameid = "817DL6VO"',
        "annotation.gameid",
        "annotation.beta = false",
        "annotation.retry",
        "!annotation.missing",
        'service("backend")',
        "service() { fault }",
        'service("auth") { fault AND responsetime > 0.9 AND !root }',
        'service("backend") { root AND http.status = 200 }',
        'service(id(type: "Database::SQL")) { inferred }',
        'service(id(name: "db", type: "Database::SQL"))',
        'edge("backend", "auth") { fault }',
        'edge("backend", "auth") { http.status = 503 AND annotation.retry }',
        'edge("backend", id(type: "Database::SQL"))',
        '!edge("auth", "backend")',
        '!service("local work")',
        'http.status = 404 OR service("auth")',
    ],
)
def test_what_holds(text: str) -> None:
    assert holds(parse(text), TRACE), unmet(parse(text), TRACE)
    assert unmet(parse(text), TRACE) == []
    assert not holds(parse(f"!({text})"), TRACE)


@pytest.mark.parametrize(
    "text",
    [
        "fault",
        "annotation.beta",
        'annotation[user.age] = "30"',
        "annotation.gameid > 1",
        "annotation.retry = 1",
        "annotation.missing != 1",
        'service("auth") { ok }',
        'service("backend") { fault }',
        'edge("auth", "backend")',
        'service("Backend")',
        'group.name = "any"',
    ],
)
def test_what_does_not_hold(text: str) -> None:
    assert not holds(parse(text), TRACE)
    assert unmet(parse(text), TRACE)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"http": {"response": {"status": 404}}}, "error !ok !fault"),
        ({"http": {"response": {"status": 429}}}, "error throttle !ok"),
        ({"http": {"response": {"status": 500}}}, "fault !error"),
        ({"http": {"response": {"status": 302}}}, "!ok !error"),
        ({"fault": True}, "fault !ok"),
        ({"end_time": None, "in_progress": True}, "partial !responsetime !duration"),
    ],
)
def test_flags_and_status_tell_the_outcome(fields: dict[str, Any], text: str) -> None:
    (trace,) = xray_traces_of([a_segment("web", **fields)])
    assert holds(parse(text), trace), unmet(parse(text), trace)


def test_groups_are_evaluated_by_their_filters() -> None:
    groups = {"slow": parse("duration > 1"), "quick": parse("duration < 1"), "arn:1": parse("ok")}
    assert holds(parse('group.name = "slow" AND user = "alice"'), TRACE, groups)
    assert not holds(parse('group.name = "quick"'), TRACE, groups)
    assert holds(parse('group.arn = "arn:1"'), TRACE, groups)


def test_a_group_that_names_itself_ends() -> None:
    groups = {"a": parse('group.name = "b"'), "b": parse('group.name = "a" OR ok')}
    assert holds(parse('group.name = "a"'), TRACE, groups)
    assert not holds(parse('group.name = "x"'), TRACE, {"x": parse('group.name = "x"')})


def test_a_deep_trace_is_no_recursion() -> None:
    inner = a_subsegment("0", namespace="remote")
    for number in range(1, 3000):
        inner = a_subsegment(str(number), inner, id=f"{number:016x}")
    (trace,) = xray_traces_of([a_segment("web", inner)])
    assert holds(parse('service("0") AND edge("web", "0")'), trace)


@given(expressions(), traces())
def test_any_filter_is_evaluated_on_any_trace(expression: Expression, trace: XRayTrace) -> None:
    groups = {"g": expression, "web": expression}
    assert holds(expression, trace, groups) is not bool(unmet(expression, trace, groups))


def test_the_deepest_filter_is_evaluated() -> None:
    text = '!service("a") { ' * 99 + "fault" + " }" * 99

    assert holds(parse(text), xray_traces_of((a_segment(),))[0])
