"""Operations that were exercised and lost a whole signal, and runs in which a signal is silent."""

from __future__ import annotations

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.model import RunRecord, ScenarioRecord, SpanKind, Telemetry
from tests.builders import a_log_event, a_segment, a_span


def asked(path: str, *, span: bool = True, segment: bool = True, status: int = 200) -> Telemetry:
    server = a_span(
        f"GET {path}",
        kind=SpanKind.SERVER,
        attributes={"http.method": "GET", "http.target": path, "http.status_code": status},
    )
    http = {
        "request": {"method": "GET", "url": f"http://localhost:5000{path}"},
        "response": {"status": status},
    }
    return Telemetry(
        spans=(server,) if span else (),
        segments=(a_segment("backend", http=http),) if segment else (),
        log_events=(a_log_event("asked"),),
    )


def of(*parts: Telemetry) -> RunRecord:
    return RunRecord(scenarios=tuple(ScenarioRecord(name=f"t{n}", telemetry=t) for n, t in enumerate(parts)))


CONTRACT = contract_text(of(asked("/home"), asked("/users"), asked("/users", status=404)))


def found(*parts: Telemetry, text: str = CONTRACT) -> list[str]:
    findings = check_contract(parse_contract(text, file="c.yaml"), of(*parts))
    return [f"{f.level.value} {f.id} {f.where}: {f.message}" for f in findings if f.level.value == "error"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            (asked("/home", segment=False), asked("/users")),
            (
                "error segment_missing backend: no segment 'backend' was captured of GET /home,"
                " which span 'GET /home' is of"
            ),
        ),
        (
            (asked("/home", span=False), asked("/users")),
            (
                "error span_missing GET /home: no span 'GET /home' was captured of GET /home,"
                " which segment 'backend' is of"
            ),
        ),
    ],
)
def test_a_request_that_one_signal_tells_of_was_lost_by_the_other(
    parts: tuple[Telemetry, ...], expected: str
) -> None:
    assert found(*parts) == [expected]


def test_a_run_in_which_a_signal_is_silent() -> None:
    silent = (
        "no segment was captured in the whole run, and 1 operation of the contract starts with one;"
        " is its channel on, and does the app still send them?"
    )
    text = "version: 1\noperations:\n  - segment: backend\n  - span: GET /home\n"
    assert found(asked("/home", segment=False), text=text) == [f"error segment_missing : {silent}"]


def test_what_is_optional_may_be_silent() -> None:
    text = "version: 1\noperations:\n  - segment: backend\n    presence: optional\n  - span: GET /home\n"
    assert found(asked("/home", segment=False), text=text) == []


def test_another_request_of_the_same_name_was_not_lost() -> None:
    assert found(asked("/home"), asked("/users")) == []
