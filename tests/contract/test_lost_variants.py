"""A request that loses what tells its variant passes as another one, and is told all the same."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.model import Resource, RunRecord, ScenarioRecord, SpanEvent, Status, StatusCode, Telemetry
from tests.builders import a_span, a_telemetry

FAILED = SpanEvent(name="exception", time_unix_nano=1, attributes={"exception.type": "ValueError"})
ERROR = Status(StatusCode.ERROR, "x")
WEB, WORKER = (Resource(attributes={"service.name": name}) for name in ("web", "worker"))


def job(n: int, **fields: Any) -> Telemetry:
    return a_telemetry(a_span("job", span_id=f"{n:016}", trace_id=f"{n:032}", **fields))


def problems(before: tuple[Telemetry, ...], after: tuple[Telemetry, ...]) -> list[str]:
    contract = parse_contract(contract_text(a_run(*before)))
    assert check_contract(contract, a_run(*before)) == ()
    return [
        f"{one.level} {one.id} {one.where}: {one.message}" for one in check_contract(contract, a_run(*after))
    ]


def a_run(*telemetry: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(telemetry))
    )


def test_a_root_that_lost_its_error_status() -> None:
    before = job(1), job(2, events=(FAILED,), status=ERROR)

    (told,) = problems(before, (job(1), job(2, events=(FAILED,))))
    assert told == (
        "error status_mismatch job: status: expected ERROR, captured UNSET; so it passes as the variant of"
        " line 15, and none was captured of this one (in test_1)"
    )


def test_a_root_that_moved_to_another_service() -> None:
    before = job(1, resource=WEB), job(2, resource=WORKER, attributes={"app.jobs": True})
    (told, *others) = problems(
        before, (job(1, resource=WEB), job(2, resource=WEB, attributes={"app.jobs": True}))
    )

    assert told.startswith("error resource_missing resource › worker: no resource of service 'worker'")
    assert any(
        one.startswith(
            "error resource_mismatch job: service.name: expected 'worker', captured 'web'; so it passes"
        )
        for one in others
    )


@pytest.mark.parametrize(
    "after",
    [
        (job(1),),
        (job(1), job(3)),
        (job(1), job(2, events=(SpanEvent(name="retry", time_unix_nano=1),))),
    ],
)
def test_a_variant_that_nobody_asked_for_is_unexercised(after: tuple[Telemetry, ...]) -> None:
    before = job(1), job(2, events=(FAILED,), status=ERROR)

    (told,) = problems(before, after)
    assert told.startswith("warning operation_unexercised job: ")


def test_nothing_is_told_where_the_variant_was_captured() -> None:
    before = job(1), job(2, events=(FAILED,), status=ERROR)

    assert problems(before, (*before, job(3, events=(FAILED,)))) == []
