"""Causes: which package versions changed, and which change each carries."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.analysis.diff.changes import Change

_INSTRUMENTATION = "opentelemetry.instrumentation."
_BY_SIGNAL = {
    "segment": ("aws-xray-sdk",),
    "log_event": ("watchtower",),
    "resource": ("opentelemetry-sdk", "opentelemetry-sdk-extension-aws"),
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


def package_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[PackageChange, ...]:
    """Return the packages that differ, by name; none when a run does not say what it had.

    >>> [str(change) for change in package_changes({"flask": "3.0"}, {"flask": "3.1", "boto3": "1"})]
    ['boto3 added: 1', 'flask 3.0 → 3.1']
    """
    if not before or not after:
        return ()
    return tuple(
        PackageChange(name=name, before=before.get(name), after=after.get(name))
        for name in sorted(before.keys() | after.keys())
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
