"""Spans that no exporter of their provider sent, while it sent others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from harness.capture.bucket import Bucket
from harness.capture.otel_evidence import StartedSpan, name_and_site
from harness.codec.otlp import SpanKey
from harness.model import ExportRequest, Incident, Site

_MOST_IDS = 1_000


class ExportComparison:
    """Knows which providers export to us. One that exports nothing, or elsewhere, is not judged."""

    def __init__(self) -> None:
        self._exporting: set[int] = set()

    def report(self, buckets: Iterable[Bucket]) -> None:
        """Tell each scenario of its spans that were left out, of each once; everything has been flushed."""
        # All of them first: any may show that a provider exports to us.
        not_on_wire = [(bucket, self._not_on_wire(bucket)) for bucket in buckets]
        for bucket, keys in not_on_wire:
            left_out = [key for key in keys if bucket.provider_of[key] in self._exporting]
            for key in left_out:
                del bucket.provider_of[key]
            if not _was_refused(bucket):  # else the exports say so
                bucket.add(*_incidents(bucket, left_out))

    def _not_on_wire(self, bucket: Bucket) -> list[SpanKey]:
        """Return the ended spans that were not exported, and remember the providers of the others."""
        for key in bucket.provider_of.keys() & bucket.on_wire.keys():
            self._exporting.add(bucket.provider_of.pop(key))
        return [key for key in bucket.provider_of if not _is_open(bucket, key)]


def _is_open(bucket: Bucket, key: SpanKey) -> bool:
    started = bucket.started[key]
    return isinstance(started, StartedSpan) and started.open


def _was_refused(bucket: Bucket) -> bool:
    exports = bucket.of(ExportRequest)
    return any(export.channel == "otlp" and not 200 <= export.status < 300 for export in exports)


def _incidents(bucket: Bucket, keys: Iterable[SpanKey]) -> Iterator[Incident]:
    by_place: defaultdict[tuple[str, Site | None], list[str]] = defaultdict(list)
    for key in keys:
        by_place[name_and_site(bucket.started[key])].append(f"{key[0].hex()}/{key[1].hex()}")
    for (name, site), ids in by_place.items():
        times = f" × {len(ids)}" if len(ids) > 1 else ""
        yield Incident(
            id="span_unexported",
            channel="otel",
            name=name,
            site=site,
            message=(
                f"span {name!r}{times} ended and was never exported, while its provider exports others: no"
                " backend sees it; look for a processor or exporter that leaves it out, a full queue, or a"
                " provider that was shut down before"
            ),
            context={"node_ids": ids[:_MOST_IDS]},
        )
