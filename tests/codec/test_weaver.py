"""Weaver's report as findings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.codec.weaver import findings_of_report
from harness.errors import DecodeError
from harness.model import Finding, Level


def advice(id_: str = "deprecated", **fields: Any) -> dict[str, Any]:
    return {"id": id_, "level": "violation", "message": f"{id_}!", "context": {"a": 1}, **fields}


def judged(*found: dict[str, Any], **fields: Any) -> dict[str, Any]:
    result = {"all_advice": list(found), "highest_advice_level": "violation"}
    return {**fields, "live_check_result": result}


def report(*samples: dict[str, Any]) -> bytes:
    return json.dumps({"samples": list(samples), "statistics": {}}).encode()


def test_findings_at_every_depth() -> None:
    point = judged(advice("b", signal_type="metric", signal_name="m"), attributes=[judged(advice("c"))])
    sample = {"metric": judged(advice("a", level="improvement"), name="m", number_data_points=[point])}
    untouched = {"span": {"name": "GET /", "live_check_result": None}}

    assert set(findings_of_report(report(sample, untouched))) == {
        Finding(id="semconv_a", signal="harness", message="a!", level=Level.WARNING),
        Finding(id="semconv_b", signal="metric", message="b!", where="m"),
        Finding(id="semconv_c", signal="harness", message="c!"),
    }


def test_signals_have_our_names() -> None:
    log = {"log": judged(advice(level="information", signal_type="log", signal_name="served"))}
    resource = {"resource": judged(advice(signal_type="resource"))}
    assert [(f.signal, f.where, f.level) for f in findings_of_report(report(log, resource))] == [
        ("log_record", "served", Level.INFO),
        ("harness", "resource", Level.ERROR),
    ]


def test_equal_findings_are_one() -> None:
    (finding,) = findings_of_report(report(*({"span": judged(advice())} for _ in range(3))))
    assert finding.message == "deprecated! (3 times)"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, captured `array`"),
        (report({"span": judged({"advice_type": "deprecated"})}), "Object missing required field `id`"),
        (report({"span": judged(advice(level="fatal"))}), "expected level violation, improvement,"),
        (b'{"samples": ' + b"[" * 100_000, "deep|truncated|recursion"),
    ],
)
def test_another_shape_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(DecodeError, match=f"not as Weaver 0.25 writes it: .*({why})"):
        findings_of_report(data)


def test_a_report_about_nothing_is_refused() -> None:
    with pytest.raises(DecodeError, match="about no sample at all"):
        findings_of_report(report())
