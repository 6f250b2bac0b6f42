"""Suites of one-request scenarios, written to disk as a user would have them."""

from __future__ import annotations

from pathlib import Path

PER_FILE = 10

CAPTURED_CONFIG = "[pytest]\ntelemetry_channels = otel xray cloudwatch\n"
PLAIN_CONFIG = "[pytest]\n"
CONFTEST = 'pytest_plugins = ["fixtures.backend_flask.fixtures"]\n'

REQUEST = """
PATH = "/api/activities/@andrewbrown"
# The app's own sampling would skip most requests; both sides trace each one.
HEADERS = {"X-Amzn-Trace-Id": "Sampled=1"}
"""

CAPTURED_HEAD = f"from harness import contains, iso8601, log_event, segment, span, subsegment\n{REQUEST}"
CAPTURED_TEST = """

def test_{number}(backend, telemetry):
    response = backend.get(PATH, headers=HEADERS)

    assert response.status_code == 200
    telemetry.expect(
        span("GET /api/activities/@<string:handle>", attributes={{"http.status_code": 200}}),
        segment("backend-flask").with_subsegment(
            subsegment(
                "mock-data", metadata={{"namespace": {{"key": {{"now": iso8601(), "results-size": 1}}}}}}
            )
        ),
        log_event(contains("/api/activities/@andrewbrown 200 OK"), log_group="cruddur"),
    )
"""

BARE_TEST = """

def test_{number}(backend):
    response = backend.get(PATH, headers=HEADERS)

    assert response.status_code == 200
"""


def write(directory: Path, tests: int, *, config: str, conftest: str, head: str, test: str) -> Path:
    """Write a suite of so many tests and return its directory."""
    directory.mkdir(parents=True)
    (directory / "pytest.ini").write_text(config)
    (directory / "conftest.py").write_text(conftest)
    for first in range(0, tests, PER_FILE):
        numbers = range(first, min(first + PER_FILE, tests))
        body = head + "".join(test.format(number=number) for number in numbers)
        (directory / f"test_{first:03}.py").write_text(body)
    return directory


def captured(directory: Path, tests: int) -> Path:
    """Write scenarios that assert a span, a subsegment's metadata and a log event."""
    return write(
        directory, tests, config=CAPTURED_CONFIG, conftest=CONFTEST, head=CAPTURED_HEAD, test=CAPTURED_TEST
    )


def bare(directory: Path, tests: int) -> Path:
    """Write the same requests to the same app, with nothing captured."""
    return write(directory, tests, config=PLAIN_CONFIG, conftest=CONFTEST, head=REQUEST, test=BARE_TEST)
