"""The trace context of messages: kept where moto drops it, and missed where a receiver drops it.

X-Ray's header, and W3C's ``traceparent`` as OpenTelemetry puts it into a message's own attributes.

Source: SQS developer guide, "Message system attributes"; EventBridge API reference,
PutEventsRequestEntry; SNS developer guide, "Active tracing". A client patched by the
X-Ray SDK sends the HTTP header ``X-Amzn-Trace-Id``, which these services take for it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import msgspec

from harness.capture.http_messages import Request, Response
from harness.capture.patching import Patches
from harness.model import Incident

ATTRIBUTE = "AWSTraceHeader"
TRACEPARENT = "traceparent"
_SENT_LIMIT = 10_000
_ROOT = re.compile(r"Root=(1-[0-9a-f]{8}-[0-9a-f]{24})")
# Source: W3C Trace Context, "traceparent header field values".
_W3C = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-")


class _Attribute(msgspec.Struct, rename="pascal"):
    string_value: str = ""


class _Entry(msgspec.Struct, rename="pascal"):
    id: str = ""
    message_system_attributes: dict[str, _Attribute] | None = None
    trace_header: str | None = None


class _Asked(msgspec.Struct, rename="pascal"):
    """What a request of these operations holds for us."""

    entries: list[_Entry] = []
    message_system_attributes: dict[str, _Attribute] | None = None
    attribute_names: list[str] | None = None
    message_system_attribute_names: list[str] | None = None
    queue_url: str = ""


class _Sent(msgspec.Struct, rename="pascal"):
    id: str = ""
    message_id: str = ""
    event_id: str = ""


class _Message(msgspec.Struct, rename="pascal"):
    message_id: str
    body: str = ""
    attributes: dict[str, str] = {}
    message_attributes: dict[str, Any] = {}


class _Answer(msgspec.Struct, rename="pascal"):
    """What an answer of these operations holds for us."""

    message_id: str = ""
    successful: list[_Sent] = []
    entries: list[_Sent] = []
    messages: list[_Message] = []


class TraceHeaders:
    """Remembers the trace header of each message or event, by the id that its service gave it.

    Args:
        patches: Watches moto's SQS and EventBridge: a message that SNS delivers raw, or that a target's
            input transformer made, has no id that its publisher knew.
    """

    def __init__(self, patches: Patches) -> None:
        self._sent: dict[str, str] = {}
        self._publishing = ""
        self._event = ""
        # Filled on the threads that ask moto, taken on the receivers'.
        self._delivered: deque[tuple[str, str]] = deque(maxlen=_SENT_LIMIT)
        self._events: deque[tuple[str, str]] = deque(maxlen=_SENT_LIMIT)
        self._event_of: dict[str, str] = {}
        self._parents: deque[tuple[str, str]] = deque(maxlen=_SENT_LIMIT)
        self._parent_of: dict[str, str] = {}

        def watch_sqs(models: ModuleType) -> None:
            patches.wrap(models.SQSBackend, "send_message", self._deliver)

        def watch_events(models: ModuleType) -> None:
            patches.wrap(models.Rule, "send_to_targets", self._send_to_targets)

        patches.when_imported("moto.sqs.models", watch_sqs)
        patches.when_imported("moto.events.models", watch_events)

    @contextmanager
    def during(self, operation: str, request: Request) -> Iterator[None]:
        """Look at what moto does for a request, while it does nothing else."""
        self._publishing = _http_header(request) if operation in ("Publish", "PublishBatch") else ""
        try:
            yield
        finally:
            self._publishing = ""

    def _deliver(self, send_message: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        message = send_message(*args, **kwargs)
        if self._publishing:
            self._delivered.append((message.id, self._publishing))
        if self._event:
            self._events.append((message.id, self._event))
        parent = (message.message_attributes or {}).get(TRACEPARENT, {}).get("StringValue", "")
        if _W3C.match(parent):
            self._parents.append((message.id, parent))
        return message

    def _send_to_targets(
        self, send: Callable[..., Any], rule: Any, original_event: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        outermost = not self._event  # a target that is a bus makes another event of it
        if outermost:
            self._event = original_event["id"]
        try:
            return send(rule, original_event, *args, **kwargs)
        finally:
            if outermost:
                self._event = ""

    def after(self, operation: str, request: Request, answer: Response) -> tuple[Response, list[Incident]]:
        """Look at an answer of moto's.

        Returns:
            The answer, with the trace headers that AWS would return, and what a receiver loses.
        """
        if answer.status != 200 or operation not in (*_READERS, "ReceiveMessage"):
            return answer, []
        try:
            asked = msgspec.json.decode(request.body, type=_Asked)
            answered = msgspec.json.decode(answer.body, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return answer, []  # not their JSON, as of an older botocore: nothing of ours in it
        if operation != "ReceiveMessage":
            self._remember(_READERS[operation](request, asked, answered))
            return answer, []
        self._remember(self._delivered.popleft() for _ in range(len(self._delivered)))
        self._event_of.update(self._events.popleft() for _ in range(len(self._events)))
        _forget_oldest(self._event_of)
        self._parent_of.update(self._parents.popleft() for _ in range(len(self._parents)))
        _forget_oldest(self._parent_of)
        body = msgspec.json.decode(answer.body)
        incidents = self._receive(asked, answered.messages, body.get("Messages", ()))
        return answer._replace(body=msgspec.json.encode(body)), incidents

    def _remember(self, sent: Iterator[tuple[str, str]]) -> None:
        self._sent.update((id_, header) for id_, header in sent if header)
        _forget_oldest(self._sent)

    def _receive(
        self, asked: _Asked, messages: list[_Message], bodies: list[dict[str, Any]]
    ) -> list[Incident]:
        """Return what is lost; the headers that are asked for are put into the messages' bodies."""
        names = {*(asked.attribute_names or ()), *(asked.message_system_attribute_names or ())}
        queue = asked.queue_url.rpartition("/")[2]
        incidents = []
        for message, body in zip(messages, bodies, strict=True):
            header = message.attributes.get(ATTRIBUTE) or self._header_of(message)
            if header and names & {ATTRIBUTE, "All"}:
                body.setdefault("Attributes", {})[ATTRIBUTE] = header
            elif header:
                root = _ROOT.search(header)
                asking = f"MessageSystemAttributeNames=[{ATTRIBUTE!r}]"
                incidents.append(_lost(queue, f"the trace header {header!r}", asking, root))
            parent = self._parent_of.get(message.message_id, "")
            if parent and TRACEPARENT not in message.message_attributes:
                asking = f"MessageAttributeNames=[{TRACEPARENT!r}]"
                incidents.append(_lost(queue, f"{TRACEPARENT} {parent!r}", asking, _W3C.match(parent)))
        return incidents

    def _header_of(self, message: _Message) -> str:
        """Return what a message was sent with: itself, or as an event in its body."""
        id_ = message.message_id
        if header := self._sent.get(id_) or self._sent.get(self._event_of.get(id_, "")):
            return header
        try:
            inner = msgspec.json.decode(message.body)
        except msgspec.DecodeError:
            return ""
        event_id = inner.get("id") if isinstance(inner, dict) else None
        return self._sent.get(event_id, "") if isinstance(event_id, str) else ""


