import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.xray_trees import MAX_DEPTH, Document, join_documents
from harness.model import Segment, Site, Subsegment

TRACE = "1-5759e988-bd862e3fe1be46a994272793"


def a_segment(segment_id: str = "s", **fields: object) -> Segment:
    return Segment(id=segment_id, name="segment", trace_id=TRACE, start_time=1.0, **fields)  # type: ignore[arg-type]


def alone(subsegment_id: str, parent: str, start: float = 2.0, **fields: object) -> Subsegment:
    return Subsegment(
        id=subsegment_id,
        name=f"sub {subsegment_id}",
        trace_id=TRACE,
        parent_id=parent,
        start_time=start,
        **fields,  # type: ignore[arg-type]
    )


def shape(node: Segment | Subsegment) -> tuple[str, list[object]]:
    return node.id, [shape(child) for child in node.subsegments]


@given(st.permutations([a_segment(), alone("a", "s", 2.0), alone("b", "a", 3.0), alone("c", "s", 4.0)]))
def test_order_of_arrival_does_not_matter(documents: list[Document]) -> None:
    (segment,), orphans = join_documents(documents)

    assert shape(segment) == ("s", [("a", [("b", [])]), ("c", [])])
    assert orphans == ()


@given(st.permutations([a_segment(in_progress=True), a_segment(end_time=2.0), a_segment(end_time=2.0)]))
def test_a_complete_document_replaces_its_in_progress_one(documents: list[Document]) -> None:
    (segment,), incidents = join_documents(documents)

    assert (segment.in_progress, segment.end_time) == (False, 2.0)
    assert incidents == ()


FIRST_KEPT = (
    "; the first is kept, the other is in no trace here: send each document once, or as in progress until it"
    " is complete"
)


@pytest.mark.parametrize(
    ("kept", "other", "message"),
    [
        (
            a_segment(end_time=2.0),
            a_segment(end_time=3.0, fault=True, http={"response": {"status": 500}}),
            (
                "segment 'segment' was sent as complete twice, and the documents of id 's' differ in"
                " end_time, http, fault"
            ),
        ),
        (
            alone("s", "p"),
            alone("s", "q"),
            "subsegment 'sub s' was sent as complete twice, and the documents of id 's' differ in parent_id",
        ),
        (
            a_segment(),
            alone("s", "q"),
            "segment 'segment' was sent as complete twice, and the documents of id 's' differ in type",
        ),
    ],
)
def test_another_complete_document_of_the_same_id_is_told(
    kept: Document, other: Document, message: str
) -> None:
    parents = (a_segment("p"), a_segment("q"))

    segments, incidents = join_documents([*parents, kept, kept, other], {"s": Site("app.py", 7)})

    (incident,) = incidents
    assert (incident.id, incident.message) == ("document_conflicting", message + FIRST_KEPT)
    assert (incident.name, incident.trace_id, incident.site) == (kept.name, TRACE, Site("app.py", 7))
    documents: list[Document] = [*segments, *(child for segment in segments for child in segment.subsegments)]
    (there,) = [document for document in documents if document.id == "s"]
    assert msgspec.structs.replace(there, site=None) == kept


def test_an_embedded_subsegment_that_comes_alone_and_differs_is_told() -> None:
    embedded = Subsegment(id="a", name="sub a", start_time=2.0, end_time=3.0)
    parent = a_segment(subsegments=(embedded,))
    assert join_documents([parent, alone("a", "s", end_time=3.0)])[1] == ()

    (segment,), (incident,) = join_documents([parent, alone("a", "s", end_time=4.0, fault=True)])

    assert segment.subsegments == (embedded,)
    assert (incident.id, incident.trace_id) == ("document_conflicting", TRACE)
    assert incident.message == (
        "subsegment 'sub a' was sent as complete twice, and the documents of id 'a' differ in end_time, fault"
        + FIRST_KEPT
    )


