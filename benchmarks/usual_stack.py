"""The peer suite: what a team writes by hand today, with the same request and assertions."""

from __future__ import annotations

from pathlib import Path

from benchmarks import suites

CONFTEST = """
import json
import logging
import socket

import boto3
import pytest
import watchtower
from aws_xray_sdk.core import xray_recorder
from moto import mock_aws
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

pytest_plugins = ["fixtures.backend_flask.fixtures"]

LOGGER = logging.getLogger("fixtures.backend_flask.app")


def remove_handlers():
    for handler in [h for h in LOGGER.handlers if isinstance(h, watchtower.CloudWatchLogHandler)]:
        LOGGER.removeHandler(handler)
        handler.close()


@pytest.fixture(scope="session")
def app(request):
    with mock_aws():  # the app creates a handler while it starts
        app = request.getfixturevalue("backend_app")
        remove_handlers()
    return app


@pytest.fixture(scope="session")
def exporter(app):
    exporter = InMemorySpanExporter()
    trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(exporter):
    exporter.clear()
    return exporter


@pytest.fixture
def daemon(app):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(2)
        xray_recorder.configure(daemon_address="127.0.0.1:%d" % daemon.getsockname()[1], sampling=False)
        yield daemon


@pytest.fixture
def segments(daemon):
    def received():
        return json.loads(daemon.recv(65536).partition(b"\\n")[2])

    return received


@pytest.fixture
def handler(app):
    with mock_aws():
        handler = watchtower.CloudWatchLogHandler(
            log_group_name="cruddur", log_stream_name="test", boto3_client=boto3.client("logs")
        )
        LOGGER.addHandler(handler)
        yield handler
        LOGGER.removeHandler(handler)
        handler.flush()
        handler.close()


@pytest.fixture
def log_events(handler):
    def read():
        handler.flush()
        answer = handler.cwl_client.get_log_events(logGroupName="cruddur", logStreamName="test")
        return [event["message"] for event in answer["events"]]

    return read


@pytest.fixture
def client(app):
    return app.test_client()
"""

HEAD = f"from datetime import datetime\n{suites.REQUEST}"
TEST = """

def test_{number}(client, spans, segments, log_events):
    response = client.get(PATH, headers=HEADERS)

    assert response.status_code == 200
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /api/activities/@<string:handle>"
    assert span.attributes["http.status_code"] == 200
    (subsegment,) = segments()["subsegments"]
    assert subsegment["name"] == "mock-data"
    details = subsegment["metadata"]["namespace"]["key"]
    assert datetime.fromisoformat(details["now"])
    assert details["results-size"] == 1
    assert any("/api/activities/@andrewbrown 200 OK" in message for message in log_events())
"""


def write(directory: Path, tests: int) -> Path:
    """Write the suite and return its directory."""
    return suites.write(directory, tests, config=suites.PLAIN_CONFIG, conftest=CONFTEST, head=HEAD, test=TEST)
