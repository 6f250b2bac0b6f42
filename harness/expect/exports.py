"""`export_request`: a request that an exporter must have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.expect.argument import TEXT, WHOLE_NUMBER
from harness.expect.expectation import Expectation
from harness.expect.fields import Field, MappingField
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.model.evidence import ExportRequest
from harness.model.telemetry import Telemetry


def export_pool(telemetry: Telemetry) -> Pool:
    """Return the captured export requests in order of arrival."""
    return Pool(
        Entry(value=item, noun="export request", name=item.path, node_id=str(index), key=index)
        for index, item in enumerate(telemetry.exports)
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class ExportExpectation(Expectation[ExportRequest]):
    """What `export_request` returns."""

    SIGNAL: ClassVar = "export_request"
    NOUN: ClassVar = "export request"
    STEM: ClassVar = "export"
    BUILDER: ClassVar = "export_request"
    IDENTITY: ClassVar = "path"
    CHANNELS: ClassVar = ("otel", "otlp", "xray", "cloudwatch", "aws")
    POOL: ClassVar = export_pool
    IDENTITY_TAKES: ClassVar = TEXT
    FIELDS: ClassVar = (
        Field("channel", lambda r: r.channel, takes=TEXT),
        MappingField("headers", lambda r: r.headers, stem="header", noun="header"),
        Field("items", lambda r: r.items, takes=WHOLE_NUMBER),
    )

    path: Any
    channel: Any = OMITTED
    headers: Any = OMITTED
    items: Any = OMITTED

    @property
    def identity(self) -> Any:
        """The path."""
        return self.path


def export_request(
    path: Text,
    *,
    channel: Text | Omitted = OMITTED,
    headers: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    items: int | AnyMatcher | Omitted = OMITTED,
) -> ExportExpectation:
    """Expect a request that reached a receiver.

    Args:
        path: ``/v1/traces``, or an AWS operation such as ``PutLogEvents``.
        channel: ``otlp``, ``xray`` or ``aws``.
        headers: Those that must be there; names in any case.
        items: How many spans, metrics, records or events it carried.

    Example:
        >>> export_request("/v1/traces", headers={"X-Tenant": "a"})
        export_request('/v1/traces', headers={'x-tenant': 'a'})
    """
    if isinstance(headers, Mapping):
        headers = {name.lower() if isinstance(name, str) else name: value for name, value in headers.items()}
    return ExportExpectation(
        path=freeze(path), channel=freeze(channel), headers=freeze(headers), items=freeze(items)
    )
