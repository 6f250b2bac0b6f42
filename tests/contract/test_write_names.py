"""Names and keys that hold ids: two runs write the same bytes, and each holds the contract of the other."""

from __future__ import annotations

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import (
    ExportRequest,
    Metric,
    MetricType,
    RunRecord,
    ScenarioRecord,
    SpanEvent,
    SpanKind,
    Telemetry,
)
from tests.builders import a_log_event, a_log_record, a_segment, a_span, a_subsegment, a_telemetry

FIRST, SECOND = "17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e", "9d7bb6a1-1c50-4d1b-a1a7-2b4b1f6f8f10"


def of(*parts: Telemetry) -> RunRecord:
    return RunRecord(scenarios=tuple(ScenarioRecord(name=f"t{n}", telemetry=t) for n, t in enumerate(parts)))


def a_run(order: str, day: str, size: object = 1) -> RunRecord:
    root = a_span(
        f"order {order}",
        kind=SpanKind.SERVER,
        attributes={f"app.{order}": size, "rows": 3},
        events=(SpanEvent(name=f"loaded {order}", time_unix_nano=1, attributes={}),),
    )
    return of(
        Telemetry(
            spans=(root, a_span(f"load {order}", parent=root)),
            segments=(
                a_segment(
                    f"order {order}", a_subsegment(f"load {order}"), metadata={"ns": {f"k {order}": size}}
                ),
            ),
            log_events=(a_log_event("hi", log_group=f"app-{day}"),),
            log_records=(a_log_record("x", event_name=f"order.{order}"),),
            metrics=(Metric(name=f"queue.{order}", type=MetricType.GAUGE, unit="1"),),
            exports=(ExportRequest(channel="otlp", path=f"/{order}/v1/traces", headers={}, items=2),),
        )
    )


WRITTEN = r"""# yaml-language-server: $schema=./contract.schema.json
# levels: {unexercised: error}  # where all scenarios run, as in CI: what none of them captured was lost
version: 1
operations:
  - span/regex: '\Aorder [0-9a-fA-F-]{36}\Z'
    kind: server
    status: unset
    attributes:
      'app.‹uuid›': 1
      rows: 3
    events:
      - event/regex: '\Aloaded [0-9a-fA-F-]{36}\Z'
    children:
      - span/regex: '\Aload [0-9a-fA-F-]{36}\Z'
        kind: internal
        status: unset
  - segment/regex: '\Aorder [0-9a-fA-F-]{36}\Z'
    error: false
    fault: false
    throttle: false
    metadata:
      ns:
        'k ‹uuid›': 1
    subsegments:
      - subsegment/regex: '\Aload [0-9a-fA-F-]{36}\Z'
        error: false
        fault: false
        throttle: false
log_events:
  - log_event: hi
    log_group/regex: '\Aapp\-\d{4}-\d\d?-\d\d?\Z'
log_records:
  - log_record: x
    severity_text: INFO
    severity_number: 9
    event_name/regex: '\Aorder\.[0-9a-fA-F-]{36}\Z'
metrics:
  - metric/regex: '\Aqueue\.[0-9a-fA-F-]{36}\Z'
    type: gauge
    unit: '1'
exports:
  - export/regex: '\A/[0-9a-fA-F-]{36}/v1/traces\Z'
    channel: otlp
"""


def test_names_and_keys_become_what_stays_of_them() -> None:
    first, second = a_run(FIRST, "2026-11-28"), a_run(SECOND, "2027-01-02")

    assert contract_text(first) == WRITTEN
    assert contract_text(second) == WRITTEN
    assert check_contract(parse_contract(WRITTEN), second) == ()


def test_a_key_with_an_id_is_checked_whatever_its_id() -> None:
    found = check_contract(parse_contract(WRITTEN, file="c.yaml"), a_run(SECOND, "2027-01-02", size="1"))

    assert [f"{f.id} {f.where}: {f.message}" for f in found] == [
        (
            "attribute_mismatch order ‹uuid›: app.‹uuid›: expected 1, captured '1'"
            " (int expected, str captured) (in t0)"
        ),
        (
            "metadata_mismatch order ‹uuid›: ns.k ‹uuid›: expected 1, captured '1'"
            " (int expected, str captured) (in t0)"
        ),
    ]


KEYED = """\
version: 1
operations:
  - span: home
    attributes:
      'app.‹uuid›/type': int
      'app.‹uuid›.rows/optional': 3
"""


def test_keys_of_a_form_are_missing_undeclared_and_unexercised_as_any() -> None:
    attributes = {"app.first": 1, "app.1": 2}
    found = check_contract(parse_contract(KEYED), of(a_telemetry(a_span("home", attributes=attributes))))

    assert [f"{f.level.value} {f.id}: {f.message}" for f in found] == [
        "error attribute_missing: no attribute 'app.‹uuid›'; captured: 'app.first', 'app.1' (in t0)",
        "warning attribute_undeclared: attribute 'app.first' = 1 is not in the contract (in t0)",
        "warning attribute_undeclared: attribute 'app.1' = 2 is not in the contract (in t0)",
        (
            "warning item_unexercised: no scenario captured optional attribute 'app.‹uuid›.rows' of span"
            " 'home'; add one, or remove the key"
        ),
    ]


def test_a_key_of_a_form_that_changed_is_accepted() -> None:
    attributes = {f"app.{FIRST}": "1", f"app.{SECOND}": "1", f"app.{FIRST}.rows": 3}
    run = of(a_telemetry(a_span("home", attributes=attributes)))
    text, made, _ = accepted_text(KEYED, run)

    assert [str(change)[10:] for change in made] == ["home: 'app.‹uuid›/type': int → 'app.‹uuid›': '1'"]
    assert check_contract(parse_contract(text), run) == ()


def test_an_operation_with_an_id_is_accepted_once() -> None:
    run = of(a_telemetry(a_span(f"order {FIRST}")), a_telemetry(a_span(f"order {SECOND}")))
    found = check_contract(parse_contract(KEYED), run)
    text, made, _ = accepted_text(KEYED, run)

    assert found[0].message == "span 'order ‹uuid›' is no operation of the contract (2 times, in t0, t1)"
    assert [str(change)[10:] for change in made] == [
        r"\Aorder [0-9a-fA-F-]{36}\Z: + operation: {span/regex: '\Aorder [0-9a-fA-F-]{36}\Z'}"
    ]
    assert check_contract(parse_contract(text), run)[0].id == "operation_unexercised"
