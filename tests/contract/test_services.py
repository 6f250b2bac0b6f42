"""Several services in one run: each item says whose it is, and each service is there with what it says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.errors import ContractError
from harness.model import Resource, RunRecord, ScenarioRecord, Span, Status, StatusCode, Telemetry
from tests.builders import a_log_record, a_metric, a_span, a_telemetry

WEB = Resource(attributes={"service.name": "web", "app.tier": "gold"})
WORKER = Resource(attributes={"service.name": "worker", "app.queue": "orders"})
IN = " (in test_jobs)"
UNKNOWN = Resource(attributes={"service.name": "unknown_service"})
TELEMETRY = a_telemetry(
    a_span("GET /", span_id="1" * 16, resource=WEB),
    a_span("render", span_id="2" * 16, parent_span_id="1" * 16, resource=WEB),
    a_span("tick", span_id="3" * 16, resource=WEB),
    a_span("tick", span_id="4" * 16, resource=WORKER, attributes={"app.jobs": True}),
    a_log_record("ready", resource=WORKER),
    a_metric("jobs", resource=WORKER),
)
WRITTEN = """\
# yaml-language-server: $schema=./contract.schema.json
# levels: {unexercised: error}  # where all scenarios run, as in CI: what none of them captured was lost
version: 1
resource:
  - service.name: web
    app.tier: gold
  - service.name: worker
    app.queue: orders
operations:
  - span: GET /
    kind: internal
    resource:
      service.name: web
    status: unset
    children:
      - span: render
        kind: internal
        resource:
          service.name: web
        status: unset
  - span: tick
    when:
      resource:
        service.name: web
    kind: internal
    resource:
      service.name: web
    status: unset
  - span: tick
    when:
      resource:
        service.name: worker
    kind: internal
    resource:
      service.name: worker
    status: unset
    attributes:
      app.jobs: true
