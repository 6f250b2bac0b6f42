"""The X-Ray SDK's middleware for Flask, with the test clients that Flask documents."""

from __future__ import annotations

import flask
import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

from harness import ScenarioTelemetry, segment


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> flask.Flask:
    monkeypatch.setattr(xray_recorder, "service", "backend")
    made = flask.Flask("backend")
    made.testing = True
    XRayMiddleware(made, xray_recorder)

    @made.get("/")
    def index() -> str:
        return "ok"

    @made.get("/stream")
    def stream() -> flask.Response:
        return flask.Response(flask.stream_with_context(iter("ok")))

    @made.get("/ended")
    def ended() -> str:
        xray_recorder.end_segment()
        return "ok"

    return made


@pytest.mark.parametrize("path", ["/", "/stream"])
def test_a_client_that_keeps_the_context(telemetry: ScenarioTelemetry, app: flask.Flask, path: str) -> None:
    with app.test_client() as client:
        assert client.get(path).text == "ok"
        assert client.get(path).text == "ok"

    telemetry.expect_count(2, segment("backend"))


def test_a_stream(telemetry: ScenarioTelemetry, app: flask.Flask) -> None:
    assert app.test_client().get("/stream").text == "ok"

    telemetry.expect(segment("backend"))


def test_a_segment_that_the_app_ended_itself_is_still_missed(
    telemetry: ScenarioTelemetry, app: flask.Flask
) -> None:
    with pytest.raises(AttributeError):
        app.test_client().get("/ended")

    telemetry.expect_finding("context_missing")
    telemetry.expect(segment("backend"))
