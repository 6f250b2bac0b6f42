"""Events of one name, and links, that come in kinds: the loss of an attribute of one is seen."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import Link, RunRecord, ScenarioRecord, SpanEvent
from tests.builders import a_span, a_telemetry

SENT = {"message.type": "SENT", "size.kind": "small"}
RECEIVED = {"message.type": "RECEIVED", "compressed": True}
Parts = tuple[Mapping[str, Any], ...]


def a_run(*spans: Parts, of: str = "events") -> RunRecord:
    """Return a run of requests that have events, or links, with these attributes."""
    scenarios = []
    for number, parts in enumerate(spans, 1):
        made: Any = tuple(_part(of, place, dict(one)) for place, one in enumerate(parts, 1))
        span = a_span("job", trace_id=f"{number:032x}", **{of: made})
        scenarios.append(ScenarioRecord(name=f"t{number}", telemetry=a_telemetry(span)))
    return RunRecord(scenarios=tuple(scenarios))


def _part(of: str, number: int, attributes: dict[str, Any]) -> SpanEvent | Link:
    if of == "events":
        return SpanEvent(name="message", time_unix_nano=number, attributes=attributes)
    return Link(trace_id="9" * 32, span_id=f"{number:016x}", attributes=attributes)


def found(text: str, record: RunRecord) -> list[str]:
    return [f"{f.level.value} {f.message}" for f in check_contract(parse_contract(text), record)]


@pytest.mark.parametrize("of", ["events", "links"])
@pytest.mark.parametrize("times", [1, 2])
def test_what_one_kind_lost_is_missing(of: str, times: int) -> None:
    text = contract_text(a_run(*[(SENT, RECEIVED)] * times, of=of))

    assert "optional" not in text
    assert found(text, a_run((RECEIVED, SENT), of=of)) == []
    lost = {"message.type": "SENT"}
    (message,) = found(text, a_run((lost, RECEIVED), of=of))
    assert "no attribute 'size.kind'" in message
    assert found(text, a_run((RECEIVED, RECEIVED), of=of)) != []


def test_the_order_of_events_is_no_part_of_it() -> None:
    assert contract_text(a_run((SENT, RECEIVED), (RECEIVED, SENT))) == contract_text(a_run((RECEIVED, SENT)))


def test_a_kind_that_some_spans_have_is_optional() -> None:
    text = contract_text(a_run((SENT, RECEIVED), (SENT,)))

    assert text.count("presence: optional") == 1
    assert found(text, a_run((SENT,), (SENT, RECEIVED))) == []
    (message,) = found(text, a_run((SENT,), (SENT,)))
    assert message.startswith("warning no scenario captured optional event 'message'")


OPTIONAL = """\
version: 1
levels: {unexercised: error}
operations:
  - span: job
    %s:
      - %s
        attributes:
          message.type: SENT  # always
          size.kind/optional: small  # at times
"""


@pytest.mark.parametrize(("of", "first"), [("events", "event: message"), ("links", "presence: required")])
def test_an_optional_key_that_nobody_captured_is_told(of: str, first: str) -> None:
    text = OPTIONAL % (of, first)
    name = "event 'message'" if of == "events" else "link"

    assert found(text, a_run((SENT,), ({"message.type": "SENT"},), of=of)) == []
    (message,) = found(text, a_run(({"message.type": "SENT"},), of=of))
    assert message.startswith(f"error no scenario captured optional attribute 'size.kind' of {name}")
    assert message.endswith("of span 'job'; add one, or remove the key")

    _, made, (left,) = accepted_text(text, a_run(({"message.type": "SENT"},), of=of))
    assert made == []
    new, _, _ = accepted_text(text, a_run(({"message.type": "SENT"},), of=of), [left.id])
    assert new == text.replace("          size.kind/optional: small  # at times\n", "")


def test_accept_keeps_what_is_said_of_each_kind() -> None:
    text = contract_text(a_run((SENT, RECEIVED))).replace("size.kind: small", "size.kind: small  # of ours")
    run = a_run((RECEIVED | {"compressed": False}, SENT))

    new, _, _ = accepted_text(text, run)

    assert new == text.replace("compressed: true", "compressed: false")
    assert found(new, run) == []


_KINDS: list[dict[str, Any]] = [{}, {"t": "a"}, {"t": "b"}, {"done": True}, {"t": "a", "rows": 3}]
_SPANS = st.lists(st.lists(st.sampled_from(_KINDS), max_size=5).map(tuple), min_size=1, max_size=4)


@pytest.mark.parametrize("of", ["events", "links"])
@given(spans=_SPANS, random=st.randoms(use_true_random=False))
def test_a_run_holds_its_own_contract_in_any_order(of: str, spans: list[Parts], random: Random) -> None:
    text, others = contract_text(a_run(*spans, of=of)), [random.sample(one, len(one)) for one in spans]
    again = a_run(*map(tuple, random.sample(others, len(others))), of=of)

    assert contract_text(again) == text
    assert found(text, again) == []
    assert accepted_text(text, again)[1] == []


@pytest.mark.parametrize("of", ["events", "links"])
@pytest.mark.parametrize("other", [{"app.kind": "g", "rows": 3}, {}])
def test_an_optional_kind_that_is_gone_is_told(of: str, other: dict[str, Any]) -> None:
    one = {"size.kind": "a", "user.id": "b"}
    text = contract_text(a_run((one,), (one, other), of=of))

    assert found(text, a_run((one, other), of=of)) == []
    (message,) = found(text, a_run((one,), (one,), of=of))
    assert message.startswith("warning no scenario captured optional ")


def test_accept_leaves_the_other_events_of_a_renamed_one_alone() -> None:
    def failed(first: str) -> RunRecord:
        events: Any = ((first, {"app": "a"}), ("exception", {"zone": "blue"}), ("exception", {}))
        made = tuple(SpanEvent(name=name, time_unix_nano=1, attributes=dict(one)) for name, one in events)
        return RunRecord(
            scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(a_span("job", events=made))),)
        )

    text = contract_text(failed("exception")).replace("      - exception\n", "      - exception  # plain\n")
    text = text.replace("zone: blue", "zone: blue  # where")

    new, _, _ = accepted_text(text, failed("exceptional"))

    assert found(new, failed("exceptional")) == []
    assert new.count("      - exception  # plain\n") == new.count("zone: blue  # where\n") == 1


@pytest.mark.parametrize("of", ["events", "links"])
def test_accept_keeps_the_comments_of_what_stays_in_one_that_lost_most(of: str) -> None:
    long = {"text": r"\Ahttp://localhost/orders/and/so/on and much more of it", "mode": "blue"}
    text = contract_text(a_run((long,), of=of)).replace("mode: blue", "mode: blue  # ours")

    new, _, _ = accepted_text(text, a_run(({"mode": "blue"},), of=of))

    assert "          mode: blue  # ours\n" in new
    assert found(new, a_run(({"mode": "blue"},), of=of)) == []