"""


def a_run(telemetry: Telemetry) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test_jobs", telemetry=telemetry),))


def moved(resource: Resource, **of: str) -> Telemetry:
    """Return the telemetry with the spans, records or metrics of a name made by another service."""
    changed = {
        field: tuple(
            msgspec.structs.replace(one, resource=resource)
            if getattr(one, "body" if field == "log_records" else "name") == of.get(field, "")
            else one
            for one in getattr(TELEMETRY, field)
        )
        for field in ("spans", "log_records", "metrics")
    }
    return msgspec.structs.replace(TELEMETRY, **changed)


def problems(telemetry: Telemetry) -> list[str]:
    found = check_contract(parse_contract(contract_text(a_run(TELEMETRY))), a_run(telemetry))
    return [f"{one.level} {one.id} {one.where}: {one.message}" for one in found]


def test_what_is_written() -> None:
    text = contract_text(a_run(TELEMETRY))

    assert text.startswith(WRITTEN)
    assert text.count("service.name: worker") == 5  # two log records' and metrics' items, too
    assert problems(TELEMETRY) == []


def test_a_run_of_one_service_says_it_once() -> None:
    spans = tuple(span for span in TELEMETRY.spans if span.resource is WEB)

    assert contract_text(a_run(a_telemetry(*spans))).count("service.name") == 1


def test_an_operation_that_moved_to_another_service() -> None:
    assert problems(moved(WORKER, spans="GET /")) == [
        "error resource_mismatch GET /: service.name: expected 'web', captured 'worker' (in test_jobs)"
    ]


def test_a_child_that_moved_to_another_service() -> None:
    assert problems(moved(WORKER, spans="render")) == [
        "error resource_mismatch GET / › render: service.name: expected 'web', captured 'worker'" + IN
    ]


@pytest.mark.parametrize(
    ("section", "name", "noun"),
    [("log_records", "ready", "log record ready"), ("metrics", "jobs", "metric jobs")],
)
def test_log_records_and_metrics_that_moved(section: str, name: str, noun: str) -> None:
    assert problems(moved(WEB, **{section: name})) == [
        f"error resource_mismatch {noun}: service.name: expected 'worker', captured 'web' (in test_jobs)"
    ]


def test_a_service_without_a_name() -> None:
    assert problems(moved(UNKNOWN, log_records="ready")) == [
        f"error resource_mismatch {where}: service.name: expected {expected}, captured 'unknown_service'"
        " (in test_jobs)"
        for where, expected in (("log record ready", "'worker'"), ("resource", "'web' or 'worker'"))
    ]


def test_a_service_that_is_gone() -> None:
    rest = a_telemetry(*(span for span in TELEMETRY.spans if span.resource is WEB))

    assert (
        "error resource_missing resource › worker: no resource of service 'worker' was captured"
        in problems(rest)
    )


def test_what_only_one_service_says_of_itself_is_kept() -> None:
    bare = Resource(attributes={"service.name": "worker"})
    spans = tuple(
        msgspec.structs.replace(span, resource=bare) if span.resource is WORKER else span
        for span in TELEMETRY.spans
    )

    assert problems(msgspec.structs.replace(TELEMETRY, spans=spans)) == [
        "error resource_missing resource › worker: no resource attribute 'app.queue';"
        " captured: 'service.name'" + IN
    ]


@pytest.mark.parametrize(
    "after",
    [
        moved(WORKER, spans="GET /"),
        moved(WEB, log_records="ready"),
        moved(UNKNOWN, metrics="jobs"),
        a_telemetry(*(span for span in TELEMETRY.spans if span.resource is WEB)),
        a_telemetry(*(msgspec.structs.replace(span, resource=UNKNOWN) for span in TELEMETRY.spans[:3])),
    ],
)
def test_a_change_is_accepted(after: Telemetry) -> None:
    text, changes, _ = accepted_text(contract_text(a_run(TELEMETRY)), a_run(after))
    left = [one.id for one in check_contract(parse_contract(text), a_run(after))]

    assert changes
    assert set(left) <= {"operation_unexercised"}  # such a one goes only by name


def test_a_new_service_is_added_to_the_list() -> None:
    newcomer = a_span("poll", span_id="9" * 16, resource=Resource(attributes={"service.name": "mailer"}))
    telemetry = msgspec.structs.replace(TELEMETRY, spans=(*TELEMETRY.spans, newcomer))
    text = contract_text(a_run(TELEMETRY))

    assert accepted_text(text, a_run(telemetry))[0] == contract_text(a_run(telemetry))


def test_more_names_than_services_are_data() -> None:
    spans: list[Span] = [
        a_span("tick", span_id=f"{n:016}", resource=Resource(attributes={"service.name": f"tenant {name}"}))
        for n, name in enumerate("abcdefghijklmnopqrstu")
    ]

    text = contract_text(a_run(a_telemetry(*spans)))
    assert "resource:\n  service.name/type: str  # more than 5 values\n" in text
    assert text.count("service.name") == 1


def test_an_item_that_is_no_mapping() -> None:
    with pytest.raises(ContractError) as caught:
        parse_contract("version: 1\nresource:\n  - service.name: web\n  - worker\n")
    assert str(caught.value) == "contract:4:5: resource: expected a mapping, 'worker' given"

    with pytest.raises(ContractError) as caught:
        parse_contract("version: 1\nresource: []\n")
    assert str(caught.value) == "contract:2:11: resource: expected a mapping, an empty list given"


def test_of_variants_of_one_service_the_more_precise_is_first() -> None:
    """A response that was begun with 200 may end with an error."""

    def stream(number: int, resource: Resource, **fields: Any) -> Span:
        fields |= {"trace_id": f"{number:032x}", "span_id": f"{number:016x}", "resource": resource}
        return a_span("GET /", attributes={"http.status_code": 200}, **fields)

    failed = {"status": Status(code=StatusCode.ERROR)}
    spans = (stream(1, WEB), stream(2, WORKER), stream(3, WORKER, **failed))
    record = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(*spans)),))

    assert check_contract(parse_contract(contract_text(record)), record) == ()
