"""What is optional and gone, where that is an error: it goes from the file once it is named."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import RunRecord, ScenarioRecord, SpanEvent, SpanKind, Telemetry
from tests.builders import a_log_event, a_segment, a_span, a_subsegment, a_telemetry

STRICT = "levels:\n  unexercised: error\n"


def a_run(*scenarios: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(scenarios))
    )


def request(n: int, *children: str, **fields: Any) -> Telemetry:
    root = a_span("GET /", span_id=f"{n:016}", trace_id=f"{n:032}", kind=SpanKind.SERVER, **fields)
    below = (a_span(name, parent=root, span_id=f"{n}{at:015}") for at, name in enumerate(children, 1))
    return a_telemetry(root, *below)


def document(n: int, **fields: Any) -> Telemetry:
    return a_telemetry(a_segment("api", id=f"{n:016}", trace_id=f"1-{n:08x}-{n:024}", http={}, **fields))


RETRY = SpanEvent(name="retry", time_unix_nano=1)


@pytest.mark.parametrize(
    ("with_it", "without", "told"),
    [
        (
            request(1, attributes={"a": 1, "coupon": "X"}),
            request(2, attributes={"a": 1}),
            "GET /: - coupon/optional: X",
        ),
        (request(1, attributes={"coupon": "X"}), request(2), "GET /: - coupon/optional: X"),
        (request(1, events=(RETRY,)), request(2), "GET /: - events: {event: retry, presence: optional}"),
        (request(1, "cache"), request(2), "GET / › cache: - span 'cache'"),
        (
            document(1, metadata={"app": {"rows": 3, "coupon": True}}),
            document(2, metadata={"app": {"rows": 3}}),
            "api: - coupon/optional: true",
        ),
    ],
)
def test_what_is_optional_goes_by_name(with_it: Telemetry, without: Telemetry, told: str) -> None:
    text = contract_text(a_run(with_it, without)).replace("version: 1\n", f"version: 1\n{STRICT}")
    now = a_run(without)
    assert [found.id for found in check_contract(parse_contract(text), now)] == ["item_unexercised"]

    unchanged, made, (change,) = accepted_text(text, now)
    assert (unchanged, made) == (text, [])
    assert str(change)[10:] == told

    after, made, left = accepted_text(text, now, [change.id])
    assert ([one.id for one in made], left) == ([change.id], [])
    assert check_contract(parse_contract(after), now) == ()
    assert accepted_text(after, now) == (after, [], [])


def test_an_optional_item_of_a_section_goes_by_name() -> None:
    kept = f"version: 1\n{STRICT}log_events:\n  - log_event: up\n"
    text = f"{kept}  - log_event: rare\n    presence: optional\n"
    now = a_run(a_telemetry(a_log_event("up")))

    _, made, (change,) = accepted_text(text, now)
    assert (made, str(change)[10:]) == ([], "log_events › rare: - log event 'rare'")
    assert accepted_text(text, now, [change.id])[0] == kept


def test_nothing_is_proposed_where_it_is_a_warning() -> None:
    text = contract_text(a_run(request(1, "cache"), request(2)))

    assert accepted_text(text, a_run(request(2))) == (text, [], [])


def test_an_optional_subsegment_goes_by_name() -> None:
    one = a_telemetry(a_segment("api", a_subsegment("cache")))
    other = a_telemetry(a_segment("api", id="9" * 16, trace_id=f"1-{9:08x}-{9:024}"))
    text = contract_text(a_run(one, other)).replace("version: 1\n", f"version: 1\n{STRICT}")

    _, _, (change,) = accepted_text(text, a_run(other))
    after, _, _ = accepted_text(text, a_run(other), [change.id])
    assert after == contract_text(a_run(other)).replace("version: 1\n", f"version: 1\n{STRICT}")


def test_a_new_operation_with_variants_is_added_with_all_of_them() -> None:
    def answered(n: int, status: int) -> Telemetry:
        root = a_span(
            "GET /items",
            span_id=f"{n:016}",
            trace_id=f"{n:032}",
            kind=SpanKind.SERVER,
            attributes={"http.response.status_code": status},
        )
        return a_telemetry(root)

    before, after = a_run(request(1)), a_run(request(1), answered(2, 200), answered(3, 404))
    text, made, left = accepted_text(contract_text(before), after)

    assert len(made) == 2
    assert left == []
    assert text == contract_text(after)
