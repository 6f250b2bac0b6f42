"""Arrivals → telemetry, as a recorded run replays them."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.codec.arrivals_file import Arrival
from harness.model import ExportRequest, Rejected, Telemetry
from tests.builders import telemetry_of

SEGMENT = (
    b'{"format":"json","version":1}\n'
    b'{"name":"backend-flask","id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793",'
    b'"start_time":1.5,"end_time":2.5}'
)
PUT = b'{"logGroupName":"cruddur","logStreamName":"s","logEvents":[{"timestamp":1,"message":"hello"}]}'


def export(channel: str, path: str, items: int, content_type: str, status: int = 200) -> ExportRequest:
    return ExportRequest(
        channel=channel, path=path, items=items, status=status, headers={"content-type": content_type}
    )


def replayed(*arrivals: tuple[ExportRequest | Rejected | None, bytes]) -> Telemetry:
    return telemetry_of(
        (
            Arrival(
                size=len(body),
                export=what if isinstance(what, ExportRequest) else None,
                rejected=what if isinstance(what, Rejected) else None,
            ),
            body,
        )
        for what, body in arrivals
    )


def traces(name: str, trace_id: bytes = b"t" * 16) -> bytes:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.name, span.trace_id, span.span_id = name, trace_id, b"s" * 8
    return request.SerializeToString()


OTLP = export("otlp", "/v1/traces", 1, "application/x-protobuf")


def test_each_signal_is_decoded() -> None:
    telemetry = replayed(
        (OTLP, traces("home")),
        (None, SEGMENT),
        (export("aws", "PutLogEvents", 1, "application/x-amz-json-1.1"), PUT),
    )

    assert [span.name for span in telemetry.spans] == ["home"]
    assert [segment.name for segment in telemetry.segments] == ["backend-flask"]
    assert [(e.message, e.witnesses) for e in telemetry.log_events] == [("hello", ("wire",))]
    assert [(e.path, e.items) for e in telemetry.exports] == [("/v1/traces", 1), ("PutLogEvents", 1)]
    assert telemetry.rejected == ()


def test_a_span_that_is_sent_again_is_one_span() -> None:
    telemetry = replayed((OTLP, traces("home")), (OTLP, traces("home")))

    assert len(telemetry.spans) == 1
    assert len(telemetry.exports) == 2


def test_what_was_refused_is_evidence_and_no_telemetry() -> None:
    telemetry = replayed((export("aws", "PutLogEvents", 1, "application/x-amz-json-1.1", status=400), PUT))

    assert telemetry.log_events == ()
    assert [e.status for e in telemetry.exports] == [400]


def test_what_does_not_decode_is_rejected() -> None:
    said = Rejected(channel="otlp", reason="content-type 'x' is not known")
    telemetry = replayed((None, b"junk"), (said, b"<html>"), (None, b""))

    assert [(r.channel, r.payload) for r in telemetry.rejected] == [
        ("xray", b"junk"),
        ("otlp", b"<html>"),
        ("xray", b""),
    ]
    assert telemetry.rejected[1].reason == said.reason


def test_the_first_of_two_spans_of_one_id_is_kept_and_the_other_found() -> None:
    telemetry = replayed((OTLP, traces("first")), (OTLP, traces("second")), (OTLP, traces("first")))

    assert [span.name for span in telemetry.spans] == ["first"]
    (incident,) = telemetry.incidents
    assert (incident.id, incident.name, incident.trace_id) == ("span_conflicting", "first", "74" * 16)
    assert incident.message == (
        "span 'first' was sent, and then 'second' with the same trace id and span id "
        "'7373737373737373'; they differ in name: the first is kept, the other is in no trace here; give "
        "each span an id of its own (a generator that is seeded, or copied by a fork, makes the same again), "
        "and send each once"
    )


def test_two_spans_of_one_id_in_one_request_are_found_too() -> None:
    telemetry = replayed((OTLP, traces("first") + traces("second")))

    assert [span.name for span in telemetry.spans] == ["first"]
    assert [incident.id for incident in telemetry.incidents] == ["span_conflicting"]


def test_a_document_that_comes_again_is_kept_once_and_the_copy_is_evidence() -> None:
    again = Arrival(size=len(SEGMENT)), SEGMENT
    telemetry = telemetry_of([again, again])

    assert [segment.name for segment in telemetry.segments] == ["backend-flask"]
    assert telemetry.rejected == (
        Rejected(
            channel="xray",
            reason="segment 'backend-flask' (53995c3f42cd8ad8) came again, byte for byte; it is kept once",
            payload=SEGMENT,
            duplicate=True,
        ),
    )
