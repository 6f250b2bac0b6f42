"""SQS long polling, with real clients on real sockets."""

import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config

from harness.capture.arrivals import Arrivals
from harness.capture.aws_endpoint import AwsEndpoint, Received
from harness.model import Rejected


@pytest.fixture
def make(endpoint: AwsEndpoint) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
            endpoint_url=endpoint.url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106  opens nothing
        )

    return client


class Poll:
    """A `ReceiveMessage` under way in a thread of its own."""

    def __init__(self, endpoint: AwsEndpoint, sqs: Any, url: str, **wait: int) -> None:
        self.began = time.monotonic()
        polls = endpoint._moto._long_polls
        pool = ThreadPoolExecutor(1)
        self._answer: Future[Any] = pool.submit(sqs.receive_message, QueueUrl=url, **wait)
        pool.shutdown(wait=False)
        self.waits = Arrivals().wait_until(lambda: bool(polls._waiting), time.monotonic() + 20)

    def bodies(self) -> list[str]:
        return [message["Body"] for message in self._answer.result(60).get("Messages", [])]

    def seconds(self) -> float:
        return time.monotonic() - self.began


@pytest.mark.parametrize(
    ("attributes", "wait"),
    [({}, {"WaitTimeSeconds": 20}), ({"ReceiveMessageWaitTimeSeconds": "20"}, {})],
)
def test_a_message_comes_at_once_and_nobody_waits_for_the_poll(
    endpoint: AwsEndpoint, make: Callable[[str], Any], attributes: dict[str, str], wait: dict[str, int]
) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}", Attributes=attributes)["QueueUrl"]
    poll = Poll(endpoint, make("sqs"), url, **wait)

    make("sns").list_topics()
    sqs.send_message(QueueUrl=url, MessageBody="job")

    assert poll.waits
    assert poll.bodies() == ["job"]
    assert poll.seconds() < 10


def test_an_empty_poll_is_answered_200_when_its_wait_is_over(
    endpoint: AwsEndpoint, make: Callable[[str], Any]
) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]

    poll = Poll(endpoint, sqs, url, WaitTimeSeconds=1)

    assert poll.bodies() == []
    assert poll.seconds() >= 1
    made = [item.export for item in endpoint.received if isinstance(item, Received)]
    assert [(export.path, export.status) for export in made] == [
        ("CreateQueue", 200),
        ("ReceiveMessage", 200),
    ]


def test_a_delayed_message_ends_a_poll(endpoint: AwsEndpoint, make: Callable[[str], Any]) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)

    poll = Poll(endpoint, sqs, url, WaitTimeSeconds=20)

    assert poll.bodies() == ["later"]
    assert poll.seconds() < 10


def test_a_poll_under_way_is_no_evidence_when_the_endpoint_closes(
    endpoint: AwsEndpoint, make: Callable[[str], Any]
) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
    poll = Poll(endpoint, sqs, url, WaitTimeSeconds=20)

    closing = threading.Thread(target=endpoint.close)
    closing.start()

    assert poll.bodies() == []
    closing.join()
    assert [item for item in endpoint.received if isinstance(item, Rejected)] == []


def test_a_wait_that_sqs_refuses_is_refused(endpoint: AwsEndpoint, make: Callable[[str], Any]) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]

    with pytest.raises(sqs.exceptions.ClientError, match="WaitTimeSeconds is invalid"):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=21)

    assert not endpoint._moto._long_polls._waiting


HEAD = (
    "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\n"
    "content-type: application/x-amz-json-1.0\r\ncontent-length: {0}\r\nauthorization: AWS4-HMAC-SHA256 "
    "Credential=x/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=x\r\n\r\n"
)


@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_poll_whose_client_has_left_takes_no_message(
    endpoint: AwsEndpoint, make: Callable[[str], Any], how: str
) -> None:
    sqs = make("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex}")["QueueUrl"]
    body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20})
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=20) as client:
        client.sendall((HEAD.format(len(body)) + body).encode())
        assert Arrivals().wait_until(lambda: bool(endpoint._moto._long_polls._waiting), time.monotonic() + 20)
        if how == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif how == "half":
            client.shutdown(socket.SHUT_WR)
            assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")

    def polls() -> list[int]:
        return [
            item.export.status
            for item in endpoint.received
            if isinstance(item, Received) and item.export.path == "ReceiveMessage"
        ]

    assert Arrivals().wait_until(lambda: bool(polls()), time.monotonic() + 15)
    assert polls() == [200]
    sqs.send_message(QueueUrl=url, MessageBody="job")
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["job"]
