"""Configured runs: what passes, what fails and how, and what is left behind."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.pytest_plugin.conftest import ALL, OTEL, Run

APP = """
    from opentelemetry.sdk.trace import TracerProvider
    from harness import SERVER, regex, span

    tracer = TracerProvider().get_tracer("app")

    def serve(length=3):
        with tracer.start_as_current_span("GET /home"):
            with tracer.start_as_current_span("load") as load:
                load.set_attribute("app.result_length", length)
"""


def run_record(pytester: pytest.Pytester) -> dict[str, object]:
    record: dict[str, object] = json.loads((pytester.path / "reports" / "run.json").read_text())
    return record


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
    result.stdout.fnmatch_lines(["*scenario_vacuous: the scenario asked for telemetry and checked none*"])


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


def test_junit_carries_the_findings(run: Run, pytester: pytest.Pytester) -> None:
    run(
        OTEL,
        APP
        + """
    def test_home(telemetry):
        telemetry.expect(span("missing"))
    """,
        "--junit-xml=junit.xml",
    )

    root = ET.fromstring((pytester.path / "junit.xml").read_text())  # noqa: S314  pytest wrote it
    properties = {p.attrib["name"]: p.attrib["value"] for p in root.iter("property")}
    assert properties["telemetry:span_missing"].startswith("no span 'missing' was captured")


def test_start_up_belongs_to_no_scenario(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest

    @pytest.fixture(scope="session")
    def app():
        with tracer.start_as_current_span("start-up"):
            pass
        return serve

    @pytest.fixture
    def prepared(app):
        with tracer.start_as_current_span("prepared"):
            pass

    def test_home(app, prepared, telemetry):
        telemetry.expect(span("prepared"))
        telemetry.expect_none(span("start-up"))

    def test_start_up(app, session_telemetry):
        session_telemetry.expect(span("start-up"))
    """,
    )

    result.assert_outcomes(passed=2)


def test_the_environment_is_set_before_conftest_and_restored(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import atexit, os
        assert os.environ["AWS_XRAY_DAEMON_ADDRESS"].startswith("127.0.0.1:")
        assert os.environ["AWS_PROFILE"] if "AWS_PROFILE" in os.environ else True

        def pytest_unconfigure():
            atexit.register(lambda: print("AFTER", os.environ.get("AWS_XRAY_DAEMON_ADDRESS")))
        """
    )

    result = run(ALL, "def test(): pass", "-s")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["AFTER None"])


def test_nothing_is_printed_and_nothing_hangs_after_the_summary(run: Run) -> None:
    result = run(
        ALL,
        """
        import logging, time
        import watchtower
        from aws_xray_sdk.core import xray_recorder
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from harness import log_event, segment, span

        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
        counter = meters.get_meter("m").create_counter("c")
        logger = logging.getLogger("app")
        logger.setLevel(logging.INFO)
        logger.addHandler(watchtower.CloudWatchLogHandler(log_group_name="g"))

        def test_all(telemetry):
            counter.add(1)
            provider.get_tracer("t").start_span("a").end()
            with xray_recorder.in_segment("s"):
                logger.info("line")
            telemetry.expect(span("a"), segment("s"), log_event("line", log_group="g"))

        def test_leave_something_queued():
            provider.get_tracer("t").start_span("b").end()
            logger.info("queued")
        """,
    )

    result.assert_outcomes(passed=2)
    assert result.outlines[-1].startswith("2 passed")
    assert result.errlines == []
    assert result.duration < 20


def test_twice_in_one_process(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        twice="""
        import pytest, sys
        options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
        codes = [pytest.main([*options, "test_again.py"]) for _ in range(2)]
        print("CODES", [int(code) for code in codes])
        """
    )
    pytester.makepyfile(
        test_again="""
        import logging
        import pytest
        import watchtower
        from aws_xray_sdk.core import xray_recorder
        from harness import log_event, segment

        @pytest.fixture(scope="session")
        def logger():
            logger = logging.getLogger("app")
            if not logger.handlers:
                logger.setLevel(logging.INFO)
                logger.addHandler(watchtower.CloudWatchLogHandler(log_group_name="g"))
            return logger

        def test_all(logger, telemetry):
            with xray_recorder.in_segment("s"):
                logger.info("line")
            telemetry.expect_count(1, segment("s"))
            telemetry.expect_count(1, log_event("line", log_group="g"))
        """
    )
    pytester.makeini(ALL)

    result = pytester.runpython(pytester.path / "twice.py")

    result.stdout.fnmatch_lines(["CODES [[]0, 0]"])


def test_two_workers_write_one_record(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        ALL,
        APP
        + """
    import pytest
    from aws_xray_sdk.core import xray_recorder
    from harness import segment

    @pytest.mark.parametrize("number", range(8))
    def test_home(telemetry, number):
        serve()
        with xray_recorder.in_segment(f"s{number}"):
            pass
        telemetry.expect_count(2, span(regex(".")))
        telemetry.expect_count(1, segment(regex(".")))
    """,
        "-n",
        "2",
    )

    result.assert_outcomes(passed=8)
    scenarios = run_record(pytester)["scenarios"]
    assert isinstance(scenarios, list)
    assert [scenario["name"].rpartition("[")[2] for scenario in scenarios] == [f"{n}]" for n in range(8)]


def test_a_report_that_cannot_be_written_says_so(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "taken").write_text("a file, no directory")

    result = run(
        OTEL, APP + "    def test(telemetry): telemetry.expect_none(span('x'))", "--telemetry-report=taken"
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["no report: *taken*cannot be written*"])


def test_a_finding_about_the_start_up_fails_the_run(run: Run) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

    @pytest.fixture(scope="session")
    def app():
        return SimpleSpanProcessor(ConsoleSpanExporter())

    def test_home(app, telemetry):
        serve()
        telemetry.expect(span("GET /home"))
    """,
    )

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["Telemetry does not hold*", "*1 × span_processor_unattached: *"])


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


