import contextlib
import gzip
import http.client
import json
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from harness.capture import http_server, moto_backend
from harness.capture.arrivals import Arrivals
from harness.capture.aws_endpoint import AwsEndpoint, Received
from harness.capture.log_groups import LogGroups
from harness.capture.loop import ReceiverLoop
from harness.codec.wire import telemetry_of_aws
from harness.model import ExportRequest, Incident, LogEvent, Metric, Rejected

AS_JSON = {"content-type": "application/x-amz-json-1.0"}
METRIC = b'{"Namespace":"Cruddur","MetricData":[{"MetricName":"m","Value":1.0}]}'


@pytest.fixture
def group() -> str:
    """A log group that no other run in this process has made: moto's state is the process's."""
    return f"group-{uuid.uuid4()}"


def client(endpoint: AwsEndpoint, service: str, **config: Any) -> Any:
    return boto3.client(
        service,
        config=Config(**config),
        endpoint_url=endpoint.url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",  # noqa: S106  opens nothing
    )


def put(logs: Any, group: str, *messages: str, timestamp: int | None = None) -> dict[str, Any]:
    at = round(time.time() * 1000) if timestamp is None else timestamp
    answer: dict[str, Any] = logs.put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[{"timestamp": at, "message": message} for message in messages],
    )
    return answer


def exports(endpoint: AwsEndpoint) -> list[tuple[str, int, int]]:
    made = [item.export for item in endpoint.received if isinstance(item, Received)]
    return [(export.path, export.status, export.items) for export in made]


def telemetry_of(endpoint: AwsEndpoint) -> list[LogEvent | Metric]:
    return [t for item in endpoint.received if isinstance(item, Received) for t in item.telemetry]


def messages(endpoint: AwsEndpoint) -> list[str]:
    return [item.message for item in telemetry_of(endpoint) if isinstance(item, LogEvent)]


def test_log_events_are_recorded_and_moto_knows_them_too(endpoint: AwsEndpoint, group: str) -> None:
    logs = client(endpoint, "logs")
    logs.create_log_group(logGroupName=group)
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        put(logs, group, "too early")
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    for number in range(4):
        put(logs, group, f"line {number}", f"and {number}")

    seen = logs.get_log_events(logGroupName=group, logStreamName="stream", startFromHead=True)

    expected = [text for number in range(4) for text in (f"line {number}", f"and {number}")]
    assert [event["message"] for event in seen["events"]] == expected
    assert messages(endpoint) == expected
    assert exports(endpoint) == [
        ("CreateLogGroup", 200, 0),
        ("PutLogEvents", 400, 0),
        ("CreateLogStream", 200, 0),
        *[("PutLogEvents", 200, 2)] * 4,
        ("GetLogEvents", 200, 0),
    ]


@pytest.fixture
def stream(endpoint: AwsEndpoint, group: str) -> Any:
    """A client of the logs, whose log group and stream are there."""
    logs = client(endpoint, "logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    return logs


HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
DAY_S = 24 * 3600


def put_at(logs: Any, group: str, *ages_ms: float) -> dict[str, Any]:
    """Put log events of these ages, each called by its place."""
    now = time.time() * 1000
    events = [{"timestamp": round(now - age), "message": str(n)} for n, age in enumerate(ages_ms)]
    answer: dict[str, Any] = logs.put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)
    return answer


