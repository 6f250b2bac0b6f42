"""Whose a span, log record or metric is: the service's name, and which of them was only renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from harness.analysis.diff.edits import Edit
from harness.analysis.diff.once import Found
from harness.analysis.diff.values import Value, value_of
from harness.contract.resources import SERVICE_NAME
from harness.model import Resource

SERVICE = "resource.service.name"
"""The path of the fact."""
SERVICE_CHANGED = "service_changed"
NAMELESS = "without a service.name"
"""What a resource is called that says no name."""


def service_facts(resource: Resource) -> tuple[tuple[str, Value], ...]:
    """Return the fact that says whose something is; none where its resource does not."""
    name = resource.attributes.get(SERVICE_NAME)
    return _facts(name) if isinstance(name, str) else ()


@lru_cache(maxsize=1024)
def _facts(name: str) -> tuple[tuple[str, Value], ...]:
    return ((SERVICE, value_of(SERVICE_NAME, name)),)


def without_renamed_services(found: Iterable[Found]) -> Iterator[Found]:
    """Yield edits; that a service has another name its resource says once, and not each of its nodes."""
    everything = list(found)
    renamed = {
        (edit.before, edit.after)
        for one in everything
        if one.signal == "resource"
        for edit in one.edits
        if edit.kind == "renamed"
    }
    for one in everything:
        edits = [edit for edit in one.edits if edit.kind != SERVICE_CHANGED or _names(edit) not in renamed]
        yield one._replace(edits=edits) if renamed else one


def _names(edit: Edit) -> tuple[Any, ...]:
    return tuple(
        value.argument if isinstance(value, Value) else NAMELESS for value in (edit.before, edit.after)
    )
