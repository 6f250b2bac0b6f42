"""Watching the X-Ray SDK in this process: what it loses, it loses in silence.

A segment that waits for a subsegment never ended is never sent; one that is
begun inside another replaces it; a key with a dot is dropped. The wire shows
none of that, so the recorder's own calls are watched.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, ModuleType
from typing import Any

import wrapt

from harness.capture.arrivals import Arrivals
from harness.capture.call_site import call_site, resolve, works_for_exporter
from harness.capture.patching import Patches
from harness.capture.xray_begun import BegunEntity
from harness.model import Incident, Unsampled

MAX_UDP_PAYLOAD = 65_507
_NOTHING = object()
_DUMMIES = {"DummySegment": "segment", "DummySubsegment": "subsegment"}
_NOT_SAMPLED = (
    "by its trace header (Sampled=0), by begin_segment(sampling=0) or by the scenario's sampling rules"
)


class XRayWatch:
    """Follows every sampled segment and subsegment of this process.

    Attributes:
        begun: Entities since the last look, in order.
        incidents: What the SDK lost since the last look.
        recorders: Every recorder seen.
        unsampled: Entities that the SDK began and does not sample, since the last look.
        sampling: True while a scenario samples on purpose.
    """

    def __init__(self, patches: Patches, arrivals: Arrivals, daemon_address: str) -> None:
        self.begun: deque[BegunEntity] = deque()
        self.incidents: deque[Incident] = deque()
        self.recorders: weakref.WeakSet[Any] = weakref.WeakSet()
        self.unsampled: deque[Unsampled] = deque()
        self.sampling = False
        # By the entity's id: each value keeps its entity alive, so a weak key never dies.
        self._by_entity: weakref.WeakValueDictionary[int, BegunEntity] = weakref.WeakValueDictionary()
        self._patches = patches
        self._arrivals = arrivals
        self._address = daemon_address
        self._local = threading.local()
        patches.when_imported("aws_xray_sdk.core.sampling.connector", self._defer_clients)
        patches.when_imported("aws_xray_sdk.core", self._watch)
        patches.when_imported("aws_xray_sdk.ext.util", self._watch_response_header)

    def _defer_clients(self, connector: ModuleType) -> None:
        """Have the client that polls sampling rules made at its first use.

        The SDK makes one for each sampler, each recorder and each `configure`, 40 ms every time,
        and here all of them but a `sampling()` scenario's are never used.
        """

        def deferred(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            return wrapt.LazyObjectProxy(functools.partial(original, *args, **kwargs))

        self._patches.wrap(connector.ServiceConnector, "_create_xray_client", deferred)

    def _watch(self, core: ModuleType) -> None:
        from aws_xray_sdk.core.context import Context
        from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
        from aws_xray_sdk.core.models.entity import Entity
        from aws_xray_sdk.core.models.segment import Segment
        from aws_xray_sdk.core.models.subsegment import Subsegment, SubsegmentContextManager
        from aws_xray_sdk.core.recorder import AWSXRayRecorder

        wrap = self._patches.wrap
        wrap(Segment, "__init__", self._begin)
        wrap(Subsegment, "__init__", self._begin)
        wrap(Entity, "close", self._close)
        wrap(SubsegmentContextManager, "__exit__", self._leave)
        wrap(Entity, "put_annotation", self._put_annotation)
        wrap(Entity, "put_metadata", self._put_metadata)
        wrap(Context, "put_segment", self._put_segment)
        wrap(Context, "handle_context_missing", self._context_missing)
        wrap(UDPEmitter, "send_entity", self._send)
        wrap(UDPEmitter, "_send_data", self._send_data)
        wrap(AWSXRayRecorder, "__init__", self._recorder_made)
        wrap(AWSXRayRecorder, "configure", self._configure)
        self._adopt(core.xray_recorder)

    def _recorder_made(self, original: Callable[..., None], recorder: Any, *args: Any, **kwargs: Any) -> None:
        original(recorder, *args, **kwargs)
        self._adopt(recorder)

    def _adopt(self, recorder: Any) -> None:
        """Send to our daemon even if the SDK was imported before us."""
        self.recorders.add(recorder)
        recorder.configure(daemon_address=self._address)

    def _configure(self, original: Callable[..., None], recorder: Any, *args: Any, **kwargs: Any) -> None:
        """Sample everything, whatever the app configures, but while a scenario samples on purpose."""
        original(recorder, *args, **kwargs)
        if not self.sampling:
            recorder.sampling = False

    # Beginning, ending and sending

    def _begin(
        self, original: Callable[..., None], entity: Any, name: str, *args: Any, **kwargs: Any
    ) -> None:
        original(entity, name, *args, **kwargs)
        if not _is_real(entity):
            self._note_unsampled(entity)
            return
        begun = BegunEntity(entity, call_site())
        self._by_entity[id(entity)] = begun
        self.begun.append(begun)
        if entity.name != name:
            self._report(
                "name_changed",
                f"{name!r} was begun and {entity.name!r} is sent: X-Ray allows no ?;*()!$~^<> in names",
                entity,
            )

    def _note_unsampled(self, entity: Any) -> None:
        kind = _DUMMIES.get(type(entity).__name__)
        if kind is not None:
            self.unsampled.append(
                Unsampled(kind=kind, name=entity.name, reason=_NOT_SAMPLED, site=resolve(call_site()))
            )

    def _close(self, original: Callable[..., None], entity: Any, *args: Any, **kwargs: Any) -> None:
        original(entity, *args, **kwargs)
        if self._arrivals.armed:
            self._arrivals.notify()

    def _leave(self, original: Callable[..., None], manager: Any, *args: Any) -> None:
        """Note what the end of a `with` block ends instead of its own subsegment: the innermost open one."""
        begun = self._by_entity.get(id(manager.subsegment))
        innermost = self.current_of(manager.recorder.context)
        if begun is not None and innermost is not manager.subsegment:
            begun.forgotten = self._by_entity.get(id(innermost))
        original(manager, *args)

    def _send(self, original: Callable[..., None], emitter: Any, entity: Any) -> None:
        # The emitter catches what the socket raises, `_not_sent` takes the entity back then, and what
        # its document raises before.
        self._local.sending, self._local.is_written = entity, False
        original(emitter, entity)
        if not self._local.is_written:
            self._not_written(entity)
        elif self._local.sending is entity:
            for begun in self._begun_in(entity):
                begun.sent = True
        self._local.sending = None
        if self._arrivals.armed:
            self._arrivals.notify()

    def _begun_in(self, entity: Any) -> Iterator[BegunEntity]:
        """Yield an entity, and those that its document embeds."""
        pending = [entity]
        for item in pending:  # grows while it is walked
            begun = self._by_entity.get(id(item))
            if begun is not None:
                yield begun
            pending += item.subsegments

    def _send_data(self, original: Callable[..., None], emitter: Any, data: str) -> None:
        self._local.is_written = True
        try:
            original(emitter, data)
        except OSError as error:
            size = len(data.encode("utf-8"))
            self._not_sent(getattr(self._local, "sending", None), size, error.strerror)
            raise

    def _not_sent(self, entity: Any, size: int, reason: str | None) -> None:
        name = getattr(entity, "name", "")
        message = (
            f"the document of {name!r}, {size} bytes, could not be sent ({reason}); UDP carries at "
            f"most {MAX_UDP_PAYLOAD}: lower streaming_threshold or put less into metadata"
        )
        self._lose(entity, message, {"bytes": size})
        self._local.sending = None

    def _not_written(self, entity: Any) -> None:
        try:
            entity.serialize()
        except Exception as error:  # noqa: BLE001  whatever the app's own values raise
            reason = f"{type(error).__name__}: {error}"
            message = (
                f"the document of {entity.name!r} cannot be written as JSON and was not sent ({reason}); "
                "put other values into its metadata"
            )
            self._lose(entity, message, {"reason": reason})

    def _lose(self, entity: Any, message: str, context: dict[str, Any]) -> None:
        """Report a document that is never sent."""
        begun = self._by_entity.get(id(entity))
        self.incidents.append(
            Incident(
                id="document_not_sent",
                channel="xray",
                name=getattr(entity, "name", ""),
                trace_id=getattr(entity, "trace_id", None),
                message=message,
                site=begun.site() if begun else resolve(call_site()),
                context=context,
            )
        )
        for lost in self._begun_in(entity) if entity is not None else ():
            lost.lost = True

    def close(self) -> None:
        """Close the sockets that the SDK never closes: under `-W error` the interpreter complains at exit."""
        for recorder in tuple(self.recorders):
            sender = getattr(recorder.emitter, "_socket", None)
            if sender is not None:
                sender.close()

    # What the SDK drops

    def _put_segment(self, original: Callable[..., None], context: Any, segment: Any) -> None:
        previous = self.current_of(context)
        if previous is not None and _is_real(previous):
            self._replace(getattr(previous, "parent_segment", previous), segment)
        original(context, segment)

    def _replace(self, replaced: Any, segment: Any) -> None:
        if replaced is segment:
            return  # put again, which loses nothing
        begun = self._by_entity.get(id(replaced))
        where = ""
        if begun is not None:
            begun.lost = True
            where = f" ({begun.site()})"
        self._report(
            "segment_replaced",
            f"segment {segment.name!r} was begun while segment {replaced.name!r}{where} was open: "
            f"it replaces it, and {replaced.name!r} is never sent; begin a subsegment instead",
            segment,
        )

    def current_of(self, context: Any) -> Any:
        """Return a context's current entity, without the SDK's complaint when there is none."""
        self._local.is_looking = True
        try:
            return context.get_trace_entity()
        finally:
            self._local.is_looking = False

    def _context_missing(self, original: Callable[..., Any], context: Any) -> Any:
        if getattr(self._local, "is_looking", False):
            return None
        # `patch_all()` patches the clients of exporters, too: their requests belong to no segment.
        if not (works_for_exporter() or _tears_down_again()):
            self._report(
                "context_missing",
                "the X-Ray SDK was called with no segment open, so what it was told is lost; "
                "begin a segment first, or pass the context on to this thread",
            )
        return original(context)

    def _put_annotation(self, original: Callable[..., None], entity: Any, key: Any, value: Any) -> None:
        original(entity, key, value)
        if not isinstance(key, str) or entity.annotations.get(key, _NOTHING) is not value:
            self._report(
                "annotation_dropped",
                f"annotation {key!r}={value!r} was dropped: keys are letters, digits and _, "
                "values str, int, float or bool",
                entity,
            )

    def _put_metadata(
        self, original: Callable[..., None], entity: Any, key: Any, value: Any, namespace: Any = "default"
    ) -> None:
        original(entity, key, value, namespace)
        if not isinstance(namespace, str) or key not in entity.metadata.get(namespace, ()):
            self._report(
                "metadata_dropped",
                f"metadata {key!r} was dropped: namespace {namespace!r} is no string or starts with 'AWS.'",
                entity,
            )

    # A trace id that a response announces

    def _watch_response_header(self, util: ModuleType) -> None:
        def announced(original: Callable[..., Any], origin_header: Any, segment: Any) -> Any:
            begun = self._by_entity.get(id(segment))
            if begun is not None:
                begun.announced = True
            return original(origin_header, segment)

        self._patches.wrap(util, "prepare_response_header", announced)

    def _report(self, identifier: str, message: str, entity: Any = None) -> None:
        self.incidents.append(
            Incident(
                id=identifier,
                channel="xray",
                message=message,
                name=getattr(entity, "name", ""),
                trace_id=getattr(entity, "trace_id", None),
                site=resolve(call_site()),
            )
        )


def _tears_down_again() -> bool:
    """Return whether Flask's middleware only looks for a segment to end.

    A test client that keeps the context, and a streamed response, tear a request down twice.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the one way to a caller's frame
    while frame is not None and not _is_teardown(frame.f_code):
        frame = frame.f_back
    return frame is not None and frame.f_locals.get("exception") is None


def _is_teardown(code: CodeType) -> bool:
    return code.co_name == "_teardown_request" and "/aws_xray_sdk/" in code.co_filename.replace("\\", "/")


def _is_real(entity: Any) -> bool:
    """Return whether an entity is meant to be sent: dummies (unsampled) and Lambda's facade are not."""
    return type(entity).__name__ in ("Segment", "Subsegment") and entity.sampled