@pytest.mark.parametrize("known", [True, False])
def test_log_events_that_cloudwatch_rejects_are_incidents_and_not_delivered(
    endpoint: AwsEndpoint, group: str, stream: Any, *, known: bool
) -> None:
    if not known:
        endpoint._groups.accepting.clear()  # moto is asked

    old = put_at(stream, group, 14 * DAY_MS + 2 * HOUR_MS, 14 * DAY_MS + HOUR_MS, 14 * DAY_MS - HOUR_MS)
    new = put_at(stream, group, 20 * HOUR_MS, 0, -3 * HOUR_MS)

    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 2}
    assert new["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 2}
    assert messages(endpoint) == ["2", "0", "1"]
    assert exports(endpoint)[-2:] == [("PutLogEvents", 200, 1), ("PutLogEvents", 200, 2)]
    first, second = [item for item in endpoint.received if isinstance(item, Incident)]
    assert (first.id, first.name) == ("log_event_rejected", group)
    assert first.message == (
        f"log group {group!r} rejected 2 of 3 log events of a PutLogEvents that it answered 200: "
        "2 more than 14 days old; give the time of the event in "
        "milliseconds since the epoch, and look at rejectedLogEventsInfo in the answer"
    )
    assert first.context == {"log_events": 2, "too_old": 2}
    assert second.context == {"log_events": 1, "too_new": 1}


@pytest.mark.parametrize("known", [True, False])
def test_log_events_more_than_24_hours_apart_are_refused(
    endpoint: AwsEndpoint, group: str, stream: Any, *, known: bool
) -> None:
    if not known:
        endpoint._groups.accepting.clear()  # moto would be asked

    with pytest.raises(stream.exceptions.InvalidParameterException, match="span more than 24 hours"):
        put_at(stream, group, DAY_MS + 1, 0)
    put_at(stream, group, DAY_MS, 0)

    assert messages(endpoint) == ["0", "1"]
    assert exports(endpoint)[-2:] == [("PutLogEvents", 400, 0), ("PutLogEvents", 200, 2)]


CONSTRAINT = (
    "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must have length {}"
)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ([], CONSTRAINT.format("[]", "logEvents", "greater than or equal to 1")),
        (
            ["a", ""],
            CONSTRAINT.format("", "logEvents.2.member.message", "greater than or equal to 1"),
        ),
        (
            ["a"] * 10_001,
            CONSTRAINT.format("[10001 log events]", "logEvents", "less than or equal to 10000"),
        ),
        (["é" * 524_275, "a"], "Upload too large: 1048603 bytes exceeds limit of 1048576"),
    ],
)
def test_what_cloudwatch_refuses_whole(
    endpoint: AwsEndpoint, group: str, stream: Any, sent: list[str], why: str, *, known: bool
) -> None:
    if not known:
        endpoint._groups.accepting.clear()  # moto would be asked

    with pytest.raises(stream.exceptions.InvalidParameterException) as refused:
        put(client(endpoint, "logs", parameter_validation=False), group, *sent)

    assert refused.value.response["Error"]["Message"] == why
    assert exports(endpoint)[-1] == ("PutLogEvents", 400, 0)


@pytest.mark.parametrize("known", [True, False])
def test_a_log_event_before_the_epoch_is_refused(
    endpoint: AwsEndpoint, group: str, stream: Any, *, known: bool
) -> None:
    if not known:
        endpoint._groups.accepting.clear()  # moto would be asked

    with pytest.raises(stream.exceptions.InvalidParameterException) as refused:
        put(client(endpoint, "logs", parameter_validation=False), group, "line", timestamp=-1)

    assert refused.value.response["Error"]["Message"] == (
        "1 validation error detected: Value '-1' at 'logEvents.1.member.timestamp' failed to satisfy "
        "constraint: Member must have value greater than or equal to 0"
    )
    assert exports(endpoint)[-1] == ("PutLogEvents", 400, 0)


@pytest.mark.parametrize("sent", [["a"] * 10_000, ["é" * 524_275]])
def test_what_cloudwatch_just_takes(endpoint: AwsEndpoint, group: str, stream: Any, sent: list[str]) -> None:
    put(stream, group, *sent)

    assert exports(endpoint)[-1] == ("PutLogEvents", 200, len(sent))


@pytest.mark.parametrize("complete", [True, False])
def test_an_unknown_log_group_is_told(endpoint: AwsEndpoint, group: str, *, complete: bool) -> None:
    logs = client(endpoint, "logs")
    if not complete:
        endpoint._groups.left_to_moto("DeleteLogGroup")

    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="log group does not exist"):
        put(logs, group, "line")


