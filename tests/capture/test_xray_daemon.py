import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from harness.capture import http_server
from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop
from harness.capture.xray_daemon import XRayDaemon
from harness.capture.xray_rules import SamplingRule
from harness.model import ExportRequest, Rejected

CRUDDUR = SamplingRule(rule_name="Cruddur", priority=9000, fixed_rate=0.1, reservoir_size=5)


@pytest.fixture
def daemon(loop: ReceiverLoop, arrivals: Arrivals) -> Iterator[XRayDaemon]:
    running = XRayDaemon(loop, arrivals)
    yield running
    running.close()


@pytest.fixture
def client(daemon: XRayDaemon) -> Any:
    """The client that the X-Ray SDK itself makes."""
    return botocore.session.get_session().create_client(
        "xray",
        endpoint_url=f"http://{daemon.address}",
        region_name="us-west-2",
        config=Config(signature_version=UNSIGNED),
    )


def post(daemon: XRayDaemon, path: str, body: bytes) -> tuple[int, bytes]:
    host, port = daemon.address.split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("POST", path, body=body)
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def test_everything_is_sampled_by_default(daemon: XRayDaemon, client: Any) -> None:
    (record,) = client.get_sampling_rules()["SamplingRuleRecords"]

    rule = record["SamplingRule"]
    assert (rule["RuleName"], rule["FixedRate"], rule["Priority"]) == ("Default", 1.0, 10000)
    assert [(r.path, r.status) for r in daemon.requests if isinstance(r, ExportRequest)] == [
        ("/GetSamplingRules", 200)
    ]


def test_rules_of_a_scenario_come_before_the_default(daemon: XRayDaemon, client: Any) -> None:
    daemon.rules = (CRUDDUR,)

    records = client.get_sampling_rules()["SamplingRuleRecords"]

    rules = [record["SamplingRule"] for record in records]
    assert [rule["RuleName"] for rule in rules] == ["Cruddur", "Default"]
    assert (rules[0]["ReservoirSize"], rules[0]["HTTPMethod"], rules[0]["URLPath"]) == (5, "*", "*")
    assert rules[0]["Attributes"] == {}


def test_targets_hand_out_the_reservoir_and_keep_the_statistics(daemon: XRayDaemon, client: Any) -> None:
    daemon.rules = (CRUDDUR,)
    document = {
        "RuleName": "Cruddur",
        "ClientID": "a" * 24,
        "Timestamp": 1,
        "RequestCount": 10,
        "SampledCount": 2,
        "BorrowCount": 1,
    }

    answer = client.get_sampling_targets(
        SamplingStatisticsDocuments=[document, document | {"RuleName": "Gone"}]
    )

    (target,) = answer["SamplingTargetDocuments"]
    assert (target["RuleName"], target["FixedRate"], target["ReservoirQuota"]) == ("Cruddur", 0.1, 5)
    assert [lost["RuleName"] for lost in answer["UnprocessedStatistics"]] == ["Gone"]
    assert [statistic.request_count for statistic in daemon.statistics] == [10, 10]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"SamplingStatisticsDocuments": 3}', b"\xff"])
def test_statistics_that_do_not_parse_are_kept_as_evidence(daemon: XRayDaemon, body: bytes) -> None:
    status, answer = post(daemon, "/SamplingTargets", body)

    assert status == 400
    (rejected,) = [r for r in daemon.requests if isinstance(r, Rejected)]
    assert rejected.reason.startswith("SamplingTargets body does not parse: ")
    assert rejected.payload == body
    assert json.loads(answer) == {
        "message": f"{rejected.reason}; expected SamplingStatisticsDocuments",
        "__type": "InvalidRequestException",
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"NextToken": 3}', b"\xff"])
def test_a_question_for_rules_that_does_not_parse_is_refused(daemon: XRayDaemon, body: bytes) -> None:
    status, answer = post(daemon, "/GetSamplingRules", body)

    (rejected,) = [r for r in daemon.requests if isinstance(r, Rejected)]
    assert rejected.reason.startswith("GetSamplingRules body does not parse: ")
    assert (status, json.loads(answer)) == (
        400,
        {
            "message": f"{rejected.reason}; expected nothing, {{}} or NextToken",
            "__type": "InvalidRequestException",
        },
    )


