"""Lists in written contracts: what is in them is held, too."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.write.volatile import generalised
from harness.model import RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_segment, a_span, a_telemetry


def a_run(*telemetry: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(telemetry, 1))
    )


def spans(*values: Any) -> RunRecord:
    return a_run(*(a_telemetry(a_span("job", attributes={"v": value})) for value in values))


def documents(*values: Any) -> RunRecord:
    return a_run(
        *(Telemetry(segments=(a_segment("pay", metadata={"shop": {"v": value}}),)) for value in values)
    )


@pytest.mark.parametrize(
    ("values", "said", "broken"),
    [
        (([0], [0, 1]), "v/each:\n        type: int  # differs\n", ["0"]),
        (([], [True]), "v/each: true\n", ["x"]),
        (
            (["a"], ["17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e"]),
            "v/each:\n        type: str  # 2 values, such as a\n",
            [1],
        ),
        (([1, "a"], ["a"]), "v/each:\n        type:\n          - int\n          - str\n", [1.5]),
        (
            ([[1], [2]], [[3]]),
            "v/each:\n        each:\n          type: int  # differs\n",
            [["1"]],
        ),
        (([], []), "v: []\n", "x"),
        ((["a", "b"], ["a", "b"]), "v:\n        - a\n        - b\n", ["b", "b"]),
    ],
)
def test_a_list_says_what_is_in_it(values: tuple[Any, ...], said: str, broken: Any) -> None:
    text = contract_text(spans(*values))
    assert said in text.replace("      - span", "")
    assert check_contract(parse_contract(text), spans(*values)) == ()
    (finding,) = check_contract(parse_contract(text), spans(broken))
    assert finding.id == "attribute_mismatch"


def test_lists_of_mappings_are_the_union_of_these() -> None:
    run = documents([{"sku": "A", "n": 1}, {"sku": "A", "n": 2, "gift": True}], [{"sku": "A", "n": 3}])
    text = contract_text(run)
    assert (
        """\
        v/each:
          gift/optional: true
          n/type: int  # differs
          sku: A
"""
        in text
    )
    assert check_contract(parse_contract(text), run) == ()
    findings = check_contract(parse_contract(text), documents([{"sku2": "A", "n": 1}]))
    assert [f.message for f in findings] == [
        (
            "shop.v: expected each({'gift': any_of(absent, True), 'n': instance_of(int), 'sku': 'A'}),"
            " captured [{'sku2': 'A', 'n': 1}] ([0] is {'sku2': 'A', 'n': 1}) (in test_1)"
        )
    ]


def test_a_short_list_of_mappings_that_is_always_the_same_is_written_item_by_item() -> None:
    run = documents(*[[{"sku": "A"}, {"sku": "B", "at": "2026-03-01T12:00:00+00:00"}]] * 2)
    text = contract_text(run)
    assert (
        """\
        v:
          - sku: A
          - at/format: date-time
            sku: B
"""
        in text
    )
    assert check_contract(parse_contract(text), run) == ()


@pytest.mark.parametrize("key", ["type", "each", "typ", "lenght"])
def test_keys_that_read_like_operators_are_keys(key: str) -> None:
    run = documents([{key: "a"}], [{key: "b"}, {key: "c"}])
    assert check_contract(parse_contract(contract_text(run)), run) == ()
    findings = check_contract(parse_contract(contract_text(run)), documents([{key: 1}]))
    assert [f.id for f in findings] == ["metadata_mismatch"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.25, 0.25), "v: 0.25\n"),
        ((0.25, 0.5), "v/type: float\n"),
        ((0.123456789,), "v/type: float\n"),
        ((float("inf"),), "v/type: float\n"),
    ],
)
def test_a_float_that_stays_is_said(values: tuple[float, ...], said: str) -> None:
    text = contract_text(spans(*values))
    assert said in text
    assert check_contract(parse_contract(text), spans(*values)) == ()


def test_a_float_that_is_measured_is_a_type() -> None:
    text = contract_text(a_run(a_telemetry(a_span("job", attributes={"took_ms": 0.25}))))
    assert "took_ms/type: float\n" in text


def test_a_list_with_more_in_a_mapping_is_another_in_either_order() -> None:
    less, more = [{"": None}], [{"": None, "0": None}]
    assert generalised("k", [less, more]) == generalised("k", [more, less])


def test_a_list_of_mappings_and_scalars_stays() -> None:
    mixed = [1, "a", {"b": "c", "ms": 7}]
    text = contract_text(documents(mixed, mixed))

    assert check_contract(parse_contract(text), documents([1, "a", {"b": "c", "ms": 9}])) == ()
    for broken in ([1, "a", {"b": 5, "ms": 7}], [1, "b", {"b": "c", "ms": 7}], [1, "a"]):
        (finding,) = check_contract(parse_contract(text), documents(broken))
        assert finding.id == "metadata_mismatch"