def test_log_events_older_than_the_group_keeps_them_are_rejected(
    endpoint: AwsEndpoint, group: str, stream: Any
) -> None:
    stream.put_retention_policy(logGroupName=group, retentionInDays=3)

    answer = put_at(stream, group, 3 * DAY_MS + HOUR_MS, 3 * DAY_MS - HOUR_MS)
    stream.delete_retention_policy(logGroupName=group)
    later = put_at(stream, group, 4 * DAY_MS)

    assert answer["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert "rejectedLogEventsInfo" not in later
    assert messages(endpoint) == ["1", "0"]
    (incident,) = [item for item in endpoint.received if isinstance(item, Incident)]
    assert incident.context == {"log_events": 1, "expired": 1}


def test_log_events_out_of_order_are_refused(endpoint: AwsEndpoint, group: str, stream: Any) -> None:
    with pytest.raises(stream.exceptions.InvalidParameterException, match="chronological order"):
        put_at(stream, group, 0, 1000)

    assert messages(endpoint) == []
    assert exports(endpoint)[-1] == ("PutLogEvents", 400, 0)


class Kept:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[tuple[ExportRequest, bytes]] = []
        self.incidents: list[Incident] = []
        self.waited: list[tuple[ExportRequest, bytes]] = []
        self.answered: list[int] = []

    def waiting(self, export: ExportRequest, body: bytes) -> int:
        self.waited.append((export, body))
        return len(self.waited)

    def export(self, export: ExportRequest, body: bytes, *, answers: int = 0) -> bool:
        self.kept.append((export, body))
        self.answered.append(answers)
        return True

    def incident(self, incident: Incident) -> None:
        self.incidents.append(incident)

    def rejected(self, rejected: Rejected) -> None:
        pytest.fail(rejected.reason)

    def datagrams(self, datagrams: Sequence[bytes]) -> bool:
        pytest.fail("there are none")


def test_a_recording_holds_what_was_accepted(loop: ReceiverLoop, arrivals: Arrivals, group: str) -> None:
    recorder = Kept()
    endpoint = AwsEndpoint(loop, arrivals, recorder=recorder)
    logs = client(endpoint, "logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    put_at(logs, group, 14 * DAY_MS + HOUR_MS, 14 * DAY_MS - HOUR_MS)
    endpoint.close()

    export, body = recorder.kept[-1]
    taken = telemetry_of_aws(export, body)
    assert [event.message for event in taken if isinstance(event, LogEvent)] == ["1"]
    assert [incident.id for incident in recorder.incidents] == ["log_event_rejected"]


def test_a_request_is_recorded_before_moto_answers(
    loop: ReceiverLoop, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Kept()
    seen: list[list[tuple[str, int]]] = []

    def moto(environ: Any, start_response: Any) -> list[bytes]:
        seen.append([(export.path, export.status) for export, _ in recorder.waited])
        start_response("200 OK", [])
        return [b"{}"]

    monkeypatch.setattr(moto_backend, "_moto_application", lambda: moto)
    endpoint = AwsEndpoint(loop, arrivals, recorder=recorder)
    client(endpoint, "cloudwatch").put_metric_data(
        Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}]
    )
    endpoint.close()

    assert seen == [[("PutMetricData", 0)]]
    assert recorder.answered == [1]
    ((export, body),) = recorder.kept
    assert (export.status, export.items, body) == (200, 1, recorder.waited[0][1])


def test_a_deleted_stream_is_not_answered_for(endpoint: AwsEndpoint, group: str) -> None:
    logs = client(endpoint, "logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="stream")
    put(logs, group, "one")
    put(logs, group, "two")
    logs.delete_log_group(logGroupName=group)

    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        put(logs, group, "three")

    assert messages(endpoint) == ["one", "two"]


def test_metric_data_is_recorded(endpoint: AwsEndpoint) -> None:
    cloudwatch = client(endpoint, "cloudwatch")
    data = [{"MetricName": f"m{number}", "Value": number, "Unit": "Count"} for number in range(200)]

    cloudwatch.put_metric_data(Namespace="Cruddur", MetricData=data)  # over 10 kB: botocore sends gzip

    metrics = [item for item in telemetry_of(endpoint) if isinstance(item, Metric)]
    assert [(m.namespace, m.name, m.data_points[0].value) for m in metrics] == [
        ("Cruddur", f"m{number}", number) for number in range(200)
    ]
    assert exports(endpoint) == [("PutMetricData", 200, 200)]
    assert cloudwatch.list_metrics(Namespace="Cruddur")["Metrics"]


PARAMETER = "The parameter MetricData.member.{}.Timestamp must specify a time {}."


@pytest.mark.parametrize(
    ("ages_s", "why"),
    [
        ([0] * 1001, "The collection MetricData must not have a size greater than 1000."),
        ([0, 14 * DAY_S + 60], PARAMETER.format(2, "within the past two weeks")),
        ([2 * time.time()], PARAMETER.format(1, "within the past two weeks")),
        ([-2 * 3600 - 60], PARAMETER.format(1, "no more than two hours in the future")),
    ],
)
def test_metric_data_that_cloudwatch_refuses(endpoint: AwsEndpoint, ages_s: list[float], why: str) -> None:
    cloudwatch = client(endpoint, "cloudwatch")

    with pytest.raises(ClientError) as refused:
        cloudwatch.put_metric_data(Namespace="n", MetricData=data_of(ages_s))

    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidParameterValue", why)
    assert telemetry_of(endpoint) == []
    assert exports(endpoint) == [("PutMetricData", 400, 0)]


@pytest.mark.parametrize("ages_s", [[0] * 1000, [14 * DAY_S - 60], [-2 * 3600 + 60]])
def test_metric_data_that_cloudwatch_just_takes(endpoint: AwsEndpoint, ages_s: list[float]) -> None:
    client(endpoint, "cloudwatch").put_metric_data(Namespace="n", MetricData=data_of(ages_s))

    assert exports(endpoint) == [("PutMetricData", 200, len(ages_s))]


def data_of(ages_s: list[float]) -> list[dict[str, Any]]:
    """Return a datum for each age."""
    now = time.time()
    return [{"MetricName": "m", "Value": 1.0, "Timestamp": now - age} for age in ages_s]


def post(endpoint: AwsEndpoint, body: bytes, **headers: str) -> int:
    connection = http.client.HTTPConnection(endpoint.url.removeprefix("http://"), timeout=10)
    authorization = (
        "AWS4-HMAC-SHA256 Credential=x/20261124/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=z"
    )
    sent = {
        "x-amz-target": "Logs_20140328.PutLogEvents",
        "content-type": "application/x-amz-json-1.1",
        "authorization": authorization,
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", "/", body=body, headers=sent)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b"[]", {}, "body of 2 bytes does not parse: Expected `object`, captured `array`"),
        (
            b'{"logGroupName":"g","logStreamName":"s","logEvents":[{}]}',
            {},
            (
                "body of 57 bytes does not parse:"
                " Object missing required field `timestamp` - at `$.logEvents[0]`"
            ),
        ),
        (
            gzip.compress(b"{}", mtime=0)[:-3],
            {"content_encoding": "gzip"},
            "gzip body of 19 bytes is truncated",
        ),
    ],
)
def test_put_log_events_that_does_not_parse_is_kept_as_evidence(
    endpoint: AwsEndpoint, body: bytes, headers: dict[str, str], reason: str
) -> None:
    assert post(endpoint, body, **headers) == 400

    rejected = [item for item in endpoint.received if isinstance(item, Rejected)]
    assert [(item.channel, item.payload) for item in rejected] == [("aws", body)]
    assert rejected[0].reason == f"PutLogEvents: {reason}"


def test_a_handler_starts_without_moto_and_moto_agrees_when_asked(
    endpoint: AwsEndpoint, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = client(endpoint, "logs")
    with monkeypatch.context() as patch:
        patch.setattr(moto_backend, "_moto_application", lambda: pytest.fail("moto is not needed here"))
        assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []
        logs.create_log_group(logGroupName=group)
        with pytest.raises(logs.exceptions.ResourceNotFoundException, match="log stream does not exist"):
            put(logs, group, "too early")
        logs.create_log_stream(logGroupName=group, logStreamName="stream")
        put(logs, group, "line")

    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName="stream")
    assert [g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]] == [
        group
    ]
    seen = logs.get_log_events(logGroupName=group, logStreamName="stream")
    assert [event["message"] for event in seen["events"]] == ["line"]


