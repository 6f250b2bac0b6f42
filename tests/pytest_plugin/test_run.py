"""Scenarios of a configured run: what passes, what fails and how."""

from typing import Any

import pytest

from tests.pytest_plugin.app import APP, run_record
from tests.pytest_plugin.conftest import ALL, OTEL, Run


def test_a_scenario_that_holds(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        APP
        + """
    def test_home(telemetry):
        serve()
        telemetry.expect(span("GET /home").with_child(span("load", attributes={"app.result_length": 3})))
        telemetry.expect_none(span("other"))
        telemetry.expect_count(2, span(regex(".")))
    """,
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "=* telemetry =*",
            "Telemetry holds: 1 scenario passed*",
            "wrote reports/run.json",
            "wrote reports/index.html",
        ]
    )
    assert run_record(pytester)["schema_version"] == 1


def test_a_failure_shows_all_findings_and_the_captured_tree(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    def test_home(telemetry):
        serve(length="3")
        telemetry.expect(
            span("GET /home", kind=SERVER).with_child(span("load", attributes={"app.result_length": 3})),
            span("save"),
        )
    """,
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *TelemetryAssertionError: 3 expectations not met",
            "E *  at GET /home (test_*.py:7)",
            "E *    kind_mismatch: kind: expected SERVER, captured *",
            "E *  at GET /home › load (test_*.py:8)",
            "E *    attribute_mismatch: app.result_length: expected 3, captured '3' (int expected, str *)",
            "E *  at save",
            "E *    span_missing: no span 'save' was captured*",
            "E *captured:",
            "E *  GET /home ?internal? * ms",
            "E *  └─ load ?internal? * ms  app.result_length='3'",
        ],
        consecutive=False,
    )


def test_a_span_left_open_fails_its_own_scenario_and_no_other(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    def test_leaves_open(telemetry):
        tracer.start_span("forgotten")
        serve()
        telemetry.expect(span("GET /home"))

    def test_next(telemetry):
        serve()
        telemetry.expect_count(2, span(regex(".")))
        assert telemetry.unfinished == ()
    """,
    )

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*span_unfinished: span 'forgotten' (begun at test_*.py:12) was never ended*"]
    )
    result.stdout.fnmatch_lines(["FAILED *::test_leaves_open*"])


def test_a_thread_of_one_scenario_does_not_show_up_in_the_next(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    import threading
    go, begun = threading.Event(), threading.Event()

    def work():
        with tracer.start_as_current_span("background"):
            begun.set()
            go.wait(30)
            tracer.start_span("late child").end()

    thread = threading.Thread(target=work)

    def test_starts(telemetry):
        thread.start()
        begun.wait(30)
        telemetry.expect_finding("span_unfinished")

    def test_next(telemetry):
        go.set()
        thread.join()
        telemetry.expect_none(span(regex(".")))
        serve()
        telemetry.expect_count(2, span(regex(".")))
    """,
        "-o",
        "telemetry_settle_timeout=0.1",
    )

    result.assert_outcomes(passed=2)


def test_a_vacuous_scenario_is_reported_and_fails_when_asked_to(run: Run) -> None:
    source = APP + "    def test_checks_nothing(telemetry): serve()\n"

    result = run(OTEL, source)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["vacuous: *::test_checks_nothing checked nothing"])

    result = run(OTEL + "telemetry_fail_on = error scenario_vacuous\n", source)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*scenario_vacuous: the scenario asked for telemetry and checked none; add telemetry.expect(…)",
            "Telemetry does not hold: 1 of 1 scenario failed, 1 finding that fails",
            "vacuous: *::test_checks_nothing checked nothing",
            "  1 × scenario_vacuous: the scenario asked for telemetry and checked none; add *",
            "      in *::test_checks_nothing",
        ]
    )


def test_findings_stand_beside_another_failure(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    def test_fails(telemetry):
        tracer.start_span("forgotten")
        assert 1 == 2
    """,
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *assert 1 == 2", "*Captured telemetry call*", "*span_unfinished: span 'forgotten'*"]
    )


def test_an_expected_finding_that_is_not_there_fails(run: Run) -> None:
    result = run(OTEL, "def test_none(telemetry): telemetry.expect_finding('span_unfinished', at='app.py:7')")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *finding_missing: expected at least 1 × span_unfinished at app.py:7, found 0; nothing *"]
    )


