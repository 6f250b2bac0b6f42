"""Several items of one name: each stays, and what is the same change of all of them is one."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, MetricType, RunRecord, ScenarioRecord
from tests.builders import a_metric, a_telemetry


def a_run(*telemetry: Any) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=a_telemetry(*telemetry)),))


def together(*series: dict[str, Any], **fields: Any) -> RunRecord:
    """Return a run with one metric that has all the series."""
    points = (DataPoint(attributes=one, value=1) for one in series)
    return a_run(a_metric("orders", *points, **{"unit": "1", **fields}))


def apart(*series: dict[str, Any], **fields: Any) -> RunRecord:
    """Return a run with a metric for each series, as CloudWatch has them."""
    given = {"unit": "Count", "namespace": "Shop", "type": MetricType.CLOUDWATCH, **fields}
    return a_run(*(a_metric("orders", DataPoint(attributes=one, value=1), **given) for one in series))


RETAIL, TRADE = {"kind": "retail"}, {"kind": "trade"}


def accepted(before: RunRecord, after: RunRecord) -> tuple[str, list[str]]:
    """Return the contract of a run with what another one changes in it, and these changes."""
    text, made, _ = accepted_text(contract_text(before), after)
    assert check_contract(parse_contract(text), after) == ()
    return text, [str(change).partition(": ")[2] for change in made]


@pytest.mark.parametrize("run", [together, apart])
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"unit": "s"}, "unit: s (2 items)"),
        ({"scope": "b"}, "scope: b (2 items)"),
        ({"type": MetricType.GAUGE}, "type: gauge (2 items)"),
    ],
)
def test_a_change_of_every_series_is_one(run: Any, fields: dict[str, Any], told: str) -> None:
    text, changes = accepted(run(RETAIL, TRADE, scope="a"), run(RETAIL, TRADE, **{"scope": "a", **fields}))
    assert [change.partition(" → ")[2] for change in changes] == [told]
    assert "kind: retail" in text
    assert "kind: trade" in text


def test_a_change_of_one_series_is_none_of_the_others() -> None:
    before = apart(RETAIL, TRADE)
    retail, trade = apart(RETAIL, unit="None"), apart(TRADE)
    after = a_run(*retail.scenarios[0].telemetry.metrics, *trade.scenarios[0].telemetry.metrics)
    text, changes = accepted(before, after)
    assert changes == ["unit: Count → unit: None"]
    assert text == contract_text(before).replace("unit: Count", "unit: None", 1)


def test_only_a_change_of_every_series_changes_all_of_them() -> None:
    before, after = apart(RETAIL, TRADE), apart(RETAIL, TRADE, namespace="Shops")
    _, made, _ = accepted_text(contract_text(before), after)
    (change,) = made
    text, _, _ = accepted_text(contract_text(before), after, [change.id])
    assert text == contract_text(after)


def test_who_relies_on_one_series_is_told_of_a_change_of_all() -> None:
    text = contract_text(apart(RETAIL, TRADE)) + "    used_by: [Board]\n"
    _, made, _ = accepted_text(text, apart(RETAIL, TRADE, unit="None"))
    assert [str(change).partition(": ")[2] for change in made] == [
        "unit: Count → unit: None (2 items); used by Board"
    ]


@pytest.mark.parametrize("run", [together, apart])
def test_a_renamed_attribute_of_every_series_is_one_change(run: Any) -> None:
    after = run({"kinds": "retail"}, {"kinds": "trade"})
    text, changes = accepted(run(RETAIL, TRADE), after)
    assert changes == ["kind → kinds (2 items)"]
    assert text == contract_text(after)


def test_a_renamed_attribute_of_several() -> None:
    before = [{"kind": kind, "zone": zone} for kind in ("retail", "trade") for zone in ("a", "b")]
    after = together(*({"kinds": one["kind"], "zone": one["zone"]} for one in before))
    text, changes = accepted(together(*before), after)
    assert changes == ["kind → kinds (4 items)"]
    assert text == contract_text(after)


@pytest.mark.parametrize("run", [together, apart])
def test_each_series_has_its_new_value(run: Any) -> None:
    after = run({"kind": "RETAIL"}, {"kind": "TRADE"})
    text, changes = accepted(run(RETAIL, TRADE), after)
    assert changes == ["kind: retail → kind: RETAIL", "kind: trade → kind: TRADE"]
    assert text == contract_text(after)


@pytest.mark.parametrize("new", ["a", "z"])
def test_a_series_that_another_came_for_is_changed(new: str) -> None:
    _, changes = accepted(together(RETAIL, TRADE), together(RETAIL, {"kind": new}))
    assert changes == [f"kind: trade → kind: {new}"]


def test_a_series_that_none_came_for_is_gone() -> None:
    _, changes = accepted(together(RETAIL, TRADE), together(RETAIL))
    assert changes == ["- metric 'orders' with attributes {'kind': 'trade'}"]


def test_more_series_than_before_are_data() -> None:
    _, changes = accepted(together(RETAIL, TRADE), together(RETAIL, *({"kind": n} for n in "abc")))
    assert changes == ["kind: retail → kind/type: str", "- metric 'orders' with attributes {'kind': 'trade'}"]


def test_a_check_tells_of_each_series_at_its_own_line() -> None:
    text = contract_text(together(RETAIL, TRADE))
    after = together({"kinds": "retail"}, {"kinds": "trade"})
    found = check_contract(parse_contract(text), after)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "- metric:" in line]
    assert [(one.id, one.site and one.site.line) for one in found] == [
        (id_, line) for id_ in ("attribute_missing", "attribute_undeclared") for line in lines
    ]
