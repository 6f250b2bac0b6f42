"""What moved to another service, and a service that was renamed."""

from __future__ import annotations

import pytest

from harness.model import LogRecord, Metric, Resource, RunRecord, Span
from tests.analysis.diff.runs import a_run, changes
from tests.builders import a_log_record, a_metric, a_span

WEB, WEB2, WORKER, OTHER = (
    Resource(attributes={"service.name": name}) for name in ("web", "web2", "worker", "other")
)
NAMELESS = Resource(attributes={"host.arch": "arm64"})


def run(*owners: Resource, moved: Span | LogRecord | Metric | None = None) -> RunRecord:
    """Return a run of one operation for each owner, and one item more."""
    spans = [a_span(f"op {n}", span_id=f"{n:016}", resource=owner) for n, owner in enumerate(owners)]
    return a_run(*spans, *([moved] if moved else []))


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        (a_span("tick", resource=WEB), a_span("tick", resource=WORKER), "tick"),
        (a_log_record("up", resource=WEB), a_log_record("up", resource=WORKER), "up"),
        (a_metric("jobs", resource=WEB), a_metric("jobs", resource=WORKER), "jobs"),
    ],
)
def test_what_moved_to_another_service(
    before: Span | LogRecord | Metric, after: Span | LogRecord | Metric, where: str
) -> None:
    assert changes(run(WEB, WORKER, moved=before), run(WEB, WORKER, moved=after)) == [
        f"service_changed at {where}: resource.service.name 'web' → 'worker'"
    ]


def test_what_left_its_service_for_a_new_one() -> None:
    after = run(WEB, moved=a_log_record("up", resource=OTHER))

    assert changes(run(WEB, moved=a_log_record("up", resource=WEB)), after) == [
        "service_changed at up: resource.service.name 'web' → 'other'",
        "added at other: None → other",
    ]


def test_a_renamed_service_is_one_change() -> None:
    assert changes(run(WEB, WEB, WORKER), run(OTHER, OTHER, WORKER)) == ["renamed at other: web → other"]


def test_a_service_that_was_renamed_while_another_took_an_operation() -> None:
    assert changes(run(WEB, WEB, WEB), run(WEB2, WEB2, WORKER)) == [
        "renamed at web2: web → web2",
        "service_changed at op 2: resource.service.name 'web' → 'worker'",
        "added at worker: None → worker",
    ]


def test_a_service_that_has_a_name_now() -> None:
    assert changes(run(NAMELESS), run(Resource(attributes={**NAMELESS.attributes, **WEB.attributes}))) == [
        "renamed at web: without a service.name → web"
    ]


def test_a_second_service_that_takes_nothing_is_new() -> None:
    assert changes(run(WEB), run(WEB, moved=a_span("tick", span_id="9" * 16, resource=WORKER))) == [
        "added at worker: None → worker",
        "added at tick: None → tick",
    ]


def test_a_service_that_took_all_of_one() -> None:
    before, after = run(WEB, WORKER), run(WORKER, WORKER)

    assert changes(before, after) == [
        "removed at web: web → None",
        "service_changed at op 0: resource.service.name 'web' → 'worker'",
    ]
