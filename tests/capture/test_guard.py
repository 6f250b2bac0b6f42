import socket
import urllib.error
import urllib.request

import pytest

from harness import ScenarioTelemetry
from harness.capture.guard import is_refused
from harness.errors import OutboundRefused


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("xray.us-east-1.amazonaws.com", True),
        ("API.HONEYCOMB.IO.", True),
        (b"logs.eu-central-1.amazonaws.com", True),
        ("notamazonaws.com", False),
        ("127.0.0.1", False),
        (None, False),
    ],
)
def test_which_hosts_are_refused(host: object, refused: bool) -> None:
    assert is_refused(host) is refused


def test_a_real_backend_cannot_be_reached(telemetry: ScenarioTelemetry) -> None:
    with pytest.raises(urllib.error.URLError) as failed:
        urllib.request.urlopen("https://api.honeycomb.io/1/auth", timeout=5)

    assert isinstance(failed.value.reason, OutboundRefused)
    (found,) = telemetry.expect_finding("outbound_refused", at="test_guard.py", count=1)
    assert found.message == (
        "connection to 'api.honeycomb.io' refused: a captured process reaches no real backend; "
        "take the endpoint from the environment (AWS_ENDPOINT_URL, OTEL_EXPORTER_OTLP_ENDPOINT)"
    )


def test_a_connection_by_name_is_refused_too(telemetry: ScenarioTelemetry) -> None:
    with socket.socket() as client, pytest.raises(OutboundRefused):
        client.connect(("xray.us-east-1.amazonaws.com", 443))

    telemetry.expect_finding("outbound_refused", count=1)
