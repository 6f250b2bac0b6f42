import asyncio
import socket
import urllib.error
import urllib.request
from collections.abc import Callable

import grpc
import grpc.aio
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


def test_a_datagram_to_a_name_is_refused(telemetry: ScenarioTelemetry) -> None:
    address = ("xray.us-east-1.amazonaws.com", 2000)
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        with pytest.raises(OutboundRefused):
            client.sendto(b"x", address)
        with pytest.raises(OutboundRefused):
            client.sendto(b"x", 0, address)
        with pytest.raises(OutboundRefused):
            client.sendmsg([b"x"], [], 0, address)

    telemetry.expect_finding("outbound_refused", count=3)


def test_other_datagrams_are_let_through(telemetry: ScenarioTelemetry) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as server, socket.socket(type=socket.SOCK_DGRAM) as client:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        client.sendto(b"a", server.getsockname())
        assert server.recv(9) == b"a"
        client.sendmsg([b"b"], [], 0, server.getsockname())
        assert server.recv(9) == b"b"
        client.connect(server.getsockname())
        client.sendmsg([b"c", b"d"])
        assert server.recv(9) == b"cd"
        with pytest.raises(TypeError):
            client.sendto()  # type: ignore[call-overload]  # as without us

    assert telemetry.incidents == ()


@pytest.mark.parametrize("look_up", [socket.gethostbyname, socket.gethostbyname_ex, socket.gethostbyaddr])
def test_a_name_is_not_looked_up(telemetry: ScenarioTelemetry, look_up: Callable[[str], object]) -> None:
    # By its name: the module's function is watched, and not the one that was imported before.
    with pytest.raises(OutboundRefused):
        getattr(socket, look_up.__name__)("api.honeycomb.io")

    telemetry.expect_finding("outbound_refused", count=1)


@pytest.mark.parametrize(
    "target",
    ["api.honeycomb.io:443", "api.honeycomb.io", "dns:///api.honeycomb.io:443", "dns:api.honeycomb.io"],
)
def test_a_grpc_channel_to_a_real_backend_leads_nowhere(telemetry: ScenarioTelemetry, target: str) -> None:
    tls = grpc.ssl_channel_credentials()

    with grpc.secure_channel(target, tls) as channel, pytest.raises(grpc.RpcError) as failed:
        channel.unary_unary("/a.B/c")(b"", timeout=10)

    assert "/refused-by-telemetry-harness/api.honeycomb.io" in str(failed.value)
    (found,) = telemetry.expect_finding("outbound_refused", at="test_guard.py", count=1)
    assert found.message == (
        "connection to 'api.honeycomb.io' refused: a captured process reaches no real backend; "
        "take the endpoint from the environment (AWS_ENDPOINT_URL, OTEL_EXPORTER_OTLP_ENDPOINT)"
    )


def test_an_asynchronous_grpc_channel_leads_nowhere_either(telemetry: ScenarioTelemetry) -> None:
    async def call() -> None:
        async with grpc.aio.insecure_channel("api.honeycomb.io:443") as channel:
            await channel.unary_unary("/a.B/c")(b"", timeout=10)

    with pytest.raises(grpc.aio.AioRpcError, match="/refused-by-telemetry-harness/"):
        asyncio.run(call())

    telemetry.expect_finding("outbound_refused", count=1)


def test_other_grpc_channels_are_let_alone(telemetry: ScenarioTelemetry) -> None:
    with grpc.insecure_channel("127.0.0.1:9") as channel, pytest.raises(grpc.RpcError) as failed:
        channel.unary_unary("/a.B/c")(b"", timeout=10)

    assert "127.0.0.1:9" in str(failed.value)
    telemetry.expect_finding("outbound_refused", count=0)
