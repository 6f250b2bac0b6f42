"""Event-driven hops: SNS, SQS, EventBridge and a handler go on with the trace, or it is said where not."""

import json
import time
import uuid
from typing import Any

import boto3
import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader

from harness import ScenarioTelemetry, segment
from harness.capture.http_messages import Request, Response
from harness.capture.patching import Patches
from harness.capture.trace_headers import TraceHeaders
from harness.model import Incident

ROOT = f"1-{int(time.time()):08x}-bd862e3fe1be46a994272793"  # X-Ray refuses one of more than 30 days
HEADER = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
AS_ATTRIBUTE = {"AWSTraceHeader": {"DataType": "String", "StringValue": HEADER}}


class Queue:
    """A queue of its own, and the ways into it."""

    def __init__(self) -> None:
        self.sqs = boto3.client("sqs")
        self.url = self.sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn = attributes["Attributes"]["QueueArn"]

    def receive(self, *names: str) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MessageSystemAttributeNames=list(names), MaxNumberOfMessages=10
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages


@pytest.fixture
def queue(telemetry: ScenarioTelemetry) -> Queue:
    return Queue()


def headers(messages: list[dict[str, Any]]) -> list[str | None]:
    return [message.get("Attributes", {}).get("AWSTraceHeader") for message in messages]


def patched(client: Any) -> Any:
    """Return a client that sends the header that the X-Ray SDK's patch adds."""
    client.meta.events.register(
        "before-send.*", lambda request, **_: request.headers.__setitem__("X-Amzn-Trace-Id", HEADER)
    )
    return client


def test_sqs_keeps_the_header_of_messages_and_batches(queue: Queue) -> None:
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="a", MessageSystemAttributes=AS_ATTRIBUTE)
    entry = {"Id": "1", "MessageBody": "b", "MessageSystemAttributes": AS_ATTRIBUTE}
    queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=[entry, {"Id": "2", "MessageBody": "c"}])

    messages = sorted(queue.receive("AWSTraceHeader"), key=lambda message: message["Body"])
    assert headers(messages) == [HEADER, HEADER, None]


def test_sqs_takes_the_header_of_a_patched_client(queue: Queue) -> None:
    patched(boto3.client("sqs")).send_message(QueueUrl=queue.url, MessageBody="a")

    assert headers(queue.receive("All")) == [HEADER]


def test_eventbridge_hands_the_header_to_its_target(queue: Queue) -> None:
    events, source = boto3.client("events"), f"shop.{uuid.uuid4().hex}"
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": queue.arn}])
    events.put_events(
        Entries=[{"Source": source, "DetailType": "sold", "Detail": "{}", "TraceHeader": HEADER}]
    )

    assert headers(queue.receive("AWSTraceHeader")) == [HEADER]


TRANSFORMED = {"InputTransformer": {"InputPathsMap": {"s": "$.source"}, "InputTemplate": '{"from": "<s>"}'}}


@pytest.mark.parametrize("names", ["AWSTraceHeader", "SentTimestamp"])
def test_eventbridge_hands_the_header_on_beside_a_transformed_input(
    queue: Queue, telemetry: ScenarioTelemetry, names: str
) -> None:
    events, source = boto3.client("events"), f"shop.{uuid.uuid4().hex}"
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": queue.arn, **TRANSFORMED}])
    entry = {"Source": source, "DetailType": "sold", "Detail": "{}"}
    events.put_events(Entries=[{**entry, "TraceHeader": HEADER}, entry])

    messages = queue.receive(names)

    assert [json.loads(message["Body"]) for message in messages] == [{"from": source}] * 2
    if names == "AWSTraceHeader":
        assert headers(messages) == [HEADER, None]
        return
    name = queue.url.rpartition("/")[2]
    assert telemetry.expect_finding("trace_context_lost", count=1)[0].message == (
        f"a message of queue {name!r} carries the trace header {HEADER!r}, and its receiver did not ask "
        "for it: the trace ends here; receive with MessageSystemAttributeNames=['AWSTraceHeader']"
    )


