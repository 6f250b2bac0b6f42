"""Runs that are checked against a contract, and findings that are waived."""

import pytest

from tests.pytest_plugin.app import APP, run_record
from tests.pytest_plugin.conftest import OTEL, Run

CONTRACT = """\
version: 1
operations:
  - span: GET /home
    children:
      - span: load
        attributes: {app.result_length: 3}
"""
ONE_REQUEST = """
    def test_home(telemetry):
        serve({length})
        assert telemetry.spans
"""


@pytest.mark.parametrize(("length", "code"), [(3, 0), (4, 1)])
def test_a_contract_is_checked_over_the_whole_run(
    run: Run, pytester: pytest.Pytester, length: int, code: int
) -> None:
    (pytester.path / "app.contract.yaml").write_text(CONTRACT)

    result = run(OTEL, APP + ONE_REQUEST.format(length=length), "--telemetry-contract", "app.contract.yaml")

    assert result.ret == code
    result.assert_outcomes(passed=1, errors=code)
    if code:
        result.stdout.fnmatch_lines(
            [
                "*attribute_mismatch: GET /home › load: app.result_length: expected 3, captured 4*",
                "      in the contract, app.contract.yaml:5",
            ]
        )
    record = run_record(pytester)
    assert record["contract"] == "app.contract.yaml"


def test_a_contract_that_is_wrong_ends_the_run_before_it_starts(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "app.contract.yaml").write_text("version: 1\noperation: []\n")

    result = run(OTEL, APP + ONE_REQUEST.format(length=3), "--telemetry-contract", "app.contract.yaml")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*app.contract.yaml:2:1: unknown key 'operation' in the contract*"])


RUNAWAY = """
version: 1
operations:
  - span/regex: ^(a|aa)+$
"""
NAMED = """
    def test_named(telemetry):
        tracer.start_span("a" * 5000 + "!").end()
        assert telemetry.spans
"""


def test_a_pattern_that_runs_away_turns_the_run_red_and_leaves_its_record(
    run: Run, pytester: pytest.Pytester
) -> None:
    (pytester.path / "app.contract.yaml").write_text(RUNAWAY)

    result = run(OTEL, APP + NAMED, "--telemetry-contract", "app.contract.yaml")

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*pattern_timeout: app.contract.yaml:4:17: regex(*ran longer than 0.25 s*", "*in the contract, *"]
    )
    assert "pattern_timeout" in str(run_record(pytester)["findings"])


WAIVER = """
[[tool.telemetry-harness.waivers]]
finding = "span_unfinished"
owner = "ann"
reason = "mended with the next release"
expires = {day}
"""
LEAVES_A_SPAN_OPEN = """
    def test_open(telemetry):
        tracer.start_span("left open")
        telemetry.expect_none(span("other"))
"""


@pytest.mark.parametrize(("day", "code"), [("2999-01-01", 0), ("2001-01-01", 1)])
def test_a_waived_finding_fails_nothing_until_its_day(
    run: Run, pytester: pytest.Pytester, day: str, code: int
) -> None:
    pytester.makepyprojecttoml(WAIVER.format(day=day))

    result = run(f"{OTEL}telemetry_settle_timeout = 0.1\n", APP + LEAVES_A_SPAN_OPEN)

    assert result.ret == code
    if code:
        result.stdout.fnmatch_lines(["*waiver_expired: waiver of 'span_unfinished' by ann expired*"])


NOTHING = """
    import pytest

    def test_plain():
        pass

    @pytest.mark.skip(reason="not today")
    def test_skipped(telemetry):
        assert False
"""


def test_a_run_without_a_scenario_fails_its_contract(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "app.contract.yaml").write_text(CONTRACT)

    result = run(OTEL, NOTHING, "--telemetry-contract", "app.contract.yaml")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*run_empty: no scenario captured telemetry, so nothing was checked*"])
    assert "run_empty" in str(run_record(pytester)["findings"])


@pytest.mark.parametrize(("arguments", "code"), [([], 1), (["-k", "plain"], 0), (["test_it.py"], 0)])
def test_a_contract_of_the_ini_file_fails_a_whole_run_without_a_scenario(
    run: Run, pytester: pytest.Pytester, arguments: list[str], code: int
) -> None:
    (pytester.path / "app.contract.yaml").write_text(CONTRACT)
    pytester.makepyfile(test_it=NOTHING)

    result = run(OTEL + "telemetry_contract = app.contract.yaml\n", "", *arguments)

    assert result.ret == code


def test_an_empty_contract_option_is_refused(run: Run) -> None:
    result = run(OTEL, NOTHING, "--telemetry-contract", "")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--telemetry-contract is empty; give a contract, or leave it out" in result.stderr.str()
