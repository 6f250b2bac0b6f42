"""Node's SDKs, X-Ray and OpenTelemetry, as users run them: nothing of them is edited."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from fixtures.requirements import needs_node_packages
from harness import (
    SERVER,
    App,
    Launcher,
    ScenarioTelemetry,
    export_request,
    metric,
    segment,
    span,
    subsegment,
)

HERE = Path(__file__).parent / "node"
ENV = {"PORT": "{port}"}


@pytest.fixture(scope="module")
def node() -> str:
    return needs_node_packages(HERE)


def get(app: App, path: str) -> int:
    request = urllib.request.Request(f"{app.url}{path}", headers={"X-Amzn-Trace-Id": "Sampled=1"})  # noqa: S310  our own app
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_xray(launch: Launcher, telemetry: ScenarioTelemetry, node: str) -> None:
    app = launch.process(node, str(HERE / "xray_app.js"), env=ENV)

    assert (get(app, "/work"), get(app, "/fail")) == (200, 500)
    assert app.stop() == 0

    telemetry.expect(
        segment("node-shop", http={"response": {"status": 200}}).with_subsegment(
            subsegment("load", annotations={"rows": 3}, metadata={"db": {"query": {"text": "select 1"}}})
        ),
        segment("node-shop", http={"response": {"status": 500}}, fault=True),
    )


def test_xray_sends_many_subsegments_before_their_segment(
    launch: Launcher, telemetry: ScenarioTelemetry, node: str
) -> None:
    app = launch.process(node, str(HERE / "xray_app.js"), env=ENV)

    assert get(app, "/many") == 200
    assert app.stop() == 0

    found = telemetry.segment(segment("node-shop"))
    assert len(found.subsegments) == 150
    assert {child.name for child in found.subsegments} == {f"step-{number}" for number in range(150)}


def test_xray_asks_the_daemon_for_its_rules(
    launch: Launcher, telemetry: ScenarioTelemetry, node: str
) -> None:
    app = launch.process(node, str(HERE / "xray_app.js"), env=ENV)

    urllib.request.urlopen(f"{app.url}/work", timeout=10).close()  # noqa: S310  nobody has sampled it yet
    telemetry.expect(export_request(path="/GetSamplingRules"), within=10)
    assert app.stop() == 0


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [
        ("http/protobuf", "application/x-protobuf"),
        ("http/json", "application/json"),
        ("grpc", "application/grpc"),
    ],
)
def test_opentelemetry(
    launch: Launcher, telemetry: ScenarioTelemetry, node: str, protocol: str, content_type: str
) -> None:
    env = {
        **ENV,
        "OTEL_SERVICE_NAME": "node-shop",
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "none",
    }
    app = launch.process(node, str(HERE / "otel_app.js"), env=env)

    assert get(app, "/work") == 200
    assert app.stop() == 0

    telemetry.expect(
        span("GET /work", kind=SERVER, resource={"service.name": "node-shop"}).with_child(
            span("load", attributes={"app.rows": 3})
        ),
        metric("requests", value=1.0, attributes={"route": "/work"}),
        export_request(path="/v1/traces", headers={"content-type": content_type}),
    )