@pytest.mark.parametrize("group", ["", "not a name", "x" * 513])
def test_names_that_may_be_refused_are_left_to_moto(group: str) -> None:
    body = json.dumps({"logGroupName": group}).encode()
    headers = {
        "x-amz-target": "Logs_20140328.CreateLogGroup",
        "authorization": "AWS4-HMAC-SHA256 Credential=x/20261124/us-east-1/logs/aws4_request, Signature=z",
    }

    assert LogGroups().answer("CreateLogGroup", headers, body) is None


def test_a_group_of_another_region_is_another_group() -> None:
    groups = LogGroups()
    body = b'{"logGroupName": "g", "logStreamName": "s"}'
    headers = {
        region: {
            "x-amz-target": "Logs_20140328.CreateLogGroup",
            "authorization": f"AWS4-HMAC-SHA256 Credential=x/20261124/{region}/logs/aws4_request",
        }
        for region in ("us-east-1", "eu-west-1")
    }

    assert groups.answer("CreateLogGroup", headers["us-east-1"], body)
    assert groups.answer("CreateLogStream", headers["eu-west-1"], body) is None
    assert groups.answer("CreateLogGroup", headers["eu-west-1"], body)


class SlowMoto:
    """A moto that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.may_answer = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.set()
        self.may_answer.wait(30)
        start_response("200 OK", [])
        return [b"{}"]


@pytest.fixture
def slow_moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowMoto]:
    moto = SlowMoto()
    monkeypatch.setattr(moto_backend, "_moto_application", lambda: moto)
    yield moto
    moto.may_answer.set()


@pytest.fixture
def waiting(endpoint: AwsEndpoint, slow_moto: SlowMoto) -> Iterator[threading.Thread]:
    """A client whose metric waits for moto."""

    def put_metric() -> None:
        connection = http.client.HTTPConnection(endpoint.url.removeprefix("http://"), timeout=30)
        headers = {"x-amz-target": "GraniteServiceVersion20100801.PutMetricData", **AS_JSON}
        with contextlib.suppress(OSError, http.client.HTTPException):  # the endpoint is closed meanwhile
            connection.request("POST", "/", body=METRIC, headers=headers)
            connection.getresponse().read()
        connection.close()

    thread = threading.Thread(target=put_metric)
    thread.start()
    assert slow_moto.asked.wait(10)
    yield thread
    thread.join()


def test_what_waits_for_moto_is_answered_before_the_endpoint_closes(
    endpoint: AwsEndpoint, slow_moto: SlowMoto, waiting: threading.Thread
) -> None:
    closing = threading.Thread(target=endpoint.close)
    closing.start()
    (server,) = endpoint._server._servers
    assert Arrivals().wait_until(lambda: not server.is_serving(), time.monotonic() + 10)
    slow_moto.may_answer.set()
    closing.join()

    assert exports(endpoint) == [("PutMetricData", 200, 1)]


def test_what_moto_never_answers_is_evidence_when_the_endpoint_closes(
    endpoint: AwsEndpoint, waiting: threading.Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "STOP_S", 0.05)

    endpoint.close()

    reason = "PutMetricData: the endpoint was closed before moto had answered"
    assert endpoint.received[0] == Rejected(channel="aws", reason=reason, payload=METRIC)
    assert exports(endpoint) == [("PutMetricData", 0, 0)]


@pytest.mark.parametrize(
    ("service", "ask", "operation"),
    [
        ("cloudwatch", lambda it: it.put_metric_data(Namespace="n", MetricData=[]), "PutMetricData"),
        ("sns", lambda it: it.list_topics(), "ListTopics"),
    ],
)
def test_without_moto_the_extra_is_named(
    endpoint: AwsEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    ask: Callable[[Any], object],
    operation: str,
) -> None:
    monkeypatch.setitem(sys.modules, "moto.moto_server.werkzeug_app", None)

    with pytest.raises(ClientError) as refused:
        ask(client(endpoint, service))

    error = refused.value.response["Error"]
    assert error["Code"] == "InternalFailure"
    assert error["Message"] == (
        f"{operation}: import of moto.moto_server.werkzeug_app halted; None in sys.modules; "
        "moto answers it: install telemetry-harness[aws]"
    )
    rejected = [item.reason for item in endpoint.received if isinstance(item, Rejected)]
    assert rejected == [error["Message"]]
    assert exports(endpoint) == [(operation, 501, 0)]


def signed_for(service: str) -> dict[str, str]:
    scope = f"x/20261124/us-east-1/{service}/aws4_request"
    return {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=z"}


SEND_BY_SDK = "send it by an SDK of AWS, which signs it for its service"


@pytest.mark.parametrize(
    ("path", "headers", "why"),
    [
        (
            "/v1/traces",
            {"content-type": "application/x-protobuf"},
            (
                "POST /v1/traces: this is the AWS endpoint; OTLP goes to OTEL_EXPORTER_OTLP_ENDPOINT, "
                "which harness serve prints as otlp_http"
            ),
        ),
        (
            "/api/v2/spans",
            {"content-type": "application/json"},
            (
                "POST /api/v2/spans: this is the AWS endpoint; Zipkin goes to OTEL_EXPORTER_ZIPKIN_ENDPOINT, "
                "/api/v2/spans at the port that harness serve prints as otlp_http"
            ),
        ),
        *(
            (
                path,
                {},
                (
                    f"POST {path} is X-Ray's and is not signed: this is the AWS endpoint; without a "
                    "signature it goes to AWS_XRAY_DAEMON_ADDRESS, which harness serve prints as xray"
                ),
            )
            for path in ("/TraceSegments", "/GetSamplingTargets")
        ),
        (
            "/spans",
            {"content-type": "application/json"},
            (
                "POST /spans is not signed, and moto failed: KeyError('key'); send it by an SDK of AWS, "
                "which signs it; X-Ray without a signature goes to AWS_XRAY_DAEMON_ADDRESS, OTLP to "
                "OTEL_EXPORTER_OTLP_ENDPOINT"
            ),
        ),
        (
            "/",
            signed_for("nope"),
            (
                "POST / is signed for 'nope', which is no service that moto knows; check the service that "
                "the client is made for"
            ),
        ),
        ("/", {"x-amz-target": "Nope.Nope"}, f"X-Amz-Target 'Nope.Nope' is not signed; {SEND_BY_SDK}"),
        (
            "/",
            {"x-amz-target": "Nope.Nope", **signed_for("s3")},
            f"X-Amz-Target 'Nope.Nope' is no operation of S3, for which the request is signed; {SEND_BY_SDK}",
        ),
        (
            "/",
            {"x-amz-target": "Logs_20140328.Nope", **signed_for("logs")},
            (
                "Nope: moto does not know the operation: The nope action has not been implemented; "
                "check its name and service"
            ),
        ),
    ],
)
def test_what_no_service_takes_is_refused_and_kept_as_evidence(
    endpoint: AwsEndpoint, path: str, headers: dict[str, str], why: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=20)
    connection.request("POST", path, b"{", headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()

    assert (answer.status, said) == (400, {"__type": "UnknownOperationException", "message": why})
    assert [item.reason for item in endpoint.received if isinstance(item, Rejected)] == [why]


def test_what_cannot_be_recorded_is_to_be_sent_again(
    loop: ReceiverLoop, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Kept()
    monkeypatch.setattr(recorder, "export", lambda *_, **__: False)
    endpoint = AwsEndpoint(loop, arrivals, recorder=recorder)

    with pytest.raises(ClientError) as refused:
        client(endpoint, "cloudwatch").put_metric_data(
            Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}]
        )

    endpoint.close()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