def test_a_failure_that_the_test_expects_is_none(run: Run) -> None:
    result = run(
        OTEL,
        """
        import pytest
        from harness import TelemetryAssertionError, span

        def test_raises(telemetry):
            with pytest.raises(TelemetryAssertionError):
                telemetry.expect(span("missing"))
        """,
    )

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Telemetry holds*"])


def test_what_a_teardown_leaves_open_is_an_error_of_its_test(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest

    @pytest.fixture
    def leaking():
        yield
        tracer.start_span("left in teardown")

    def test_home(leaking, telemetry):
        serve()
        telemetry.expect(span("GET /home"))
    """,
        "--junit-xml=junit.xml",
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*span_unfinished: span 'left in teardown' (begun at test_*.py:*"])
    assert "left in teardown" in (pytester.path / "junit.xml").read_text()


def test_a_test_marked_to_fail_or_skipped_fails_no_run(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest

    @pytest.mark.xfail(strict=True)
    def test_missing(telemetry):
        telemetry.expect(span("nope"))

    @pytest.mark.xfail(strict=True)
    def test_leaks(telemetry):
        tracer.start_span("left open")
        telemetry.expect_none(span("nope"))

    def test_skips(telemetry):
        tracer.start_span("left open")
        pytest.skip("for a reason")

    def test_home(telemetry):
        serve()
        telemetry.expect(span("GET /home"))
    """,
    )

    result.assert_outcomes(passed=1, skipped=1, xfailed=2)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Telemetry holds*"])


