from __future__ import annotations

from harness.analysis.coverage import Coverage, CoverageRow, FieldCoverage, Share, coverage_of
from harness.model import Match, RunRecord, Scope, Telemetry, Verdict
from harness.report.record_io import decode_record, encode_record
from tests.report.records import (
    TRACE_ID,
    XRAY_TRACE_ID,
    a_log_event,
    a_run,
    a_scenario,
    a_segment,
    a_span,
    a_subsegment,
    example_run,
)


def matched(*matches: Match) -> Verdict:
    return Verdict(matched=matches)


def test_an_empty_run_has_no_coverage() -> None:
    assert coverage_of(a_run()) == Coverage()


def test_spans_of_a_name_are_counted_over_scenarios() -> None:
    one = a_span("work", scope=Scope(name="app"), attributes={"app.n": 1, "app.now": "x"})
    other = a_span("work", scope=Scope(name="app"), span_id="2" * 16, attributes={"app.n": "1"})
    match = Match(signal="span", node_id=f"{TRACE_ID}/{one.span_id}", fields=("name", "attributes.app.n"))

    coverage = coverage_of(
        a_run(
            a_scenario("a", telemetry=Telemetry(spans=(one, other)), verdicts=(matched(match),)),
            a_scenario("b", telemetry=Telemetry(spans=(one,)), verdicts=(matched(match), matched(match))),
            a_scenario("c", telemetry=Telemetry(spans=(other,))),
        )
    )

    assert coverage == Coverage(
        rows=(
            CoverageRow(
                signal="span",
                scope="app",
                name="work",
                captured=4,
                asserted=2,
                scenarios=("a", "b"),
                fields=(
                    FieldCoverage(
                        path="attributes.app.n",
                        captured=4,
                        asserted=3,
                        scenarios=("a", "b"),
                        types=("int", "str"),
                    ),
                    FieldCoverage(path="attributes.app.now", captured=2, types=("str",)),
                ),
            ),
        ),
        names=Share(1, 1),
        attributes=Share(2, 1),
    )


def test_segments_and_subsegments_are_counted_like_spans() -> None:
    inner = a_subsegment("inner", namespace="remote", metadata={"default": {"size": 3}})
    segment = a_segment("backend", annotations={"user": "a"}, subsegments=(inner,))
    match = Match(
        signal="subsegment", node_id=f"{XRAY_TRACE_ID}/{inner.id}", fields=("metadata.default.size",)
    )

    coverage = coverage_of(
        a_run(a_scenario("a", telemetry=Telemetry(segments=(segment,)), verdicts=(matched(match),)))
    )

    assert coverage == Coverage(
        rows=(
            CoverageRow(
                signal="segment",
                scope="",
                name="backend",
                captured=1,
                fields=(FieldCoverage(path="annotations.user", captured=1, types=("str",)),),
            ),
            CoverageRow(
                signal="segment",
                scope="remote",
                name="inner",
                captured=1,
                asserted=1,
                scenarios=("a",),
                fields=(
                    FieldCoverage(
                        path="metadata.default.size",
                        captured=1,
                        asserted=1,
                        scenarios=("a",),
                        types=("int",),
                    ),
                ),
            ),
        ),
        names=Share(2, 1),
        attributes=Share(2, 1),
    )


def test_a_node_of_another_scenario_is_not_asserted_by_a_match_of_this_one() -> None:
    match = Match(signal="span", node_id=f"{TRACE_ID}/{a_span().span_id}")

    coverage = coverage_of(
        a_run(
            a_scenario("a", verdicts=(matched(match),)),
            a_scenario("b", telemetry=Telemetry(spans=(a_span(),))),
        )
    )

    assert coverage.names == Share(1, 0)


def test_log_events_are_counted_by_index_each_once() -> None:
    events = tuple(a_log_event(str(number)) for number in range(4))
    verdict = matched(*(Match(signal="log_event", node_id=index) for index in ("0", "0", "2", "9")))

    coverage = coverage_of(a_run(a_scenario(telemetry=Telemetry(log_events=events), verdicts=(verdict,))))

    assert coverage.log_events == Share(4, 2)
    assert coverage.log_events.unasserted == 2
    assert coverage.log_events.percent == 50


def test_a_run_of_every_signal() -> None:
    coverage = coverage_of(example_run())

    assert [(row.name, row.captured, row.asserted) for row in coverage.rows] == [
        ("backend-flask", 1, 1),
        ("mock-data", 1, 0),
        ("GET /api/activities/@<handle>", 1, 0),
        ("GET /health", 1, 1),
        ("SELECT users", 1, 0),
        ("load", 1, 0),
        ("home-activites-mock-data", 1, 1),
        ("GET /api/activities/home", 1, 1),
    ]
    assert (coverage.names, coverage.attributes) == (Share(8, 4), Share(15, 3))
    assert (coverage.log_events, coverage.log_records, coverage.metrics) == (
        Share(1, 1),
        Share(1, 0),
        Share(1, 0),
    )


def test_the_order_is_that_of_the_record_as_it_is_read_again() -> None:
    spans = tuple(
        a_span(name, span_id=f"{number:016}", attributes={"\ud800": 1, "\\x": 2})
        for number, name in enumerate(("a", "\ud800", "\\x", "z"))
    )
    record = a_run(a_scenario(telemetry=Telemetry(spans=spans)))

    texts = [text.encode("utf-8", "backslashreplace").decode() for text in texts_of(record)]
    assert texts == texts_of(decode_record(encode_record(record)))


def texts_of(record: RunRecord) -> list[str]:
    """Return the names and paths of a run's coverage, in order."""
    return [text for row in coverage_of(record).rows for text in (row.name, *(f.path for f in row.fields))]
