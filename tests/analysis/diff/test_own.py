"""One of several of a name that is gone, new or renamed: no mere count where something tells it apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from harness.analysis.diff import Severity
from harness.model import RunRecord, Span, SpanEvent, Status, StatusCode
from tests.analysis.diff.runs import a_run, below_root, changes, child, diff_of
from tests.builders import a_segment, a_span, a_subsegment


def root(number: int, name: str = "job", **fields: Any) -> Span:
    return a_span(name, trace_id=f"{number:032x}", span_id=f"{number:016x}", **fields)


def below(parent: Span, name: str) -> Span:
    return a_span(name, parent=parent, span_id=f"f{parent.span_id[1:]}")


def request(number: int, path: str, *below: Any, name: str = "shop", **fields: Any) -> Any:
    http = {"request": {"method": "GET", "url": f"http://localhost:5000{path}"}}
    trace_id = f"1-69244e4f-{number:024x}"
    return a_segment(name, *below, id=f"{number:016x}", trace_id=trace_id, http=http, **fields)


FAILED: dict[str, Any] = {"status": Status(code=StatusCode.ERROR)}


@pytest.mark.parametrize(
    ("lost", "told"),
    [
        ((root(2, attributes={"job.kind": "export"}),), "attributes.job.kind = 'export'"),
        ((root(2, **FAILED),), "status = error"),
        ((root(2), below(root(2), "ship")), "with span ship"),
        ((root(2, events=(SpanEvent(name="retry", time_unix_nano=1),)),), "with event retry"),
    ],
)
def test_a_root_that_something_tells_apart_is_gone(lost: tuple[Span, ...], told: str) -> None:
    kept = root(1), below(root(1), "load")

    assert changes(a_run(*kept, *lost), a_run(*kept)) == [f"removed at job: job ({told}) → None"]
    assert changes(a_run(*kept), a_run(*kept, *lost)) == [f"added at job: None → job ({told})"]


def test_a_request_that_x_ray_lost_is_gone() -> None:
    """All segments of a service have its name."""
    requests = [request(1, "/a"), request(2, "/b")]
    boom = request(3, "/boom", a_subsegment("explode", id="e" * 16), fault=True)

    assert changes(a_run(*requests, boom), a_run(*requests)) == [
        "removed at shop: shop (http.request.url = 'http://localhost:‹port›/boom') → None"
    ]
    assert diff_of(a_run(*requests, boom), a_run(*requests)).count(Severity.BREAKING) == 1


def test_one_of_equal_roots_is_a_count() -> None:
    assert changes(a_run(root(1), root(2)), a_run(root(1))) == ["count_changed at job: count 2 → 1"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (a_run(root(1), root(2)), a_run(root(1), root(2, "job b")), "at job b: job → job b"),
        (
            a_run(request(1, "/a"), request(2, "/b")),
            a_run(request(1, "/a"), request(2, "/b", name="store")),
            "at store: shop → store",
        ),
        (
            below_root(child(id="1", attributes={"u": "a"}), child(id="2", attributes={"u": "b"})),
            below_root(child(id="1", attributes={"u": "a"}), child("query b", id="2", attributes={"u": "b"})),
            "at GET /x › query b: query → query b",
        ),
        (
            below_root(child(events=tuple(SpanEvent(name="log", time_unix_nano=n) for n in (1, 2)))),
            below_root(child(events=tuple(SpanEvent(name=n, time_unix_nano=1) for n in ("log", "entry")))),
            "at GET /x › query › entry: log → entry",
        ),
    ],
    ids=["root", "segment", "child", "event"],
)
def test_one_of_several_that_has_another_name_is_renamed(
    before: RunRecord, after: RunRecord, told: str
) -> None:
    assert changes(before, after) == [f"renamed {told}"]


def test_one_of_several_that_has_another_name_keeps_what_is_below() -> None:
    def run(name: str) -> RunRecord:
        spans = [child(id="1"), child(id="2"), child(name, id="3")]
        return below_root(*spans, a_span("rows", parent=spans[2], span_id="d" * 16))

    assert changes(run("query"), run("query c")) == ["renamed at GET /x › query c: query → query c"]


def test_another_root_is_not_one_that_was_renamed() -> None:
    both = a_run(*(root(n, "GET /a", attributes={"url.path": "/a"}) for n in (1, 2)))
    other = a_run(
        root(1, "GET /a", attributes={"url.path": "/a"}), root(2, "GET /b", attributes={"url.path": "/b"})
    )

    assert changes(both, other) == [
        "added at GET /b: None → GET /b",
        "count_changed at GET /a: count 2 → 1",
    ]


@pytest.mark.parametrize(("old", "new"), [("step", "stage"), ("op", "op v2")])
def test_many_names_that_all_changed_are_renamed(old: str, new: str) -> None:
    def run(name: str) -> RunRecord:
        return below_root(
            *(child(f"{name} of {n:03}", id=f"{n + 1:x}", attributes={"n": n}) for n in range(200))
        )

    found = changes(run(old), run(new))

    assert sorted(found) == sorted(
        f"renamed at GET /x › {new} of {n:03}: {old} of {n:03} → {new} of {n:03}" for n in range(200)
    )


def nested(name: str) -> RunRecord:
    outer = child(name, id="1", attributes={"db": "users", "n": 3})
    return below_root(outer, a_span("query", parent=outer, span_id="2" * 16, attributes={"k": 1}))


def job_in_job(name: str) -> RunRecord:
    outer = root(1, name, attributes={"a": "b"})
    return a_run(outer, below(outer, "job"), a_span("x", parent=outer, span_id="e" * 16))


def shop_in_shop(name: str) -> RunRecord:
    outer = request(1, "/a", a_subsegment("call", id="c" * 16), name=name)
    inner = request(1, "/b", a_subsegment("q", id="d" * 16), parent_id="c" * 16)
    return a_run(outer, msgspec.structs.replace(inner, id="2" * 16))


@pytest.mark.parametrize(
    ("run", "before", "place"),
    [
        (nested, "query", "GET /x › query v2"),
        (lambda name: a_run(request(1, "/a", a_subsegment(name, a_subsegment("db")))), "db", "shop › db v2"),
        (job_in_job, "job", "job v2"),
        (shop_in_shop, "shop", "shop v2"),
    ],
    ids=["span", "subsegment", "root", "service"],
)
def test_one_that_has_another_of_its_name_below_is_renamed(
    run: Callable[[str], RunRecord], before: str, place: str
) -> None:
    after = f"{before} v2"
    assert changes(run(before), run(after)) == [f"renamed at {place}: {before} → {after}"]
    assert changes(run(after), run(before))[0].startswith("renamed at ")