@pytest.mark.parametrize("body", [b"", b"{}", b'{"NextToken": null}', b'{"More": 1}'])
def test_a_question_for_rules(daemon: XRayDaemon, body: bytes) -> None:
    assert post(daemon, "/GetSamplingRules", body)[0] == 200


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/Nothing", "POST /Nothing is not an operation of the daemon"),
        (
            "/v1/traces",
            (
                "POST /v1/traces: this is the X-Ray daemon; OTLP goes to OTEL_EXPORTER_OTLP_ENDPOINT, "
                "which harness serve prints as otlp_http"
            ),
        ),
        (
            "/api/v2/spans",
            (
                "POST /api/v2/spans: this is the X-Ray daemon; Zipkin goes to OTEL_EXPORTER_ZIPKIN_ENDPOINT, "
                "/api/v2/spans at the port that harness serve prints as otlp_http"
            ),
        ),
    ],
)
def test_an_unknown_operation_is_404(daemon: XRayDaemon, path: str, reason: str) -> None:
    status, body = post(daemon, path, b"")

    assert (status, json.loads(body)) == (404, {"message": reason})
    assert [r.reason for r in daemon.requests if isinstance(r, Rejected)] == [reason]


@pytest.mark.parametrize(
    ("path", "kept"), [("/GetSamplingRules", 0), ("/SamplingTargets", 0), ("/PutTraceSegments", 1)]
)
def test_half_a_poll_is_no_evidence(daemon: XRayDaemon, path: str, kept: int) -> None:
    host, port = daemon.address.split(":")
    for half in (path, "/Last"):  # closed after the other, and so seen after it
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(f"POST {half} HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf".encode())

    def payloads() -> list[bytes]:
        return [request.payload for request in daemon.requests if isinstance(request, Rejected)]

    assert Arrivals().wait_until(lambda: b"/Last\nhalf" in payloads(), time.monotonic() + 20)
    assert payloads() == [*[f"{path}\nhalf".encode()][:kept], b"/Last\nhalf"]


def test_udp_and_tcp_share_a_port_number(daemon: XRayDaemon) -> None:
    assert daemon.address == f"127.0.0.1:{daemon.datagrams.port}"


WINDOW = b'{"StartTime": 1000, "EndTime": 2000}'
READ = [
    ("/TraceSummaries", WINDOW),
    ("/ServiceGraph", WINDOW),
    ("/Traces", b'{"TraceIds": []}'),
    ("/TraceGraph", b'{"TraceIds": []}'),
]


@pytest.mark.parametrize(("path", "body"), READ)
def test_a_question_that_takes_long_keeps_nobody_waiting(daemon: XRayDaemon, path: str, body: bytes) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def catch_up() -> None:
        begun.set()
        assert may_end.wait(60)

    daemon.state.catch_up = catch_up
    with ThreadPoolExecutor(1) as questions:
        question = questions.submit(post, daemon, path, body)
        try:
            assert begun.wait(20)
            assert post(daemon, "/GetSamplingRules", b"")[0] == 200
            assert not question.done()
        finally:
            may_end.set()
        assert question.result()[0] == 200

    asked = [
        (request.path, request.status) for request in daemon.requests if isinstance(request, ExportRequest)
    ]
    assert asked == [("/GetSamplingRules", 200), (path, 200)]


def test_a_question_that_is_not_answered_when_the_daemon_closes_is_evidence(
    loop: ReceiverLoop, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "STOP_S", 0.05)
    begun, may_end = threading.Event(), threading.Event()

    def catch_up() -> None:
        begun.set()
        assert may_end.wait(60)

    daemon = XRayDaemon(loop, arrivals)
    daemon.state.catch_up = catch_up
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=30) as client:
        client.sendall(b"POST /Traces HTTP/1.1\r\nhost: x\r\ncontent-length: 15\r\n\r\n" + b'{"TraceIds":[]}')
        assert begun.wait(20)
        daemon.close()
    may_end.set()

    (asked,) = daemon.requests
    assert isinstance(asked, ExportRequest)
    assert (asked.path, asked.status) == ("/Traces", 0)
