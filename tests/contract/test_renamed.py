"""Keys that only some requests have: renaming one is found, and accepted as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, ExportRequest, Resource, RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_log_record, a_metric, a_segment, a_span, a_subsegment, a_telemetry


def a_run(*telemetry: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(telemetry, 1))
    )


def span(**attributes: Any) -> Telemetry:
    return a_telemetry(a_span("job", attributes={"rows": 3, **attributes}))


def child(**attributes: Any) -> Telemetry:
    root = a_span("job")
    return a_telemetry(root, a_span("step", parent=root, attributes={"rows": 3, **attributes}))


def annotation(**annotations: Any) -> Telemetry:
    return Telemetry(segments=(a_segment("pay", annotations={"rows": 3, **annotations}),))


def metadata(**keys: Any) -> Telemetry:
    below = a_subsegment("db", metadata={"default": {"rows": 3, **keys}})
    return Telemetry(segments=(a_segment("pay", below),))


def point(**attributes: Any) -> Telemetry:
    return a_telemetry(a_metric("jobs", DataPoint(attributes=attributes, value=1)))


def record(**attributes: Any) -> Telemetry:
    return a_telemetry(a_log_record("done", attributes={"rows": 3, **attributes}))


@pytest.mark.parametrize(
    ("emit", "id_", "words"),
    [
        (span, "attribute_renamed job", "attribute 'coupon' of span 'job', but attribute 'coupon2' = 'X'"),
        (
            child,
            "attribute_renamed job › step",
            "attribute 'coupon' of span 'step', but attribute 'coupon2' = 'X'",
        ),
        (
            annotation,
            "annotation_renamed pay",
            "annotation 'coupon' of segment 'pay', but annotation 'coupon2' = 'X'",
        ),
        (
            metadata,
            "metadata_renamed pay › db",
            "metadata 'default.coupon' of subsegment 'db', but metadata 'default.coupon2' = 'X'",
        ),
        (
            point,
            "attribute_renamed metric jobs",
            "attribute 'coupon' of metric 'jobs', but attribute 'coupon2' = 'X'",
        ),
        (
            record,
            "attribute_renamed log record done",
            "attribute 'coupon' of log record 'done', but attribute 'coupon2' = 'X'",
        ),
    ],
)
def test_an_optional_key_that_was_renamed(emit: Any, id_: str, words: str) -> None:
    text = contract_text(a_run(emit(coupon="X"), emit()))
    run = a_run(emit(coupon2="X"), emit())
    found = check_contract(parse_contract(text), run)
    assert [f"{f.level.value} {f.id} {f.where}: {f.message}" for f in found] == [
        (
            f"error {id_}: no scenario captured optional {words}, of which all holds that is said of it;"
            " was it renamed?"
        )
    ]
    accepted, made, _ = accepted_text(text, run)
    assert [str(change).split(": ", 1)[1] for change in made] == ["coupon/optional: X → coupon2/optional: X"]
    assert check_contract(parse_contract(accepted), run) == ()
    assert accepted == text.replace("coupon/", "coupon2/")


def test_a_key_of_another_type_is_no_rename() -> None:
    text = contract_text(a_run(span(coupon="X"), span(coupon="Y"), span()))
    found = check_contract(parse_contract(text), a_run(span(other=3), span()))
    assert [f"{f.level.value} {f.id}" for f in found] == [
        "warning attribute_undeclared",
        "warning item_unexercised",
    ]


@pytest.mark.parametrize("emit", [span, child, annotation, metadata, point, record])
def test_a_key_of_another_name_and_value_is_no_rename(emit: Any) -> None:
    text = contract_text(a_run(emit(coupon=3), emit(coupon=4), emit()))
    run = a_run(emit(weight=3), emit())
    found = check_contract(parse_contract(text), run)
    assert sorted(f.id.partition("_")[2] for f in found) == ["undeclared", "unexercised"]
    _, made, _ = accepted_text(text, run)
    assert all("→" not in str(change) for change in made)


def test_the_same_value_under_another_name_is_a_rename() -> None:
    text = contract_text(a_run(span(coupon="SPRING"), span()))
    found = check_contract(parse_contract(text), a_run(span(voucher="SPRING"), span()))
    assert [f.id for f in found] == ["attribute_renamed"]


def test_an_optional_resource_attribute_that_was_renamed() -> None:
    def request(**resource: Any) -> Telemetry:
        return a_telemetry(a_span("job", resource=Resource(attributes=resource)))

    text = "version: 1\noperations:\n  - span: job\n    resource:\n      app.shard/optional/type: str\n"
    run = a_run(request(**{"app.shard_name": "a", "host.name": "x"}))
    assert [f"{f.id} {f.message}" for f in check_contract(parse_contract(text), run)] == [
        (
            "resource_renamed no scenario captured optional resource attribute 'app.shard' of span 'job',"
            " but resource attribute 'app.shard_name' = 'a', of which all holds that is said of it;"
            " was it renamed?"
        )
    ]
    accepted, _, _ = accepted_text(text, run)
    assert accepted == text.replace("app.shard/", "app.shard_name/")
    other = a_run(request(**{"host.name": "x"}))
    assert [f.id for f in check_contract(parse_contract(text), other)] == ["item_unexercised"]


def test_an_optional_header_that_was_renamed() -> None:
    def request(**headers: str) -> Telemetry:
        return Telemetry(
            exports=(ExportRequest(channel="otlp", path="/v1/traces", status=200, items=1, headers=headers),)
        )

    text = "version: 1\nexports:\n  - export: /v1/traces\n    headers:\n      x-team/optional/type: str\n"
    run = a_run(request(**{"X-Team-Id": "a", "host": "x"}))
    assert [f.id for f in check_contract(parse_contract(text), run)] == ["header_renamed"]
    other = a_run(request(host="x"))
    assert [f.id for f in check_contract(parse_contract(text), other)] == ["item_unexercised"]


def test_a_required_header_that_was_renamed_is_accepted_under_its_new_name() -> None:
    def request(**headers: str) -> Telemetry:
        return Telemetry(
            exports=(ExportRequest(channel="otlp", path="/v1/traces", status=200, items=1, headers=headers),)
        )

    text = contract_text(a_run(request(**{"x-team": "a"})))
    run = a_run(request(**{"x-team-id": "a"}))
    accepted, made, _ = accepted_text(text, run)
    assert [str(change).split(": ", 1)[1] for change in made] == [
        "x-team/present: true → x-team-id/present: true"
    ]
    assert check_contract(parse_contract(accepted), run) == ()


def test_the_closest_of_several_keys_is_the_new_name() -> None:
    text = contract_text(a_run(span(coupon="X"), span(coupon="Y"), span()))
    run = a_run(span(a="X", coupon2="Y", z="Z"), span())
    found = [f.message for f in check_contract(parse_contract(text), run) if f.id == "attribute_renamed"]
    assert found == [
        (
            "no scenario captured optional attribute 'coupon' of span 'job', but attribute 'coupon2' = 'Y',"
            " of which all holds that is said of it; was it renamed?"
        )
    ]


def test_an_optional_mapping_that_was_renamed() -> None:
    def request(**keys: Any) -> Telemetry:
        return Telemetry(segments=(a_segment("pay", metadata={"default": {"rows": 1, **keys}}),))

    text = contract_text(a_run(request(cart={"n": {"a": 1}}), request()))
    run = a_run(request(cart_2={"n": {"a": 1}}), request())
    assert [f.id for f in check_contract(parse_contract(text), run)] == ["metadata_renamed"]
    accepted, _, _ = accepted_text(text, run)
    assert check_contract(parse_contract(accepted), run) == ()


def with_step(name: str | None, *below: str, **attributes: Any) -> Telemetry:
    """Return a job with a step of this name, if any, and with what is below it."""
    root = a_span("job")
    if name is None:
        return a_telemetry(root)
    step = a_span(name, parent=root, attributes={"n": 5, **attributes}, span_id="1" * 16)
    return a_telemetry(root, step, *(a_span(one, parent=step, span_id="2" * 16) for one in below))


def with_subsegment(name: str | None, *below: str, **annotations: Any) -> Telemetry:
    """Return the same in X-Ray."""
    inner = map(a_subsegment, below)
    steps = () if name is None else (a_subsegment(name, *inner, annotations={"n": 5, **annotations}),)
    return Telemetry(segments=(a_segment("job", *steps),))


def told(text: str, run: RunRecord) -> list[str]:
    return [
        f"{f.level.value} {f.id} {f.where}: {f.message}" for f in check_contract(parse_contract(text), run)
    ]


@pytest.mark.parametrize(("emit", "noun"), [(with_step, "span"), (with_subsegment, "subsegment")])
def test_an_optional_child_that_was_renamed(emit: Any, noun: str) -> None:
    text = contract_text(a_run(emit("warm cache", "read"), emit(None)))
    run = a_run(emit("warmed cache", "read"), emit(None), emit("warmed cache", "read"))
    assert told(text, run) == [
        (
            f"error {noun}_renamed job: no scenario captured optional {noun} 'warm cache', but {noun}"
            " 'warmed cache' below the same parent, of which all holds that is said of it; was it renamed?"
        )
    ]
    accepted, made, _ = accepted_text(text, run)
    assert [str(change)[10:] for change in made] == [
        f"job › warm cache: {noun}: warm cache → {noun}: warmed cache"
    ]
    assert check_contract(parse_contract(accepted), run) == ()


def test_who_relies_on_an_optional_child_that_was_renamed() -> None:
    text = contract_text(a_run(with_step("warm cache"), with_step(None)))
    text = text.replace("presence: optional", "presence: optional\n        used_by: [Board]")
    (finding,) = told(text, a_run(with_step("warmed cache"), with_step(None)))
    assert finding.endswith("; was it renamed?; used by Board")


@pytest.mark.parametrize(
    "other",
    [
        with_step("render", "read"),
        with_step("warmed cache", "read", n="5"),
        with_step("warmed cache"),
        a_telemetry(a_span("job"), a_log_record("warmed cache")),
    ],
    ids=["name", "value", "below", "signal"],
)
def test_an_optional_child_and_another_one(other: Telemetry) -> None:
    text = contract_text(a_run(with_step("warm cache", "read"), with_step(None)))
    found = [finding.partition(":")[0] for finding in told(text, a_run(other, with_step(None)))]
    assert [one for one in found if "renamed" in one] == []
    assert "warning item_unexercised job" in found


def test_an_optional_child_that_was_captured_is_not_renamed() -> None:
    text = contract_text(a_run(with_step("warm cache"), with_step(None)))
    found = told(text, a_run(with_step("warmed cache"), with_step("warm cache"), with_step(None)))
    assert [finding.partition(":")[0] for finding in found] == ["warning span_undeclared job"]


def test_an_optional_child_with_an_id_in_its_name_that_was_renamed() -> None:
    ids = [f"{n}7cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e" for n in range(4)]
    text = contract_text(a_run(*(with_step(f"order {one}") for one in ids[:2]), with_step(None)))
    run = a_run(*(with_step(f"orders {one}") for one in ids[2:]), with_step(None))
    found = told(text, run)
    assert [finding.partition(":")[0] for finding in found] == ["error span_renamed job"]
    assert "but span 'orders ‹uuid›' below the same parent" in found[0]


def test_the_new_name_is_no_finding_where_undeclared_ones_are_errors() -> None:
    text = contract_text(a_run(with_step("warm cache"), with_step(None)))
    text = text.replace("version: 1\n", "version: 1\nlevels: {undeclared: error}\n")
    text = text.replace("  - span: job\n", "  - span: job\n    used_by: [Board]\n")
    found = told(text, a_run(with_step("warmed cache"), with_step(None)))
    assert [finding.partition(":")[0] for finding in found] == ["error span_renamed job"]


def test_a_renamed_metric_is_the_closest_to_the_one_that_is_missing() -> None:
    contract = parse_contract(contract_text(a_run(a_telemetry(a_metric("orders"), a_metric("jobs")))))
    found = check_contract(contract, a_run(a_telemetry(a_metric("orders2"), a_metric("jobs"))))

    assert [(one.id, one.message.removesuffix(" (in test_1)")) for one in found] == [
        ("metric_undeclared", "metric 'orders2' is not in the contract"),
        ("metric_missing", "no metric 'orders' was captured; closest: 'orders2'"),
    ]


def test_a_new_subsegment_is_one_that_is_undeclared() -> None:
    contract = parse_contract(contract_text(a_run(Telemetry(segments=(a_segment("pay"),)))))
    (found,) = check_contract(contract, a_run(Telemetry(segments=(a_segment("pay", a_subsegment("db")),))))

    assert found.id == "subsegment_undeclared"
