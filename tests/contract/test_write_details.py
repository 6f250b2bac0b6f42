"""Details whose loss was in no contract: correlation of log records, a service, a status's description."""

from __future__ import annotations

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, ExportRequest, RunRecord, ScenarioRecord, Status, StatusCode, Telemetry
from tests.builders import A_NUMBER, a_log_record, a_metric, a_segment, a_span, hex_id


def of(*parts: Telemetry) -> RunRecord:
    return RunRecord(scenarios=tuple(ScenarioRecord(name=f"t{n}", telemetry=t) for n, t in enumerate(parts)))


def record(id_: str | None) -> RunRecord:
    ids = {"trace_id": hex_id(id_, 32), "span_id": hex_id(id_)} if id_ else {}
    return of(Telemetry(log_records=(a_log_record("x", **ids),)))


def failed(*messages: str) -> RunRecord:
    statuses = [Status(StatusCode.ERROR, message) for message in messages]
    return of(*(Telemetry(spans=(a_span("pay", status=status),)) for status in statuses))


def served(**fields: object) -> RunRecord:
    segment = a_segment("backend", **{"service": {"runtime": "CPython"}, "origin": "AWS::EC2"} | fields)  # type: ignore[arg-type]
    return of(Telemetry(segments=(segment,)))


@pytest.mark.parametrize(
    ("before", "lines", "after", "findings"),
    [
        (
            record("a"),
            ["trace_id/present: true", "span_id/present: true"],
            record(None),
            [
                (
                    "trace_id: expected present, captured None (nothing is there)",
                    "log_records › x: - trace_id/present: true",
                ),
                (
                    "span_id: expected present, captured None (nothing is there)",
                    "log_records › x: - span_id/present: true",
                ),
            ],
        ),
        (
            failed("card refused"),
            ["status_message: card refused"],
            failed(""),
            [
                (
                    "status_message: expected 'card refused', captured ''",
                    "pay: - status_message: card refused",
                )
            ],
        ),
        (
            served(),
            ["origin: AWS::EC2", "service:", "runtime: CPython"],
            served(origin=None, service={"runtime": "PyPy"}),
            [
                ("service.runtime: expected 'CPython', captured 'PyPy'", "runtime: CPython → runtime: PyPy"),
                ("origin: expected 'AWS::EC2', captured None", "- origin: AWS::EC2"),
            ],
        ),
    ],
    ids=("correlation", "description", "service"),
)
def test_a_detail_is_written_checked_and_accepted(
    before: RunRecord, lines: list[str], after: RunRecord, findings: list[tuple[str, str]]
) -> None:
    text = contract_text(before)
    found = check_contract(parse_contract(text), after)
    accepted, made, _ = accepted_text(text, after)

    assert [line.strip() for line in text.splitlines() if line.strip() in lines] == lines
    assert [f.message.partition(" (in t")[0] for f in found] == [message for message, _ in findings]
    assert all(str(one).endswith(told) for one, (_, told) in zip(made, findings, strict=True))
    assert check_contract(parse_contract(accepted), after) == ()


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        (("order refused", "order lost"), "status_message/regex: '.'"),
        (("waited 20.5 s", "waited 3 s"), rf"status_message/regex: '\Awaited {A_NUMBER} s\Z'"),
        (("refused", ""), ""),
    ],
)
def test_descriptions(messages: tuple[str, ...], line: str) -> None:
    run = failed(*messages)
    text = contract_text(run)
    assert next((one.strip() for one in text.splitlines() if "status_message" in one), "") == line
    assert check_contract(parse_contract(text), run) == ()


def measured(*kinds: str, rest: str = "a") -> RunRecord:
    points = (DataPoint(attributes={"job.kind": kind, "queue": rest}, value=1) for kind in kinds)
    return RunRecord(
        scenarios=(ScenarioRecord(name="test", telemetry=Telemetry(metrics=(a_metric("jobs", *points),))),)
    )


@pytest.mark.parametrize(
    ("kinds", "findings"),
    [
        (
            ("import",),
            [
                (
                    "error metric_missing: no metric 'jobs' with attributes"
                    " {'job.kind': 'export', 'queue': 'a'} was captured"
                )
            ],
        ),
        (
            ("import", "import2"),
            [("error attribute_mismatch: job.kind: expected 'export', captured 'import2' (in test)")],
        ),
    ],
)
def test_a_series_that_vanishes_or_is_renamed_is_found(kinds: tuple[str, ...], findings: list[str]) -> None:
    contract = parse_contract(contract_text(measured("import", "export")))
    assert check_contract(contract, measured("export", "import")) == ()
    found = [f"{f.level.value} {f.id}: {f.message}" for f in check_contract(contract, measured(*kinds))]
    assert found == findings


def test_many_series_and_those_that_vary_are_described_together() -> None:
    assert "job.kind/type: str" in contract_text(measured(*"abcdef"))
    ids = (f"17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2{n}" for n in "ab")
    assert "job.kind/format: uuid" in contract_text(measured(*ids))


def sent(*headers: dict[str, str]) -> RunRecord:
    exports = tuple(ExportRequest(channel="otlp", path="/v1/traces", headers=h, items=1) for h in headers)
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=Telemetry(exports=exports)),))


def test_each_export_of_a_path_has_its_headers() -> None:
    text = contract_text(sent({"x-team": "a"}, {"x-team": "b"}))
    run = sent({"x-team": "a"}, {"x-tenant": "b"})
    assert check_contract(parse_contract(text), sent({"x-team": "a"})) == ()
    assert [(f.id, f.message) for f in check_contract(parse_contract(text), run)] == [
        (
            "header_missing",
            "no header 'x-team'; closest: 'x-tenant' = 'b' (in test)",
        )
    ]
    accepted = accepted_text(text, run)[0]
    assert check_contract(parse_contract(accepted), run) == ()


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("app.commit", "7a6e75f", "8e4bdc5"),
        ("vcs.ref.head.revision", "7a6e75f", "8e4bdc5"),
        ("git.sha", "7a6e75f", "8e4bdc5"),
        ("build.number", 1842, 1843),
        ("process.runtime.description", "3.11.7 (main) [GCC 12.2.0]", "3.11.8 (main) [GCC 14.1.0]"),
        ("process.executable.name", "python3", "pytest"),
    ],
)
def test_what_each_build_has_anew_is_a_type(key: str, before: object, after: object) -> None:
    text = contract_text(of(Telemetry(spans=(a_span("pay", attributes={key: before}),))))

    assert f"{key}/type" in text
    assert (
        check_contract(parse_contract(text), of(Telemetry(spans=(a_span("pay", attributes={key: after}),))))
        == ()
    )