def test_the_fixture_may_be_asked_for_by_name(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest

    @pytest.fixture
    def mine(request):
        return request.getfixturevalue("telemetry")

    def test_home(mine):
        serve()
        mine.expect(span("GET /home"))

    def test_next(telemetry):
        telemetry.expect_none(span(regex(".")))
    """,
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("within", [-1, "'x'", "True", "float('nan')", "float('inf')"])
def test_a_wrong_within_is_refused(run: Run, within: object) -> None:
    result = run(OTEL, APP + f"    def test_home(telemetry): telemetry.expect(span('x'), within={within})")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *ValueError: within is *; expected seconds, 0 or more, for example 2.5"])


def test_log_events_that_are_never_accepted_fail_their_scenario(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        ALL,
        """
        import logging

        import watchtower

        def test_refused(telemetry):
            handler = watchtower.CloudWatchLogHandler(log_group_name="cruddur", create_log_stream=False)
            handler.emit(logging.makeLogRecord({"msg": "lost"}))
            assert [event.message for event in telemetry.log_events] == ["lost"]
        """,
        "-W",
        "ignore",
        "--junit-xml=junit.xml",
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_refused*",
            "*log_event_unsent: log group 'cruddur' did not accept 1 of the log *",
            "*log_event_unsent: cruddur: log group 'cruddur' did not accept 1 of the log *",
        ]
    )
    junit = (pytester.path / "junit.xml").read_text()
    assert 'errors="1"' in junit
    assert '<property name="telemetry:log_event_unsent"' in junit


def test_log_events_that_are_never_accepted_can_be_expected(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        ALL,
        """
        import logging

        import watchtower

        def emit(handler, text):
            handler.emit(logging.makeLogRecord({"msg": text}))

        def test_refused(telemetry):
            handler = watchtower.CloudWatchLogHandler(log_group_name="cruddur", create_log_stream=False)
            emit(handler, "lost")
            emit(handler, "lost, too")
            (found,) = telemetry.expect_finding("log_event_unsent", count=1)
            assert found.message.startswith(
                "log group 'cruddur' did not accept 2 of the log events queued for it, the first is 'lost'; "
            )
            telemetry.expect_finding("log_event_unsent", count=1)

        def test_the_next(telemetry):
            handler = watchtower.CloudWatchLogHandler(log_group_name="cruddur")
            emit(handler, "accepted")
            telemetry.expect_finding("log_event_unsent", count=0)
            assert [event.witnesses for event in telemetry.log_events] == [("process", "wire")]
        """,
        "-W",
        "ignore",
    )

    result.assert_outcomes(passed=2)
    record: Any = run_record(pytester)
    found = [(f["id"], f["acknowledged"]) for s in record["scenarios"] for f in s["findings"]]
    assert found == [("log_event_unsent", True)]


@pytest.mark.parametrize(
    ("begin", "noun", "cure"),
    [
        ("tracer.start_span('root')", "span", "was never ended, so no exporter sees it; end it, or use `*`"),
        (
            "xray_recorder.begin_segment('root')",
            "segment",
            "was never ended and so never sent; end it on every path",
        ),
    ],
)
def test_a_root_left_open_by_an_earlier_thread_is_said_to_be_perhaps_another_scenarios(
    run: Run, begin: str, noun: str, cure: str
) -> None:
    result = run(
        ALL,
        APP
        + f"""
    import threading
    from aws_xray_sdk.core import xray_recorder
    go, begun = threading.Event(), threading.Event()

    def work():
        go.wait(30)
        {begin}
        begun.set()
        go.clear()
        go.wait(30)

    thread = threading.Thread(target=work)

    def test_starts(telemetry):
        thread.start()
        telemetry.expect_none(span(regex(".")))

    def test_next(telemetry):
        go.set()
        begun.wait(30)

    def test_own(telemetry):
        begun = []
        def left(): {begin.replace("root", "own")}
        other = threading.Thread(target=left)
        other.start()
        other.join()
        go.set()
        thread.join()
    """,
        "-o",
        "telemetry_settle_timeout=0.1",
    )

    result.assert_outcomes(passed=2, failed=1, errors=1)  # an earlier thread's is judged at the end
    earlier = (
        "; it began on a thread that was running before this scenario, perhaps an earlier one's: "
        "join each thread in the scenario that starts it"
    )
    result.stdout.fnmatch_lines(
        [
            f"    {noun}_unfinished: {noun} 'root' (begun at *) {cure}{earlier}",
            f"    {noun}_unfinished: {noun} 'own' (begun at *) {cure}",
        ]
    )


def test_what_failed_a_scenario_stays_in_the_record_when_it_comes_right_later(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run(
        OTEL,
        APP
        + """
    left = []

    def test_leaves_open(telemetry):
        left.append(tracer.start_span("late"))
        telemetry.expect_none(span("other"))

    def test_ends_it(telemetry):
        left.pop().end()
        telemetry.expect_none(span("late"))
    """,
    )

    result.assert_outcomes(passed=1, failed=1)
    scenarios: Any = run_record(pytester)["scenarios"]
    found = {
        scenario["name"].rpartition("::")[2]: [finding["id"] for finding in scenario["findings"]]
        for scenario in scenarios
    }
    assert found == {"test_leaves_open": ["span_unfinished"], "test_ends_it": []}


def test_a_longer_settle_timeout_waits_longer_for_the_tests_own_spans(run: Run) -> None:
    result = run(
        OTEL + "telemetry_settle_timeout = 60\n",
        APP
        + """
    import threading

    def test_hands_over(telemetry):
        job = tracer.start_span("job")
        threading.Timer(0.5, job.end).start()
        telemetry.expect(span("job"))
    """,
    )

    result.assert_outcomes(passed=1)


def test_scenarios_that_seed_random_have_the_same_ids_and_their_own_exports(run: Run) -> None:
    result = run(
        OTEL,
        """
    import random
    import pytest
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from harness import export_request, span

    @pytest.fixture(scope="module")
    def tracer():
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        yield provider.get_tracer("app")
        provider.shutdown()

    @pytest.fixture(scope="module")
    def first():
        return []

    def one(tracer):
        random.seed(7)
        tracer.start_span("same").end()

    def test_a(telemetry, tracer, first):
        one(tracer)
        telemetry.expect(span("same"))
        first.append(telemetry)

    def test_b(telemetry, tracer, first):
        one(tracer)
        telemetry.expect(export_request("/v1/traces", items=1))
        assert telemetry.span(span("same")).witnesses == ("process", "wire")
        (before,) = first
        assert before.snapshot().spans[0].witnesses == ("process", "wire")
        assert before.snapshot().spans[0].span_id == telemetry.spans[0].span_id
    """,
    )

    result.assert_outcomes(passed=2)
