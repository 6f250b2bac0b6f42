"""Whose a span, log record or metric is: the service's name, and which of them was only renamed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from harness.analysis.diff.edits import Edit
from harness.analysis.diff.once import Found
from harness.analysis.diff.values import Value, value_of
from harness.contract.resources import SERVICE_NAME, resources_of
from harness.model import Resource, Telemetry

SERVICE = "resource.service.name"
"""The path of the fact."""
SERVICE_CHANGED = "service_changed"
NAMELESS = "without a service.name"
"""What a resource is called that says no name."""


class Services:
    """The services of a run; where there is one, nothing has to say that it is of it.

    Attributes:
        only: The name of the one; None where there are several, or none has a name.
        are_several: Each span, log record and metric says whose it is.
    """

    def __init__(self, parts: Iterable[Telemetry] = ()) -> None:
        captured = (one.attributes.get(SERVICE_NAME) for part in parts for one in resources_of(part))
        texts = {name if isinstance(name, str) else None for name in captured}
        names = {None if text is None else _value(text) for text in texts}
        self.are_several = len(names) > 1
        self.only = names.pop() if len(names) == 1 else None

    def facts(self, resource: Resource) -> tuple[tuple[str, Value], ...]:
        """Return the fact that says whose something is, in a run of several services."""
        name = resource.attributes.get(SERVICE_NAME) if self.are_several else None
        return ((SERVICE, _value(name)),) if isinstance(name, str) else ()


@lru_cache(maxsize=1024)
def _value(name: str) -> Value:
    return value_of(SERVICE_NAME, name)


def service_edits(found: Iterable[Found], before: Services, after: Services) -> Iterator[Found]:
    """Yield edits with the services that they do not say, and without those that say nothing of their own.

    That a service has another name its resource says once, and not each of its nodes.
    """
    everything = list(found)
    renamed = {
        (edit.before, edit.after)
        for one in everything
        if one.signal == "resource"
        for edit in one.edits
        if edit.kind == "renamed"
    }
    for one in everything:
        if not any(edit.kind == SERVICE_CHANGED for edit in one.edits):
            yield one
            continue
        edits = [_said(edit, before, after) for edit in one.edits]
        yield one._replace(edits=[edit for edit in edits if _is_said(edit, renamed)])


def _said(edit: Edit, before: Services, after: Services) -> Edit:
    if edit.kind != SERVICE_CHANGED:
        return edit
    return edit._replace(before=edit.before or before.only, after=edit.after or after.only)


def _is_said(edit: Edit, renamed: set[tuple[Any, Any]]) -> bool:
    return edit.kind != SERVICE_CHANGED or (edit.before != edit.after and _names(edit) not in renamed)


def _names(edit: Edit) -> tuple[Any, ...]:
    return tuple(
        value.argument if isinstance(value, Value) else NAMELESS for value in (edit.before, edit.after)
    )
