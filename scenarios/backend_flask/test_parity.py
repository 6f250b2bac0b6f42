"""The backend on the X-Ray SDK and on OpenTelemetry: what X-Ray shows of both, before the cures and after."""

from collections.abc import Callable

from harness.analysis.parity import Parity, compare_runs
from harness.model import Level, RunRecord

Recorded = Callable[[str], RunRecord]
USER = "GET /api/activities/@andrewbrown"


def found(parity: Parity, level: Level) -> set[tuple[str, str]]:
    """Return the id and the place of what was found at a level."""
    return {(finding.id, finding.where) for finding in parity.findings if finding.level is level}


def test_gaps_of_a_quick_migration(recorded: Recorded) -> None:
    parity = compare_runs(recorded("xray"), recorded("otel"))

    assert parity.requests == 6
    assert not parity.holds
    gaps = found(parity, Level.ERROR)
    # On every segment: the service's name, and annotations that are attributes.
    everywhere = ("parity_service_name", "parity_annotation_is_metadata")
    assert {gap for gap in gaps if gap[0] not in everywhere} == {
        ("parity_subsegment_missing", f"{USER} › mock-data"),
        ("parity_subsegment_missing", "GET /api/activities/@%20 › mock-data"),
        ("parity_namespace", "GET /api/upstream › upstream"),
        ("parity_http", "GET /api/upstream › upstream"),
        ("parity_cause", "GET /api/error"),
        ("parity_sampling", "GET /api/activities/home"),
    }
    for id_ in everywhere:
        assert len([gap for gap in gaps if gap[0] == id_]) == 6
    told = {finding.message for finding in parity.findings if finding.where == USER}
    assert (
        "annotation 'handle': X-Ray 'andrewbrown', OpenTelemetry metadata default.handle = 'andrewbrown',"
        " which no filter finds; list the attribute in aws.xray.annotations of its span,"
        " or in indexed_attributes of the exporter"
    ) in told


def test_parity_after_the_cures(recorded: Recorded) -> None:
    parity = compare_runs(recorded("xray"), recorded("cured"))

    assert parity.requests == 6
    assert found(parity, Level.ERROR) == set()
    assert found(parity, Level.WARNING) == set()
    assert {
        ("parity_documents", "GET /api/activities/home"),
        ("parity_explicit_false", "GET /api/activities/home"),
        ("parity_content_length", "GET /api/activities/home"),
        ("parity_url_query", "GET /api/activities/home"),
        # It was never in X-Ray.
        ("parity_subsegment_extra", "GET /api/activities/home › home-activites-mock-data"),
        ("parity_namespace_local", f"{USER} › mock-data"),
        ("parity_value_volatile", f"{USER} › mock-data"),
        ("parity_cause_form", "GET /api/error"),
    } <= found(parity, Level.INFO)
