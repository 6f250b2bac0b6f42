"""Causes: which package versions changed, and which change each carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from harness.analysis.diff.changes import Change
from harness.model import Telemetry

_SDK = "opentelemetry-sdk"
"""The distribution; its own metrics have a scope of this name."""
_INSTRUMENTATION = "opentelemetry.instrumentation."
_SCOPE = attrgetter("scope.name", "scope.version")
_RESOURCE = attrgetter("resource.attributes")
_BY_SIGNAL = {
    "segment": ("aws-xray-sdk",),
    "log_event": ("watchtower",),
    "resource": (_SDK, "opentelemetry-sdk-extension-aws"),
}
_BY_EXPORT = {
    "otlp": (
        "opentelemetry-exporter-otlp-proto-http",
        "opentelemetry-exporter-otlp-proto-grpc",
        "opentelemetry-exporter-http-transport",
        "requests",
    ),
    "xray": ("aws-xray-sdk",),
    "aws": ("botocore", "boto3"),
}


class PackageChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A distribution whose version is another one; None where it is not installed."""

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.name} added: {self.after}"
        if self.after is None:
            return f"{self.name} removed: {self.before}"
        return f"{self.name} {self.before} → {self.after}"


def told_packages(telemetries: Iterable[Telemetry]) -> dict[str, str]:
    """Return distribution → version, as telemetry itself says: by its scopes, and its SDK's resource.

    Source: OpenTelemetry's semantic conventions, ``telemetry.sdk.*``.

    >>> told_packages([])
    {}
    """
    found: dict[str, str] = {}
    for telemetry in telemetries:
        items: tuple[Any, ...] = (*telemetry.spans, *telemetry.metrics, *telemetry.log_records)
        for name, version in dict.fromkeys(map(_SCOPE, items)):
            if version and name.startswith(_INSTRUMENTATION):
                found.setdefault(distribution_of(name), version)
        for resource in map(_RESOURCE, items):
            if resource and resource.get("telemetry.sdk.language") == "python":
                found.setdefault(_SDK, str(resource.get("telemetry.sdk.version", "")))
                break  # the first that says so is believed
    return found


def package_changes(
    before: Mapping[str, str], after: Mapping[str, str], *, complete: bool = True
) -> tuple[PackageChange, ...]:
    """Return the packages that differ, by name.

    Args:
        complete: Both runs say all that they had, so that a name that only one has came or went.

    >>> [str(change) for change in package_changes({"flask": "3.0"}, {"flask": "3.1", "boto3": "1"})]
    ['boto3 added: 1', 'flask 3.0 → 3.1']
    """
    names = before.keys() | after.keys() if complete else before.keys() & after.keys()
    return tuple(
        PackageChange(name=name, before=before.get(name), after=after.get(name))
        for name in sorted(names)
        if before.get(name) != after.get(name)
    )


def with_cause(change: Change, packages: Mapping[str, PackageChange]) -> Change:
    """Return the change with the package that carries it, if its version changed."""
    for name in _carriers(change):
        if name in packages:
            return msgspec.structs.replace(change, package=name)
    return change


def _carriers(change: Change) -> tuple[str, ...]:
    """Return the distributions that may carry a change, the likeliest first."""
    if change.scope.startswith(_INSTRUMENTATION):
        return (distribution_of(change.scope),)
    if change.scope == _SDK:
        return (_SDK,)
    if change.signal == "export_request":
        channel = change.places[0].path[0].partition(" ")[0] if change.places else ""
        return _BY_EXPORT.get(channel, ())
    return _BY_SIGNAL.get(change.signal, ())


def distribution_of(scope: str) -> str:
    """Return the distribution of an instrumentation's scope.

    >>> distribution_of("opentelemetry.instrumentation.botocore.dynamodb")
    'opentelemetry-instrumentation-botocore'
    """
    library = scope.removeprefix(_INSTRUMENTATION).partition(".")[0]
    return f"opentelemetry-instrumentation-{library.replace('_', '-')}"
