"""Tests of several parts (subtests), and tests that run several times (pytest-rerunfailures)."""

from typing import Any, cast

import pytest

from tests.pytest_plugin.app import APP, run_record
from tests.pytest_plugin.conftest import OTEL, Run


def _scenario(pytester: pytest.Pytester) -> dict[str, Any]:
    record: dict[str, Any] = run_record(pytester)
    (scenario,) = record["scenarios"]
    return cast("dict[str, Any]", scenario)


def _junit_findings(pytester: pytest.Pytester) -> int:
    return (pytester.path / "junit.xml").read_text().count("telemetry:span_missing")


@pytest.mark.parametrize(
    "last", ["pass", "pytest.skip('not here')", "pytest.xfail('not yet')"], ids=["pass", "skip", "xfail"]
)
def test_a_check_that_fails_in_a_subtest_fails_its_scenario(
    run: Run, pytester: pytest.Pytester, last: str
) -> None:
    result = run(
        OTEL,
        f"{APP}"
        f"""
    import pytest

    def test_routes(telemetry, subtests):
        serve()
        for name in ("GET /home", "GET /users"):
            with subtests.test(name=name):
                telemetry.expect(span(name))
        with subtests.test("last"):
            {last}
    """,
        "--junit-xml=junit.xml",
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["Telemetry does not hold: 1 of 1 scenario failed*"])
    scenario = _scenario(pytester)
    assert scenario["outcome"] == "failed"
    (finding,) = scenario["verdicts"][1]["findings"]
    assert (finding["id"], finding.get("acknowledged")) == ("span_missing", None)
    assert _junit_findings(pytester) == 1


def test_a_check_that_fails_in_a_subtest_of_unittest_fails_its_scenario(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run(
        OTEL,
        APP
        + """
    import unittest
    import pytest

    class TestRoutes(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def keep(self, telemetry):
            self.telemetry = telemetry

        def test_routes(self):
            serve()
            for name in ("GET /users", "GET /home"):
                with self.subTest(name=name):
                    self.telemetry.expect(span(name))
    """,
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    scenario = _scenario(pytester)
    assert scenario["outcome"] == "failed"


def test_the_last_attempt_of_a_test_counts(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        APP
        + """
    import pytest

    attempts = []

    @pytest.mark.flaky(reruns=3)
    def test_home(telemetry):
        attempts.append(1)
        if len(attempts) < 3:
            tracer.start_span(f"left open {len(attempts)}")
        serve()
        telemetry.expect(span("GET /home" if len(attempts) > 1 else "GET /users"))
    """,
        "--junit-xml=junit.xml",
    )

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Telemetry holds: 1 scenario passed*"])
    scenario = _scenario(pytester)
    assert scenario["outcome"] == "passed"
    assert [item["name"] for item in scenario["telemetry"]["spans"]] == ["GET /home", "load"]
    assert _junit_findings(pytester) == 1  # pytest's file has every attempt


def test_a_test_whose_every_attempt_fails_is_one_failed_scenario(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        APP
        + """
    def test_home(telemetry):
        serve()
        telemetry.expect(span("GET /users"))
    """,
        "--reruns=2",
        "--junit-xml=junit.xml",
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["Telemetry does not hold: 1 of 1 scenario failed*"])
    scenario = _scenario(pytester)
    assert len(scenario["verdicts"]) == 1
    assert _junit_findings(pytester) == 3  # one of each attempt
