"""Any expression, and any trace that the codec lets through."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from harness.model import Segment, Subsegment, XRayTrace
from harness.xray_filter.expression import (
    And,
    Comparison,
    Edge,
    Expression,
    Holds,
    Keyword,
    Not,
    Or,
    Service,
    ServiceId,
)
from harness.xray_filter.keywords import KEYWORDS, OPERATORS, ORDER, TEXT, Kind

NUMBERS = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=8)
NAMES = st.sampled_from(["web", "db", "a.b"]) | TEXTS


def keys() -> st.SearchStrategy[str]:
    """Return any key but one that would read as if it were quoted."""
    return st.sampled_from(["age", "user.id", '"', "'a"]) | st.text(min_size=1, max_size=6).filter(
        lambda key: "]" not in key and (len(key) < 2 or key[0] != key[-1] or key[0] not in "'\"")
    )


def _value_of(kind: Kind, operator: str) -> st.SearchStrategy[Any]:
    if kind is Kind.ANNOTATION:
        if operator in ORDER:
            return NUMBERS
        return TEXTS if operator in TEXT else NUMBERS | TEXTS | st.booleans()
    return {Kind.BOOLEAN: st.booleans(), Kind.NUMBER: NUMBERS, Kind.STRING: TEXTS}[kind]


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    keyword = draw(st.sampled_from([*KEYWORDS, ""]))
    kind = KEYWORDS.get(keyword, Kind.ANNOTATION)
    operator = draw(st.sampled_from(OPERATORS[kind]))
    looked_at = Keyword(keyword) if keyword else Keyword("annotation", draw(keys()))
    return Comparison(looked_at, operator, draw(_value_of(kind, operator)))


def holds() -> st.SearchStrategy[Holds]:
    annotations = st.builds(Keyword, st.just("annotation"), keys())
    return st.builds(Holds, st.sampled_from(list(KEYWORDS)).map(Keyword) | annotations)


def ids() -> st.SearchStrategy[ServiceId]:
    return st.builds(ServiceId, NAMES) | st.builds(ServiceId, NAMES | st.none(), TEXTS)


def expressions() -> st.SearchStrategy[Expression]:
    def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        maybe = inner | st.none()
        return (
            st.builds(And, several)
            | st.builds(Or, several)
            | st.builds(Not, inner)
            | st.builds(Service, ids() | st.none(), maybe)
            | st.builds(Edge, ids(), ids(), maybe)
        )

    return st.recursive(comparisons() | holds(), larger, max_leaves=12)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
IDS = st.sampled_from(["1", "2", "3", "4", ""])
PARTS: dict[str, Any] = {
    "id": IDS,
    "name": NAMES,
    "start_time": st.floats(),
    "end_time": st.none() | st.floats(),
    "in_progress": st.booleans(),
    "parent_id": st.none() | IDS,
    "http": st.dictionaries(
        st.sampled_from(["request", "response"]),
        JSON | st.dictionaries(st.sampled_from(["status", "url", "method"]), JSON),
    ),
    "aws": st.dictionaries(st.sampled_from(["ec2", "resource_arn"]), JSON),
    "annotations": st.dictionaries(keys(), JSON, max_size=2),
    "error": st.booleans(),
    "fault": st.booleans(),
    "throttle": st.booleans(),
    "cause": st.none() | TEXTS | st.dictionaries(st.just("exceptions"), JSON | st.lists(JSON)),
}


def subsegments() -> st.SearchStrategy[Subsegment]:
    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Subsegment]:
        return st.builds(
            Subsegment,
            **PARTS,
            namespace=st.sampled_from(["aws", "remote", "local", None]),
            sql=st.dictionaries(TEXTS, JSON, max_size=1),
            subsegments=inner,
        )

    return nested(st.lists(nested(st.just(())), max_size=2).map(tuple))


def traces() -> st.SearchStrategy[XRayTrace]:
    segments = st.builds(
        Segment,
        **PARTS,
        trace_id=st.just("t"),
        origin=st.none() | TEXTS,
        user=st.none() | TEXTS,
        subsegments=st.lists(subsegments(), max_size=2).map(tuple),
    )
    return st.lists(segments, min_size=1, max_size=3).map(lambda items: XRayTrace("t", tuple(items)))
