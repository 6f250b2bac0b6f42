from __future__ import annotations

from harness.model import Level, RunRecord, Site, Telemetry, Verdict
from harness.report.terminal import summary_lines
from tests.report.records import a_finding, a_run, a_scenario, a_span, example_run, hostile_run

MISMATCH = (
    "  1 × attribute_mismatch: GET /api/activities/home › home-activites-mock-data: "
    "app.result_length: expected 3, captured '3' (int expected, str captured)"
)
UNFINISHED = (
    "  1 × segment_unfinished: segment user_activities: segment 'user_activities' waits for subsegment"
    " 'mock-data' (backend/services/user_activities.py:30), begun and never ended"
)


def test_a_run_that_fails() -> None:
    assert summary_lines(example_run(), report="reports/index.html") == [
        "Telemetry does not hold: 2 of 5 scenarios failed, 1 skipped, 2 findings that fail",
        "captured: 7 spans, 1 segment, 1 log event, 1 log record, 1 metric, 1 export request",
        "asserted: 4 of 8 span and segment names (50 %), 3 of 15 attributes (20 %)",
        "vacuous: scenarios/test_messages.py::test_messages checked nothing",
        MISMATCH,
        "      in scenarios/test_home.py::test_home_activities",
        UNFINISHED,
        "      in scenarios/test_user.py::test_user_activities",
        (
            "  1 × vacuous_scenario, a warning: 1 scenario checked nothing:"
            " scenarios/test_messages.py::test_messages"
        ),
        "  1 × export_rejected, a warning: the app's exporter was answered 400 once",
        "      in scenarios/test_home.py::test_home_activities",
        "cut: 3 log events over 256 KB were cut to 256 KB",
        "report: reports/index.html",
    ]


def test_a_run_that_holds() -> None:
    record = a_run(
        a_scenario(telemetry=Telemetry(spans=(a_span(),)), verdicts=(Verdict(),)),
        a_scenario(outcome="skipped"),
        a_scenario(outcome="xfailed"),
    )

    assert summary_lines(record) == [
        "Telemetry holds: 1 scenario passed, 1 skipped, 1 xfailed, no findings that fail",
        "captured: 1 span",
        "asserted: 0 of 1 span and segment name (0 %), 0 attributes",
    ]


def test_an_empty_run() -> None:
    assert summary_lines(RunRecord()) == [
        "Nothing was checked: 0 scenarios, no findings that fail",
        "captured: nothing",
    ]


def test_a_warning_is_told_once_with_the_first_scenario_and_how_often_it_came() -> None:
    twice = a_finding("sdk_warning", "the SDK says: no", level=Level.WARNING)
    known = a_finding("sdk_warning", "the SDK says: known", level=Level.WARNING, acknowledged=True)
    record = a_run(a_scenario("test_a", findings=(twice,)), a_scenario("test_b", findings=(twice, known)))

    assert summary_lines(record)[2:] == ["  2 × sdk_warning, a warning: the SDK says: no", "      in test_a"]


def test_a_waiver_that_is_over_is_not_the_start_ups() -> None:
    over = a_finding("waiver_expired", "waiver of 'x' by ann expired", site=Site("pyproject.toml", 9))

    assert summary_lines(a_run(findings=(over,)))[-1] == "      in the waivers, pyproject.toml:9"


def test_what_is_waived_of_the_whole_run_is_told() -> None:
    waived = [
        a_finding(id="attribute_missing", message=f"no attribute 'k{n}'", acknowledged=True) for n in "ab"
    ]
    lines = summary_lines(RunRecord(scenarios=(a_scenario(),), findings=tuple(waived)))

    (line,) = [line for line in lines if "waived" in line]
    assert line.startswith("  2 × attribute_missing, waived: ")
    assert line.endswith("no attribute 'ka'")


def test_findings_are_grouped_by_id_and_the_most_frequent_come_first() -> None:
    findings = [a_finding(f"kind_{kind}", f"message {n}") for kind in range(7) for n in range(kind + 1)]

    scenario = a_scenario(findings=tuple(findings[:-1]))
    name = scenario.name
    lines = summary_lines(a_run(scenario, findings=(findings[-1],)))

    assert lines[0] == "Telemetry does not hold: 1 of 1 scenario failed, 28 findings that fail"
    others = ["      also: message 1", "      also: message 2"]
    assert lines[2:] == [
        "  7 × kind_6: message 6",
        "      in no scenario: a start-up, the tear-down of a wider fixture, or a test without telemetry",
        "      also: message 0",
        "      also: message 1",
        "      and 4 other messages",
        "  6 × kind_5: message 0",
        f"      in {name}",
        *others,
        "      and 3 other messages",
        "  5 × kind_4: message 0",
        f"      in {name}",
        *others,
        "      and 2 other messages",
        "  4 × kind_3: message 0",
        f"      in {name}",
        *others,
        "      and 1 other message",
        "  3 × kind_2: message 0",
        f"      in {name}",
        *others,
        "  and 2 other kinds of finding",
    ]


def test_findings_of_one_message_are_one_line() -> None:
    scenarios = [a_scenario(name=name, findings=(a_finding("kind", "message"),)) for name in ("a", "b")]

    assert summary_lines(a_run(*scenarios))[2:] == ["  2 × kind: message", "      in a"]


def test_hostile_names_stay_on_their_line_and_move_no_cursor() -> None:
    lines = summary_lines(hostile_run())

    assert len(lines) == 6
    assert not any(ord(character) < 0x20 for line in lines for character in line)
