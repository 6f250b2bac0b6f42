"""Installed and not configured: the plugin changes nothing and imports nothing heavy."""

import sys

import pytest

from tests.pytest_plugin.conftest import OTEL, Run

HEAVY = (
    "opentelemetry",
    "aws_xray_sdk",
    "boto3",
    "moto",
    "msgspec",
    "wrapt",
    "httptools",
    "jinja2",
    "asyncio",
)


def test_nothing_heavy_is_imported(run: Run) -> None:
    result = run(
        "[pytest]",
        f"""
        import sys, threading, os

        def test_nothing():
            assert not [name for name in {HEAVY!r} if name in sys.modules]
            assert threading.active_count() == 1
            assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in os.environ
        """,
        "-p",
        "no:hypothesispytest",
        "-p",
        "no:anyio",
        "-p",
        "no:xdist",
    )

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*telemetry*")


def test_the_fixture_says_what_to_configure(run: Run) -> None:
    result = run("[pytest]", "def test_asks(telemetry): pass")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["telemetry is not captured: set telemetry_channels in pytest's configuration,*"]
    )


def test_an_option_switches_a_configured_run_off(run: Run) -> None:
    source = """
        import os

        def test_off():
            assert 'AWS_ENDPOINT_URL' not in os.environ

        def test_asks(telemetry):
            pass
    """

    result = run(OTEL, source, "--no-telemetry", "-rs")

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * --no-telemetry was given: this test asserts telemetry"])


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only"])
def test_where_no_test_is_called_there_is_no_verdict(run: Run, option: str) -> None:
    result = run(OTEL, "def test_a(telemetry): pass", option)

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*Telemetry*")
    result.stdout.no_fnmatch_line("wrote *")


@pytest.mark.parametrize(("value", "warnings"), [("true", 1), ("false", 0)])
def test_an_sdk_that_the_shell_switches_off_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, value: str, warnings: int
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", value)
    monkeypatch.setenv("AWS_XRAY_SDK_ENABLED", "false")  # of a channel that is not captured

    result = run(OTEL, "def test_a(telemetry): pass")

    told = [line for line in result.outlines if "sdk_warning" in line]
    assert len(told) == warnings
    assert all("OTEL_SDK_DISABLED is true, so OpenTelemetry emits nothing" in line for line in told)


def test_switched_off_no_fixture_of_a_scenario_runs(run: Run) -> None:
    source = """
        import pytest

        @pytest.fixture(scope="session")
        def app():
            raise RuntimeError("not without the harness's endpoints")

        def test_a(app, telemetry): pass

        def test_b(app, launch): pass

        def test_c(request): request.getfixturevalue("telemetry")
        """

    run(OTEL, source, "--no-telemetry").assert_outcomes(skipped=3)


@pytest.mark.parametrize(
    ("ini", "message"),
    [
        (
            "[pytest]\ntelemetry_channels = otel jaeger\n",
            "ERROR: telemetry: unknown channel 'jaeger'; known: cloudwatch, otel, xray",
        ),
        (
            OTEL + "telemetry_settle_timeout = soon\n",
            "ERROR: telemetry: telemetry_settle_timeout is 'soon'; expected seconds, for example 2.0",
        ),
        (
            OTEL + "telemetry_settle_timeout = -1\n",
            "ERROR: telemetry: telemetry_settle_timeout is '-1'; expected seconds, for example 2.0",
        ),
        (
            OTEL + "telemetry_fail_on = eror\n",
            (
                "ERROR: telemetry: telemetry_fail_on has 'eror'; "
                "expected error, warning, info or a finding id; closest: 'error'"
            ),
        ),
    ],
)
def test_a_wrong_value_is_one_line_and_exit_4(run: Run, ini: str, message: str) -> None:
    result = run(ini, "def test_nothing(): pass")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [message]


def test_a_contract_behind_a_space_that_moved_the_root_says_how_to_write_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = pytester.mkdir("project")
    (project / "pytest.ini").write_text(OTEL)
    (pytester.path / "outside.yaml").write_text("version: 1\n")
    monkeypatch.chdir(project)

    result = pytester.runpytest_subprocess("--telemetry-contract", "../outside.yaml")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [
        (
            "ERROR: telemetry: --telemetry-contract was given and nothing is captured:"
            " set telemetry_channels in pytest's configuration,"
            ' for example telemetry_channels = ["otel"] under [tool.pytest.ini_options];'
            " if it is set, write --telemetry-contract=…: behind a space pytest takes the value for a path to"
            f" tests, and looked for its configuration in {pytester.path}"
        )
    ]


@pytest.mark.parametrize("option", ["--telemetry-contract=missing.yaml", "--telemetry-report="])
def test_an_option_of_a_run_that_captures_nothing_is_refused(run: Run, option: str) -> None:
    result = run("[pytest]", "def test_nothing(): pass", option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [
        (
            f"ERROR: telemetry: {option.partition('=')[0]} was given and nothing is captured:"
            " set telemetry_channels in pytest's configuration,"
            ' for example telemetry_channels = ["otel"] under [tool.pytest.ini_options]'
        )
    ]
    off = run("[pytest]", "def test_nothing(): pass", option, "--no-telemetry")
    off.assert_outcomes(passed=1)


def test_an_empty_report_directory_is_refused(run: Run) -> None:
    result = run(OTEL, "def test_nothing(): pass", "--telemetry-report=")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [
        "ERROR: telemetry: --telemetry-report is empty; give a directory, or leave it out"
    ]


def test_otel_only_needs_no_aws_package(run: Run) -> None:
    result = run(
        OTEL,
        """
        import sys
        from opentelemetry.sdk.trace import TracerProvider
        from harness import span

        for name in ("aws_xray_sdk", "boto3", "botocore", "moto", "watchtower", "cbor2", "flask"):
            sys.modules[name] = None  # as if it were not installed

        def test_span(telemetry):
            TracerProvider().get_tracer("t").start_span("a").end()
            telemetry.expect(span("a"))
        """,
    )

    result.assert_outcomes(passed=1)


def test_a_missing_package_is_named(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(blocker="import sys; sys.modules['moto'] = None")

    result = run("[pytest]\ntelemetry_channels = cloudwatch\n", "def test(): pass", "-p", "blocker")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: telemetry: channel 'cloudwatch' needs package 'moto'; install telemetry-harness?aws?"]
    )


def test_a_run_without_a_contract_does_not_load_what_reads_contracts(pytester: pytest.Pytester) -> None:
    code = "import sys, harness.pytest_plugin.plugin; sys.exit('harness.contract' in sys.modules)"
    assert pytester.run(sys.executable, "-c", code).ret == 0