def test_the_record_redacts_secrets(run: Run, pytester: pytest.Pytester) -> None:
    run(
        OTEL,
        APP
        + """
    def test(telemetry):
        with tracer.start_as_current_span("a") as span_:
            span_.set_attribute("http.target", "/x?token=s3cr3t-value")
            span_.set_attribute("db.password", "hunter2")
        telemetry.expect(span("a", attributes={"db.password": "wrong", "http.target": "wrong"}))
    """,
        "--junit-xml=reports/junit.xml",
    )

    for name in ("run.json", "index.html"):
        written = Path(pytester.path / "reports" / name).read_text()
        assert "password" in written
        assert "s3cr3t-value" not in written
        assert "hunter2" not in written


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


def test_an_interrupted_scenario_does_not_hold(run: Run, pytester: pytest.Pytester) -> None:
    run(
        OTEL,
        APP
        + """
    def test_home(telemetry):
        serve()
        raise KeyboardInterrupt
    """,
    )

    scenarios = run_record(pytester)["scenarios"]
    assert isinstance(scenarios, list)
    assert [scenario["outcome"] for scenario in scenarios] == ["interrupted"]


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


def test_a_handler_made_by_dictconfig_does_not_wait_for_itself(run: Run) -> None:
    """`dictConfig` holds logging's lock while the handler's constructor asks AWS."""
    result = run(
        ALL,
        """
        import logging.config
        from harness import log_event

        CONFIG = {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"w": {"class": "watchtower.CloudWatchLogHandler", "log_group_name": "g"}},
            "root": {"handlers": ["w"], "level": "INFO"},
        }

        def test_dict(telemetry):
            logging.config.dictConfig(CONFIG)
            logging.getLogger("q").warning("hello")
            telemetry.expect(log_event("hello", log_group="g"))
        """,
    )

    result.assert_outcomes(passed=1)
    assert result.duration < 20


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
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*log_event_unsent: cruddur: log group 'cruddur' did not accept 1 of the log *"]
    )
