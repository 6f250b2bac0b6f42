"""Break the repaired backend on purpose: the build is red, and the message names the place."""

import re
from pathlib import Path

import pytest

from tests.project import ProjectCopy

HOME = "fixtures/backend_flask/services/home_activities.py"
USER = "fixtures/backend_flask/services/user_activities.py"
MAIN = "test_home.py::test_span_segment_and_log_event"
SUBSEGMENT = "test_user.py::test_subsegment_with_metadata"


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    return ProjectCopy(tmp_path)


def red(project: ProjectCopy, scenario: str) -> str:
    """Run one scenario, which must fail, and return what was printed."""
    outcome = project.pytest(f"scenarios/backend_flask/{scenario}")
    assert outcome.code == 1, outcome.output
    return outcome.output


def test_unbroken_it_is_green(project: ProjectCopy) -> None:
    outcome = project.pytest(f"scenarios/backend_flask/{MAIN}", f"scenarios/backend_flask/{SUBSEGMENT}")

    assert outcome.code == 0, outcome.output
    assert "Telemetry holds: 2 scenarios passed" in outcome.output


def test_a_renamed_attribute(project: ProjectCopy) -> None:
    project.change(HOME, '"app.result_length"', '"app.results_length"')
    line = project.line_of(HOME, 'start_as_current_span("home-activites-mock-data")')

    output = red(project, MAIN)

    assert f"at GET /api/activities/home › home-activites-mock-data ({HOME}:{line})\n" in output
    assert (
        "attribute_missing: no attribute 'app.result_length'; closest: 'app.results_length' = 3\n" in output
    )


def test_a_retyped_attribute(project: ProjectCopy) -> None:
    project.change(HOME, "len(results))", "str(len(results)))")

    assert "app.result_length: expected 3, captured '3' (int expected, str captured)" in red(project, MAIN)


def test_a_dropped_span(project: ProjectCopy) -> None:
    project.change(
        HOME,
        'with tracer.start_as_current_span("home-activites-mock-data") as span:',
        "with trace.use_span(trace.INVALID_SPAN) as span:",
    )

    output = red(project, MAIN)

    place = "at GET /api/activities/home › home-activites-mock-data (scenarios/backend_flask/test_home.py:"
    assert place in output  # where its parent began
    assert (
        "span_missing: no child span 'home-activites-mock-data' was captured; "
        "'GET /api/activities/home' has none\n"
    ) in output
    assert "GET /api/activities/home [server]" in output
    assert "scenarios/backend_flask/test_home.py:" in output


def test_a_renamed_span(project: ProjectCopy) -> None:
    project.change(HOME, '"home-activites-mock-data"', '"home-activities-mock-data"')

    output = red(project, MAIN)

    assert "span_missing: no child span 'home-activites-mock-data' was captured" in output
    assert "closest: 'home-activities-mock-data'" in output


def test_a_forgotten_end_subsegment(project: ProjectCopy) -> None:
    line = project.change(
        USER,
        'with xray_recorder.in_subsegment("mock-data") as subsegment:',
        'if subsegment := xray_recorder.begin_subsegment("mock-data"):',
    )

    output = red(project, SUBSEGMENT)

    assert "segment_missing: no segment 'backend-flask' was captured; unfinished: " in output
    assert f"waits for subsegment 'mock-data' ({USER}:{line}), begun and never ended" in output


def test_a_lost_log_line(project: ProjectCopy) -> None:
    project.change(HOME, 'logger.info("HomeActivities")', "pass")

    output = red(project, MAIN)

    assert "at log event HomeActivities\n" in output
    assert "log_event_missing: no log event 'HomeActivities' was captured; closest: '[" in output
    closest = "GET http /api/activities/home 200 OK' (fixtures/backend_flask/app.py:"
    assert re.search(rf"{re.escape(closest)}\d+\), as expected in all but its message\n", output)
    assert "scenarios/backend_flask/test_home.py:" in output


def test_a_changed_log_group(project: ProjectCopy) -> None:
    project.change("fixtures/backend_flask/logs.py", '"cruddur"', '"Cruddur"')

    output = red(project, MAIN)

    assert "log_group_mismatch: log_group: expected 'cruddur', captured 'Cruddur'" in output


def test_metadata_that_became_an_annotation(project: ProjectCopy) -> None:
    project.change(
        USER,
        'subsegment.put_metadata("key", details, "namespace")',
        'subsegment.put_annotation("key", "moved")',
    )

    output = red(project, SUBSEGMENT)

    assert "metadata_missing" in output
    assert "annotation" in output


def test_a_lost_header(project: ProjectCopy) -> None:
    project.change("fixtures/backend_flask/fixtures.py", 'f"x-honeycomb-team={TEAM}"', '""')

    output = red(project, "test_home.py::test_spans_are_exported_with_the_team_header")

    assert "header_missing" in output
    assert "x-honeycomb-team" in output