def _forget_oldest(known: dict[str, str]) -> None:
    while len(known) > _SENT_LIMIT:
        del known[next(iter(known))]


def _send_message(request: Request, asked: _Asked, answer: _Answer) -> Iterator[tuple[str, str]]:
    yield answer.message_id, _header_in(asked) or _http_header(request)


def _send_message_batch(request: Request, asked: _Asked, answer: _Answer) -> Iterator[tuple[str, str]]:
    headers = {entry.id: _header_in(entry) for entry in asked.entries}
    for sent in answer.successful:
        yield sent.message_id, headers.get(sent.id) or _http_header(request)


def _put_events(request: Request, asked: _Asked, answer: _Answer) -> Iterator[tuple[str, str]]:
    for entry, sent in zip(asked.entries, answer.entries, strict=True):
        if sent.event_id:
            yield sent.event_id, entry.trace_header or _http_header(request)


_READERS = {"SendMessage": _send_message, "SendMessageBatch": _send_message_batch, "PutEvents": _put_events}


def _header_in(message: _Entry | _Asked) -> str:
    attribute = (message.message_system_attributes or {}).get(ATTRIBUTE)
    return attribute.string_value if attribute else ""


def _http_header(request: Request) -> str:
    return request.headers.get("x-amzn-trace-id", "")


def _lost(queue: str, carried: str, asking: str, trace: re.Match[str] | None) -> Incident:
    return Incident(
        id="trace_context_lost",
        channel="aws",
        name=f"SQS queue {queue}",
        trace_id=trace[1] if trace else None,
        message=(
            f"a message of queue {queue!r} carries {carried}, and its receiver did not ask for it: "
            f"the trace ends here; receive with {asking}"
        ),
    )
