"""Spans as forged input may have them."""

from __future__ import annotations

from hypothesis import strategies as st

from harness.analysis.parity import Indexed
from harness.model import Resource, Span, SpanEvent, SpanKind, Status, StatusCode
from tests.builders import TRACE

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
KEYS = st.text(max_size=6) | st.sampled_from(
    [
        *("http.url", "http.method", "http.status_code", "http.host", "net.peer.port", "client.address"),
        *("url.query", "aws.service", "aws.remote.service", "rpc.system", "db.name", "peer.service"),
        *("db.connection_string", "enduser.id", "aws.xray.annotations", "aws.xray.metadata.x"),
    ]
)
INDEXED = st.builds(Indexed, st.frozensets(KEYS, max_size=3), st.booleans())
SPANS = st.lists(
    st.builds(
        Span,
        trace_id=st.sampled_from([TRACE, "0" * 32]),
        span_id=st.sampled_from([f"{number:016x}" for number in range(1, 6)]),
        parent_span_id=st.sampled_from([None, "", *(f"{number:016x}" for number in range(1, 6))]),
        name=st.text(max_size=8),
        kind=st.sampled_from(SpanKind),
        start_time_unix_nano=st.integers(0, 10**19),
        end_time_unix_nano=st.integers(0, 10**19) | st.none(),
        status=st.builds(Status, st.sampled_from(StatusCode), st.text(max_size=4)),
        attributes=st.dictionaries(KEYS, VALUES, max_size=4),
        resource=st.builds(Resource, attributes=st.dictionaries(st.just("service.name"), VALUES)),
        events=st.tuples(
            st.builds(
                SpanEvent,
                name=st.sampled_from(["exception", "message"]),
                time_unix_nano=st.just(0),
                attributes=st.dictionaries(st.sampled_from(["exception.type", "exception.message"]), VALUES),
            )
        ),
    ),
    max_size=6,
)
