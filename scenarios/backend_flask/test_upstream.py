"""An outgoing call: the upstream receives the trace context of both systems."""

from flask.testing import FlaskClient

from fixtures.upstream import UpstreamServer
from harness import CLIENT, SERVER, ScenarioTelemetry, segment, span, subsegment


def test_call_is_traced_by_both(
    backend: FlaskClient, upstream: UpstreamServer, telemetry: ScenarioTelemetry
) -> None:
    response = backend.get("/api/upstream")

    assert response.json == {"status": "ok"}
    telemetry.expect(
        span("GET /api/upstream", kind=SERVER).with_child(
            span("GET", kind=CLIENT, attributes={"http.status_code": 200, "http.url": upstream.url})
        ),
        segment("backend-flask").with_subsegment(
            subsegment(
                "upstream",
                namespace="remote",
                http={"request": {"method": "GET", "url": upstream.url}, "response": {"status": 200}},
            )
        ),
    )


def test_context_is_propagated(
    backend: FlaskClient, upstream: UpstreamServer, telemetry: ScenarioTelemetry
) -> None:
    backend.get("/api/upstream")

    headers = upstream.headers[-1]
    client = telemetry.span(span("GET", kind=CLIENT))
    assert headers["traceparent"].startswith(f"00-{client.trace_id}-{client.span_id}-")
    sent = telemetry.segment(segment("backend-flask"))
    (called,) = sent.subsegments
    assert headers["x-amzn-trace-id"] == f"Root={sent.trace_id};Parent={called.id};Sampled=1"
