"""Exports as items: one for each channel and path, with the headers that every request has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.contract.sections import is_taken
from harness.contract.write.names import Named, entry, names_of
from harness.model import Telemetry

_TRANSPORT = frozenset(
    {
        "accept", "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization",
        "connection", "content-encoding", "content-length", "content-type", "host", "te",
        "traceparent", "tracestate",
        "transfer-encoding", "user-agent", "x-amz-date", "x-amz-target", "x-amz-security-token",
        "x-amzn-trace-id", "x-amz-content-sha256",
    }
)  # fmt: skip


def export_items(parts: Sequence[Telemetry]) -> list[dict[str, Any]]:
    """Return the items of exports, sorted."""
    paths = names_of(export.path for part in parts for export in part.exports)
    groups: dict[tuple[str, Named], list[dict[str, str]]] = {}
    for part in parts:
        for export in filter(is_taken, part.exports):
            groups.setdefault((export.channel, paths[export.path]), []).append(lowered(export.headers))
    return [
        entry("export", path)
        | {"channel": channel}
        | ({"headers": entries} if (entries := header_entries(sent)) else {})
        for (channel, path), sent in sorted(groups.items())
    ]


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their names in small letters."""
    return {name.lower(): value for name, value in headers.items()}


def header_entries(sent: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the entries of the headers that every request has; the value of an app's own is a secret."""
    names = set.intersection(*map(set, sent))
    described = {f"{name}/present": True for name in sorted(names - _TRANSPORT)}
    kinds = {headers.get("content-type") for headers in sent}
    return ({"content-type": kinds.pop()} if len(kinds) == 1 and None not in kinds else {}) | described