def test_eventbridge_hands_the_header_to_a_target_of_another_bus(queue: Queue) -> None:
    events, source = boto3.client("events"), f"shop.{uuid.uuid4().hex}"
    bus = events.create_event_bus(Name=source)["EventBusArn"]
    pattern = json.dumps({"source": [source]})
    events.put_rule(Name=source, EventPattern=pattern)
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": bus}])
    events.put_rule(Name="there", EventBusName=source, EventPattern=pattern)
    events.put_targets(Rule="there", EventBusName=source, Targets=[{"Id": "1", "Arn": queue.arn}])
    events.put_events(
        Entries=[{"Source": source, "DetailType": "sold", "Detail": "{}", "TraceHeader": HEADER}]
    )

    assert headers(queue.receive("AWSTraceHeader")) == [HEADER]


@pytest.mark.parametrize("input_", [{}, TRANSFORMED])
@pytest.mark.parametrize("attributes", [{}, {"RawMessageDelivery": "true"}])
def test_eventbridge_hands_the_header_to_a_topic_and_its_subscriber(
    queue: Queue, attributes: dict[str, str], input_: dict[str, Any]
) -> None:
    events, sns, source = boto3.client("events"), boto3.client("sns"), f"shop.{uuid.uuid4().hex}"
    topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes)
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": topic, **input_}])
    entry = {"Source": source, "DetailType": "sold", "Detail": "{}"}
    events.put_events(Entries=[{**entry, "TraceHeader": HEADER}, {**entry, "Source": "another"}])

    (message,) = queue.receive("AWSTraceHeader")

    assert headers([message]) == [HEADER]
    body = json.loads(message["Body"])
    event = body if attributes else json.loads(body["Message"])
    assert (event.get("source") or event["from"]) == source


def test_a_target_that_moto_does_not_reach_is_said_and_keeps_no_other_from_the_event(
    queue: Queue, telemetry: ScenarioTelemetry
) -> None:
    events, source = boto3.client("events"), f"shop.{uuid.uuid4().hex}"
    handler = "arn:aws:lambda:us-east-1:123456789012:function:sold"
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=source, Targets=[{"Id": "1", "Arn": handler}, {"Id": "2", "Arn": queue.arn}])
    entry = {"Source": source, "DetailType": "sold", "Detail": "{}", "TraceHeader": HEADER}

    answer = events.put_events(Entries=[entry, entry])

    assert answer["FailedEntryCount"] == 0
    assert headers(queue.receive("AWSTraceHeader")) == [HEADER, HEADER]
    (finding,) = telemetry.expect_finding("input_rejected", count=1)
    assert finding.message.startswith(
        f"PutEvents: rule {source!r} has the target {handler!r}, and moto delivers no event to 'lambda': "
        "it was not called; call it by what an SQS target of the rule receives; "
    )


@pytest.mark.parametrize("attributes", [{}, {"RawMessageDelivery": "true"}])
def test_sns_hands_the_header_to_its_subscriber(queue: Queue, attributes: dict[str, str]) -> None:
    plain, sns = boto3.client("sns"), patched(boto3.client("sns"))
    topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes)
    plain.publish(TopicArn=topic, Message="sold")
    sns.publish(TopicArn=topic, Message="sold")
    entries = [{"Id": "1", "Message": "sold"}, {"Id": "2", "Message": "sold"}]
    sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)

    messages = queue.receive("AWSTraceHeader", "SentTimestamp")
    assert sorted(filter(None, headers(messages))) == [HEADER] * 3
    assert headers(messages).count(None) == 1


def test_a_raw_message_that_is_received_without_its_header_is_a_finding(
    queue: Queue, telemetry: ScenarioTelemetry
) -> None:
    sns = patched(boto3.client("sns"))
    topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex}")["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=raw)
    sns.publish(TopicArn=topic, Message="sold")

    assert headers(queue.receive("SentTimestamp")) == [None]
    assert telemetry.expect_finding("trace_context_lost", count=1)[0].trace_id == ROOT


def test_a_receiver_that_does_not_ask_loses_the_trace(queue: Queue, telemetry: ScenarioTelemetry) -> None:
    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="a", MessageSystemAttributes=AS_ATTRIBUTE)

    assert headers(queue.receive("SentTimestamp")) == [None]
    (lost,) = telemetry.expect_finding("trace_context_lost", count=1)
    assert lost.where.startswith("SQS queue q-")
    assert lost.trace_id == ROOT
    assert "receive with MessageSystemAttributeNames=['AWSTraceHeader']" in lost.message