def test_a_subsegment_embedded_and_sent_alone_is_one() -> None:
    embedded = Subsegment(id="a", name="sub a", start_time=2.0, in_progress=True)

    (segment,), _ = join_documents([a_segment(subsegments=(embedded,)), alone("a", "s", end_time=3.0)])

    assert [(child.id, child.end_time) for child in segment.subsegments] == [("a", 3.0)]


def test_a_subsegment_without_its_segment_is_an_incident() -> None:
    segments, (orphan,) = join_documents([alone("a", "missing")])

    assert segments == ()
    assert orphan.id == "subsegment_orphaned"
    assert orphan.message == (
        "subsegment 'sub a' was sent alone and its parent 'missing' never arrived; "
        "end the segment that it belongs to"
    )


def test_subsegments_of_one_segment_that_never_came_are_one_incident() -> None:
    sites = {name: Site("app.py", 7) for name in "abcde"}
    _, (orphans,) = join_documents([*(alone(name, "missing") for name in "abcd"), alone("e", "a")], sites)

    assert (orphans.id, orphans.name, orphans.site) == ("subsegment_orphaned", "sub a", Site("app.py", 7))
    assert orphans.message == (
        "5 subsegments ('sub a', 'sub b', 'sub c' and 2 more) were sent alone and their parent 'missing' "
        "never arrived; end the segment that they belong to"
    )


def test_orphans_of_this_process_and_of_others_are_told_apart() -> None:
    documents = [alone("a", "x"), alone("b", "y"), alone("c", "z")]

    _, incidents = join_documents(documents, {"c": Site("app.py", 7)})

    assert [(orphans.site, orphans.message) for orphans in incidents] == [
        (
            None,
            (
                "2 subsegments ('sub a', 'sub b') were sent alone and their parents never arrived; "
                "end the segment that they belong to"
            ),
        ),
        (
            Site("app.py", 7),
            (
                "subsegment 'sub c' was sent alone and its parent 'z' never arrived; "
                "end the segment that it belongs to"
            ),
        ),
    ]


def test_the_same_id_in_two_traces_is_two_segments() -> None:
    other = Segment(id="s", name="other", trace_id="1-00000000-000000000000000000000000", start_time=0.5)

    segments, _ = join_documents([a_segment(), other])

    assert [segment.name for segment in segments] == ["other", "segment"]


def test_sites_are_added_where_known() -> None:
    site = Site("app.py", 7)

    (segment,), _ = join_documents([a_segment(), alone("a", "s")], {"a": site})

    assert segment.site is None
    assert segment.subsegments[0].site == site


def test_a_cycle_of_subsegments_ends() -> None:
    segments, (orphans,) = join_documents([alone("a", "b"), alone("b", "a")])

    assert segments == ()
    assert orphans.message == (
        "2 subsegments ('sub a', 'sub b') were sent alone and their parents never arrived; "
        "end the segment that they belong to"
    )


def test_what_is_nested_too_deep_is_kept_at_the_last_level_and_said() -> None:
    chain = [alone(f"{n}", f"{n - 1}" if n else "s", float(n)) for n in range(3_000)]

    (segment,), incidents = join_documents([a_segment(), *chain])

    levels, level = [], list(segment.subsegments)
    while level:
        levels.append(len(level))
        level = [below for item in level for below in item.subsegments]
    assert (len(levels), sum(levels)) == (MAX_DEPTH, 3_000)
    (incident,) = incidents
    assert (incident.id, incident.trace_id) == ("subsegment_too_deep", TRACE)
    assert incident.message == (
        "subsegments of 'segment' are nested more than 200 levels deep; the deeper ones are shown at "
        "level 200: end a subsegment before the next one begins, or begin fewer in a recursion"
    )


def test_a_segment_without_subsegments_is_not_made_anew() -> None:
    segment = a_segment("web")

    assert join_documents([segment])[0][0] is segment
