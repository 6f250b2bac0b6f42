"""Annotations against metadata: what a filter finds, and what only a person reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.analysis.parity.attributes import ANNOTATIONS, METADATA, annotation_key
from harness.analysis.parity.difference import Difference, both, harmless, shown
from harness.analysis.parity.pairing import Document
from harness.analysis.parity.volatile import same_form
from harness.closest import closest
from harness.model import Level

_NAMED = 5
_SET = f"set it as a span attribute, and list its key in {ANNOTATIONS}"


def compare_kept(xray: Document, otel: Document) -> Iterator[Difference]:
    """Yield what differs between the annotations and the metadata of two documents."""
    unexpected = dict(otel.annotations)
    unread = {(space, key): value for space, key, value in _metadata(otel)}
    for key, value in xray.annotations.items():
        yield from _annotation(key, value, unexpected, unread)
    for space, key, value in _metadata(xray):
        yield from _metadatum((space, key), value, unexpected, unread)
    if unexpected:
        yield harmless("parity_annotation_extra", f"annotations of OpenTelemetry only: {_some(unexpected)}")
    if unread:
        names = [f"{space}.{key}" for space, key in unread]
        yield harmless("parity_metadata_extra", f"metadata of OpenTelemetry only: {_some(names)}")


def _annotation(
    key: str, value: Any, annotations: dict[str, Any], metadata: dict[tuple[str, str], Any]
) -> Iterator[Difference]:
    """Yield what became of an annotation, and take it out of what is left."""
    if key in annotations:
        yield from _value(
            f"annotation {key!r}", "parity_annotation", value, annotations.pop(key), Level.ERROR
        )
        return
    if renamed := _respelt(key, annotations):
        # A filter asks for the one spelling.
        del annotations[renamed]
        message = f"annotation {key!r}: {both(key, renamed)}; name the span attribute {key!r}"
        yield Difference("parity_annotation_key", message)
        return
    attribute = _respelt(key, [name for space, name in metadata if space == "default"])
    if attribute is None:
        near = closest(key, [*annotations, *(name for _, name in metadata)])
        hint = f"; closest: {near!r}" if near else ""
        message = f"annotation {key!r}: {both(value, None)}{hint}; {_SET}"
        yield Difference("parity_annotation_missing", message)
        return
    captured = metadata.pop(("default", attribute))
    rename = "" if attribute == key else f", named {key!r},"
    yield Difference(
        "parity_annotation_is_metadata",
        f"annotation {key!r}: X-Ray {shown(value)},"
        f" OpenTelemetry metadata default.{attribute} = {shown(captured)},"
        f" which no filter finds; list the attribute{rename} in {ANNOTATIONS} of its span,"
        " or in indexed_attributes of the exporter",
    )


def _respelt(key: str, names: Any) -> str | None:
    """Return the name that is the key, or is when ``.`` and ``_`` are the same."""
    if key in names:
        return key
    return next((name for name in names if _spelling(name) == _spelling(key)), None)


def _spelling(key: str) -> str:
    return annotation_key(key).replace(".", "_")


def _metadatum(
    place: tuple[str, str], value: Any, annotations: dict[str, Any], metadata: dict[tuple[str, str], Any]
) -> Iterator[Difference]:
    """Yield what became of one key of metadata, and take it out of what is left."""
    space, key = place
    what = f"metadata {space}.{key}"
    if place in metadata:
        yield from _value(what, "parity_metadata", value, metadata.pop(place), Level.WARNING)
    elif ("default", key) in metadata:
        del metadata["default", key]
        yield harmless("parity_metadata_namespace", f"{what}: in OpenTelemetry it is default.{key}")
    elif key in annotations:
        del annotations[key]
        yield harmless("parity_metadata_indexed", f"{what}: in OpenTelemetry it is an annotation")
    else:
        cure = f"set the span attribute {METADATA}{space} to a JSON object with {key!r}"
        yield Difference("parity_metadata_missing", f"{what}: {both(value, None)}; {cure}", Level.WARNING)


def _value(what: str, id_: str, xray: Any, otel: Any, level: Level) -> Iterator[Difference]:
    if type(xray) is type(otel) and xray == otel:
        return
    if same_form(xray, otel):
        yield harmless("parity_value_volatile", f"{what}: {both(xray, otel)}")
        return
    kinds = "" if type(xray) is type(otel) else f" ({type(xray).__name__}, {type(otel).__name__})"
    yield Difference(id_, f"{what}: {both(xray, otel)}{kinds}; set the same value on the span", level)


def _metadata(document: Document) -> Iterator[tuple[str, str, Any]]:
    for space, values in document.metadata.items():
        if isinstance(values, dict):
            yield from ((space, str(key), value) for key, value in values.items())
        else:
            yield space, "", values


def _some(names: Any) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    return ", ".join(ordered[:_NAMED]) + more