def test_a_handler_goes_on_with_the_trace(queue: Queue, telemetry: ScenarioTelemetry) -> None:
    def handler(event: dict[str, Any]) -> None:
        header = TraceHeader.from_header_str(event["Records"][0]["attributes"]["AWSTraceHeader"])
        with xray_recorder.in_segment("worker", traceid=header.root, parent_id=header.parent, sampling=1):
            pass

    queue.sqs.send_message(QueueUrl=queue.url, MessageBody="a", MessageSystemAttributes=AS_ATTRIBUTE)
    (message,) = queue.receive("All")
    handler({"Records": [{"body": message["Body"], "attributes": message["Attributes"]}]})

    found = telemetry.segment(segment("worker"))
    assert (found.trace_id, found.parent_id) == (ROOT, "53995c3f42cd8ad8")


def after(operation: str, asked: bytes, answer: bytes) -> tuple[Response, list[Incident]]:
    request = Request("POST", "/", "", {}, asked)
    patches = Patches()
    try:
        return TraceHeaders(patches).after(operation, request, Response(200, (), answer))
    finally:
        patches.undo()


@pytest.mark.parametrize(
    ("operation", "asked", "answer"),
    [
        ("ReceiveMessage", b"Action=ReceiveMessage", b"<ReceiveMessageResponse/>"),
        ("ReceiveMessage", b"{}", b'{"Messages": [{"Body": "without an id"}]}'),
        ("SendMessage", b'{"MessageSystemAttributes": 3}', b'{"MessageId": "1"}'),
        ("SendMessageBatch", b"[]", b"{}"),
        ("PutEvents", b"\xff", b"{}"),
        ("DeleteMessage", b"{}", b"{}"),
    ],
)
def test_what_is_no_json_of_these_operations_is_left_as_it_is(
    operation: str, asked: bytes, answer: bytes
) -> None:
    given, incidents = after(operation, asked, answer)

    assert (given.body, incidents) == (answer, [])


def test_an_error_of_ours_is_not_taken_for_such_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(TraceHeaders, "_receive")

    with pytest.raises(AttributeError):
        after("ReceiveMessage", b"{}", b"{}")


W3C = "00-bd862e3fe1be46a994272793bd862e3f-53995c3f42cd8ad8-01"
AS_TRACEPARENT = {"traceparent": {"DataType": "String", "StringValue": W3C}}


def send_w3c(queue: Queue, way: str) -> None:
    if way == "send":
        queue.sqs.send_message(QueueUrl=queue.url, MessageBody="a", MessageAttributes=AS_TRACEPARENT)
    elif way == "batch":
        entry = {"Id": "1", "MessageBody": "a", "MessageAttributes": AS_TRACEPARENT}
        queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=[entry])
    else:
        sns = boto3.client("sns")
        topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex}")["TopicArn"]
        raw = {"RawMessageDelivery": "true"}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=raw)
        sns.publish(TopicArn=topic, Message="a", MessageAttributes=AS_TRACEPARENT)


@pytest.mark.parametrize("way", ["send", "batch", "sns"])
def test_a_receiver_that_does_not_ask_loses_the_traceparent(
    queue: Queue, telemetry: ScenarioTelemetry, way: str
) -> None:
    send_w3c(queue, way)
    name = queue.url.rpartition("/")[2]

    (message,) = queue.receive("All")
    assert "MessageAttributes" not in message
    (lost,) = telemetry.expect_finding("trace_context_lost", count=1)
    assert lost.message == (
        f"a message of queue {name!r} carries traceparent {W3C!r}, and its receiver did not ask for it: "
        "the trace ends here; receive with MessageAttributeNames=['traceparent']"
    )
    assert lost.trace_id == "bd862e3fe1be46a994272793bd862e3f"


@pytest.mark.parametrize("way", ["send", "batch", "sns"])
@pytest.mark.parametrize("names", [["traceparent"], ["All"], [".*"], ["trace.*"]])
def test_a_receiver_that_asks_gets_the_traceparent(
    queue: Queue, telemetry: ScenarioTelemetry, way: str, names: list[str]
) -> None:
    send_w3c(queue, way)

    answer = queue.sqs.receive_message(QueueUrl=queue.url, MessageAttributeNames=names)
    (message,) = answer["Messages"]
    assert message["MessageAttributes"]["traceparent"]["StringValue"] == W3C
    telemetry.expect_finding("trace_context_lost", count=0)
