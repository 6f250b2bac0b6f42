import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource as SdkResource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from harness.codec import otlp, sdk
from harness.errors import DecodeError
from harness.model import SpanKind, StatusCode

TRACES = "/v1/traces"

attribute_values = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.lists(st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.text()),
)


@given(
    name=st.text(min_size=1),
    attributes=st.dictionaries(st.text(min_size=1), attribute_values, max_size=5),
    kind=st.sampled_from(list(trace.SpanKind)),
)
def test_the_wire_says_the_same_as_the_process(
    name: str, attributes: dict[str, bool | int | float | str | list[int] | list[str]], kind: trace.SpanKind
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(resource=SdkResource({"service.name": "s"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("scope", "1.0")
    with tracer.start_as_current_span(name, kind=kind, attributes=attributes) as span:
        span.add_event("event", {"key": "value"})
        span.add_link(span.get_span_context(), {"why": "self"})
        span.set_status(trace.StatusCode.ERROR, "broken")
    ended = exporter.get_finished_spans()
    body = encode_spans(ended).SerializeToString()

    assert otlp.path_of(body) == TRACES
    message = otlp.parse_request(TRACES, otlp.PROTOBUF, body)
    ((key, decode),) = otlp.spans_of(message)
    wire = decode()
    process = sdk.span_of(ended[0], None)

    assert (key[0].hex(), key[1].hex()) == (wire.trace_id, wire.span_id)
    assert otlp.count_items(message) == 1
    assert wire.witnesses == ("wire",)
    assert process.witnesses == ("process",)
    for field in process.__struct_fields__:
        if field not in ("witnesses", "site"):
            assert getattr(wire, field) == getattr(process, field), field


def test_json_ids_are_hexadecimal() -> None:
    body = json.dumps(
        {
            "resourceSpans": [
                {
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": "5b8efff798038103d269b633813fc60c",
                                    "spanId": "eee19b7ec3c1b174",
                                    "parentSpanId": "eee19b7ec3c1b173",
                                    "name": "I'm a server span",
                                    "startTimeUnixNano": "1544712660000000000",
                                    "endTimeUnixNano": "1544712661000000000",
                                    "kind": 2,
                                    "status": {"code": 2},
                                    "attributes": [{"key": "n", "value": {"intValue": "7"}}],
                                    "fromTheFuture": True,
                                }
                            ]
                        }
                    ]
                }
            ]
        }
    ).encode()

    ((_, decode),) = otlp.spans_of(otlp.parse_request(TRACES, "application/json; charset=utf-8", body))
    span = decode()

    assert span.trace_id == "5b8efff798038103d269b633813fc60c"
    assert (span.span_id, span.parent_span_id) == ("eee19b7ec3c1b174", "eee19b7ec3c1b173")
    assert (span.kind, span.status.code, span.attributes) == (SpanKind.SERVER, StatusCode.ERROR, {"n": 7})


@given(
    st.binary(max_size=300),
    st.sampled_from([*otlp.REQUEST_TYPES, "/other"]),
    st.sampled_from([otlp.PROTOBUF, otlp.JSON, "text/plain", ""]),
)
def test_arbitrary_bodies_decode_or_are_refused(body: bytes, path: str, content_type: str) -> None:
    try:
        message = otlp.parse_request(path, content_type, body)
    except DecodeError as error:
        assert str(error)
        return
    for _, decode in otlp.spans_of(message) if path == TRACES else ():
        decode()


@pytest.mark.parametrize(
    ("path", "content_type", "body", "message"),
    [
        (
            "/v1/profiles",
            otlp.PROTOBUF,
            b"",
            "path '/v1/profiles' is not one of /v1/traces, /v1/metrics, /v1/logs",
        ),
        (
            TRACES,
            "text/plain",
            b"",
            "content-type 'text/plain' is not application/x-protobuf or application/json",
        ),
    ],
)
def test_what_cannot_be_decoded_is_named(path: str, content_type: str, body: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as refused:
        otlp.parse_request(path, content_type, body)

    assert str(refused.value) == message


def test_a_damaged_id_in_json_is_refused() -> None:
    body = b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "not hex"}]}]}]}'

    with pytest.raises(DecodeError) as refused:
        otlp.parse_request(TRACES, otlp.JSON, body)

    assert str(refused.value) == "id 'not hex' is not hexadecimal"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3), lambda v: st.lists(v, max_size=3), max_leaves=5
    )
)
def test_json_of_another_shape_is_refused(value: object) -> None:
    shapes = (value, {"resourceSpans": value}, {"resourceSpans": [{"scopeSpans": [{"spans": [value]}]}]})
    for shape in shapes:
        try:
            otlp.parse_request(TRACES, otlp.JSON, json.dumps(shape).encode())
        except DecodeError as error:
            assert "is not OTLP JSON for /v1/traces" in str(error)


def test_deep_json_is_refused() -> None:
    body = b'{"resourceSpans":' * 50_000

    with pytest.raises(DecodeError, match=r"^body of \d+ bytes is not OTLP JSON for /v1/traces: "):
        otlp.parse_request(TRACES, otlp.JSON, body)


@pytest.mark.parametrize("body", [b"[]", b"3", b"", b'"x"'])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError, match="is not OTLP JSON for /v1/traces: expected an object"):
        otlp.parse_request("/v1/traces", "application/json", body)


def test_a_links_ids_do_not_stand_for_those_that_a_span_has_not() -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(16), span_id=bytes(8))
    span.links.add(trace_id=b"t" * 16, span_id=b"s" * 8)

    assert otlp.count_invalid(request) == otlp.count_invalid(request, request.SerializeToString()) == 1


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([b"", bytes(16), b"t" * 15, b"t" * 16]),
                st.sampled_from([b"", bytes(8), b"s" * 9, b"s" * 8]),
            ),
            max_size=3,
        ),
        max_size=4,
    )
)
def test_ids_are_counted_alike_in_a_message_and_its_bytes(scopes: list[list[tuple[bytes, bytes]]]) -> None:
    request = ExportTraceServiceRequest()
    for ids in scopes:
        spans = request.resource_spans.add().scope_spans.add().spans
        for trace_id, span_id in ids:
            spans.add(trace_id=trace_id, span_id=span_id, name="x").attributes.add(
                key="k"
            ).value.int_value = 3
    invalid = sum(pair != (b"t" * 16, b"s" * 8) for ids in scopes for pair in ids)

    assert otlp.count_invalid(request) == invalid
    assert otlp.count_invalid(request, request.SerializeToString()) == invalid
    assert otlp.count_invalid(request, b'{"resourceSpans": []}') == invalid
