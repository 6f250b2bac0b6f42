"""Configured runs as a whole: environment, start-up, workers, the record and its reports."""

import json
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

import pytest

from tests.pytest_plugin.app import APP, run_record
from tests.pytest_plugin.conftest import ALL, OTEL, Run


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


@pytest.mark.parametrize("others", [7, 0])
def test_a_worker_that_crashes_is_a_finding(run: Run, pytester: pytest.Pytester, others: int) -> None:
    result = run(
        ALL,
        APP
        + f"""
    import os
    import pytest

    @pytest.mark.parametrize("number", range({others}))
    def test_home(telemetry, number):
        serve()
        telemetry.expect_count(2, span(regex(".")))

    def test_crash(telemetry):
        os._exit(3)
    """,
        "-n",
        "1",
        "--max-worker-restart=0",
    )

    assert result.ret == 1
    (finding,) = cast("list[dict[str, str]]", run_record(pytester)["findings"])
    assert finding["id"] == "worker_lost"
    assert finding["message"] == (
        "worker 'gw0' ended before it handed over its record; what its scenarios captured is not in this run"
    )
    result.stdout.fnmatch_lines(["Telemetry does not hold: *"])


def test_a_report_that_cannot_be_written_says_so(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "taken").write_text("a file, no directory")
    file = pytester.path / "taken"

    result = run(
        OTEL, APP + "    def test(telemetry): telemetry.expect_none(span('x'))", "--telemetry-report=taken"
    )

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0] == (
        f"ERROR: telemetry: reports cannot be written into {file}: {file} is no directory that can be "
        "written to; name another one (--telemetry-report DIR)"
    )


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no /proc")
def test_a_report_directory_that_cannot_be_made_is_refused_at_the_start(run: Run) -> None:
    result = run(OTEL, APP + "    def test(telemetry): serve()", "--telemetry-report=/proc/x/y")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in (*result.outlines, *result.errlines) if line] == [
        (
            "ERROR: telemetry: reports cannot be written into /proc/x/y: /proc is no directory that can be "
            "written to; name another one (--telemetry-report DIR)"
        )
    ]


def test_an_expectation_without_its_channel_is_refused(run: Run) -> None:
    source = """
    from harness import segment

    def test(telemetry):
        telemetry.expect_none(segment("x"))
    """

    result = run(OTEL, source)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*segment('x') needs channel 'xray' in telemetry_channels"])


@pytest.mark.parametrize("call", ["expect_none(span('x'))", "expect(span('x'))", "find(span('x'))"])
def test_spans_of_the_process_need_their_channel(run: Run, call: str) -> None:
    source = f"""
    from opentelemetry.sdk.trace import TracerProvider
    from harness import span

    def test(telemetry):
        TracerProvider().get_tracer("app").start_span("x").end()
        telemetry.{call}
    """

    result = run("[pytest]\ntelemetry_channels = xray\n", source)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    message = (
        "*ConfigurationError: span('x') needs channel 'otel' in telemetry_channels: 'xray' brings the spans"
    )
    result.stdout.fnmatch_lines([f"{message} that ADOT sends to X-Ray's daemon, and none came"])


def test_a_finding_is_shown_without_a_word_of_hidden_frames(run: Run) -> None:
    source = """
    from opentelemetry.sdk.trace import TracerProvider

    def test(telemetry):
        TracerProvider().get_tracer("app").start_span("forgotten")
    """

    result = run(f"{OTEL}telemetry_settle_timeout = 0.1\n", source)

    result.stdout.fnmatch_lines(["1 finding", "  at forgotten *"])
    assert "All traceback entries are hidden" not in result.stdout.str()


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

    result.assert_outcomes(passed=1, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["Telemetry does not hold*", "*1 × span_processor_unattached: *"])


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


