"""What the other attributes of a span are in X-Ray: annotations, metadata, user."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from harness.analysis.parity.http_block import CONSUMED
from harness.model import Span

ANNOTATIONS = "aws.xray.annotations"
"""The attribute that lists the keys of its span that become annotations."""
METADATA = "aws.xray.metadata."
"""Before a metadata namespace: an attribute that holds a JSON object as text."""

_NOT_IN_A_KEY = re.compile(r"[^0-9A-Za-z.]")


@dataclass(frozen=True)
class Indexed:
    """The settings of the exporter that decide what becomes an annotation.

    Attributes:
        attributes: Its ``indexed_attributes``.
        all: Its ``index_all_attributes``.
    """

    attributes: frozenset[str] = frozenset()
    all: bool = False


class Kept(NamedTuple):
    """What is left of a span's attributes."""

    user: str | None
    annotations: dict[str, Any]
    metadata: dict[str, Any]


def annotation_key(key: str) -> str:
    """Return the key as the exporter writes it: dots stay, all else but letters and digits is ``_``.

    >>> annotation_key("app.user-id")
    'app.user_id'
    """
    return _NOT_IN_A_KEY.sub("_", key)


def kept_attributes(span: Span, indexed: Indexed, *, with_resource: bool) -> Kept:
    """Return user, annotations and metadata.

    Args:
        with_resource: The document is a segment: subsegments do not repeat the resource.

    >>> span = Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0,
    ...             attributes={"rows": 3, "handle": "worf", "aws.xray.annotations": ["handle"]})
    >>> kept_attributes(span, Indexed(), with_resource=False)
    Kept(user=None, annotations={'handle': 'worf'}, metadata={'default': {'rows': 3}})
    """
    left = {key: value for key, value in span.attributes.items() if key not in CONSUMED}
    # What the exporter is told to index is indexed even when it is in the http block, too.
    left |= {key: span.attributes[key] for key in indexed.attributes if key in span.attributes}
    user = left.pop("enduser.id", None)
    listed = left.pop(ANNOTATIONS, ())
    keys = set(indexed.attributes)
    if isinstance(listed, list | tuple):
        keys |= {key for key in listed if isinstance(key, str)}
    if with_resource:
        left |= {f"otel.resource.{key}": value for key, value in span.resource.attributes.items()}
    annotations: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    for key, value in left.items():
        if not (indexed.all or key in keys):
            _add_metadata(metadata, key, value)
        elif type(value) in (str, int, float, bool):
            annotations[annotation_key(key)] = value
    return Kept(user if isinstance(user, str) and user else None, annotations, metadata)


def _add_metadata(metadata: dict[str, Any], key: str, value: Any) -> None:
    if key.startswith(METADATA) and isinstance(value, str):
        namespace = key.removeprefix(METADATA)
        try:
            values = json.loads(value)
        except (ValueError, RecursionError):
            values = None
        if isinstance(values, dict):
            # Its own default namespace is there in any case.
            name = "default" if namespace.lower() == "default" else namespace
            metadata.setdefault(name, {}).update(values)
            return
    metadata.setdefault("default", {})[key] = value
