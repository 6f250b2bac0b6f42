"""A kind of expectation that a third party writes, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from harness import contains, span
from harness.expect import Expectation, check_all, check_none, failure_message, find
from harness.expect.fields import Field
from harness.expect.omitted import OMITTED
from harness.expect.pool import Entry, Pool
from harness.model import Match, Rejected, Telemetry
from tests.builders import a_telemetry


def rejected_pool(telemetry: Telemetry) -> Pool:
    return Pool(
        Entry(value=item, noun="rejected payload", name=item.reason, node_id=str(index), key=index)
        for index, item in enumerate(telemetry.rejected)
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class RejectedExpectation(Expectation[Rejected]):
    SIGNAL: ClassVar = "rejected"
    NOUN: ClassVar = "rejected payload"
    STEM: ClassVar = "rejected"
    BUILDER: ClassVar = "rejected"
    IDENTITY: ClassVar = "reason"
    CHANNELS: ClassVar = ()
    POOL: ClassVar = rejected_pool
    FIELDS: ClassVar = (Field("channel", lambda r: r.channel),)

    reason: Any
    channel: Any = OMITTED

    @property
    def identity(self) -> Any:
        return self.reason


TELEMETRY = a_telemetry(rejected=(Rejected(channel="xray", reason="not JSON"),))


def test_it_is_checked_and_found_as_the_built_in_ones_are() -> None:
    expectation = RejectedExpectation(reason="not JSON", channel="xray")
    assert expectation.check(TELEMETRY).matched == (
        Match(signal="rejected", node_id="0", fields=("reason", "channel")),
    )
    assert find(expectation, TELEMETRY) is TELEMETRY.rejected[0]
    assert not check_none([expectation], TELEMETRY).passed
    assert repr(expectation) == "rejected('not JSON', channel='xray')"


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            RejectedExpectation(reason="not JSON", channel="otlp"),
            "    channel_mismatch: channel: expected 'otlp', captured 'xray'",
        ),
        (
            RejectedExpectation(reason="no JSON"),
            "    rejected_missing: no rejected payload 'no JSON' was captured; closest: 'not JSON'",
        ),
    ],
)
def test_it_explains_itself(expectation: RejectedExpectation, message: str) -> None:
    verdict = check_all([expectation], TELEMETRY)
    assert failure_message(verdict, TELEMETRY).splitlines()[2] == message


@pytest.mark.parametrize(
    ("expectation", "short_name", "description"),
    [
        (span("GET /"), "GET /", "span 'GET /'"),
        (span("a\nb"), "'a\\nb'", "span 'a\\nb'"),
        (span(contains("a")), "contains('a')", "span matching contains('a')"),
        (span("x" * 100), "x" * 44 + "…" + "x" * 15, "span '" + "x" * 43 + "…" + "x" * 14 + "'"),
    ],
)
def test_how_messages_call_it(expectation: Expectation[Any], short_name: str, description: str) -> None:
    assert (expectation.short_name(), expectation.describe()) == (short_name, description)