def test_expected_secrets_are_written_nowhere(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        APP
        + """
    import os, urllib.request
    from harness import export_request

    KEY, PASSWORD = "hcaik_" + "EXPECTED", "hunter" + "3"

    def test(telemetry):
        url = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
        headers = {"x-honeycomb-team": "hcaik_" + "CAPTURED", "content-type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(url, b"{}", headers)).close()
        with tracer.start_as_current_span("a") as span_:
            span_.set_attribute("db.password", "hunter" + "2")
        telemetry.expect(
            export_request("/v1/traces", headers={"x-honeycomb-team": KEY}),
            span("a", attributes={"db.password": PASSWORD}),
        )
    """,
        "--junit-xml=reports/junit.xml",
    )

    header = (
        "header_mismatch: x-honeycomb-team: expected 'redacted (14 chars)', captured 'redacted (14 chars)'"
        " (first difference at character 6)"
    )
    result.stdout.fnmatch_lines([f"*{header}"])
    texts = [file.read_text() for file in (pytester.path / "reports").iterdir()]
    for text in (*texts, str(result.stdout)):
        assert not [secret for secret in ("hcaik_EXP", "hcaik_CAP", "hunter2", "hunter3") if secret in text]
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    assert record["scenarios"][0]["verdicts"][0]["expectation"] == (
        "expect(export_request('/v1/traces', headers={'x-honeycomb-team': 'redacted (14 chars)'}), "
        "span('a', attributes={'db.password': 'redacted (7 chars)'}))"
    )


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


def test_an_exporter_to_the_console_prints_before_the_summary(run: Run) -> None:
    result = run(
        OTEL,
        """
        import sys
        from harness import span
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

        def test_home(telemetry):
            provider = TracerProvider()
            for stream in (sys.stdout, sys.stderr):
                exporter = ConsoleSpanExporter(out=stream, formatter=lambda span: f"TOLD {span.name}\\n")
                provider.add_span_processor(BatchSpanProcessor(exporter))
            provider.get_tracer("t").start_span("home").end()
            telemetry.expect(span("home"))
        """,
    )

    assert result.outlines[-1].startswith("1 passed in ")
    assert "TOLD home" in result.outlines
    assert result.errlines == ["TOLD home"]


def test_what_is_sent_at_exit_is_taken(run: Run) -> None:
    result = run(
        ALL,
        """
        import atexit
        import boto3
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from harness import span

        class Told(OTLPSpanExporter):
            def export(self, spans):
                result = super().export(spans)
                print("SENT", spans[0].name, result.name)
                return result

        provider = TracerProvider()
        clients = []

        @atexit.register
        def goodbye():
            provider.get_tracer("t").start_span("goodbye").end()
            print("GROUPS", clients[0].describe_log_groups()["logGroups"])

        def test_home(telemetry):
            provider.add_span_processor(SimpleSpanProcessor(Told()))
            clients.append(boto3.client("logs"))
            provider.get_tracer("t").start_span("home").end()
            telemetry.expect(span("home"))
        """,
    )

    assert result.outlines[-2:] == ["SENT goodbye SUCCESS", "GROUPS []"]
    assert result.errlines == []


def test_a_provider_with_a_concurrent_list_prints_nothing_at_exit(run: Run) -> None:
    result = run(
        OTEL,
        """
        from harness import span
        from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor, TracerProvider

        provider = TracerProvider(active_span_processor=ConcurrentMultiSpanProcessor(2))

        def test_home(telemetry):
            provider.get_tracer("t").start_span("home").end()
            telemetry.expect(span("home"))
        """,
    )

    result.assert_outcomes(passed=1)
    assert result.outlines[-1].startswith("1 passed in ")
    assert result.errlines == []


def test_no_callback_of_a_metric_is_asked_at_exit(run: Run) -> None:
    result = run(
        OTEL,
        """
    import pytest
    from opentelemetry.metrics import Observation
    from opentelemetry.sdk.metrics import MeterProvider

    from harness import metric

    @pytest.fixture
    def pool():
        pool = [1, 2]
        yield pool
        pool.clear()

    def test_pool(pool, telemetry):
        meter = MeterProvider().get_meter("app")  # shuts itself down at exit
        meter.create_observable_gauge("last", callbacks=[lambda _: print("asked") or [Observation(pool[-1])]])
        telemetry.expect(metric("last", value=2))
    """,
        "-s",
    )

    result.assert_outcomes(passed=1)
    assert result.outlines[-1].startswith("1 passed in ")
    assert result.errlines == []
