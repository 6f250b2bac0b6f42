"""Groups of traces: filter expressions that X-Ray takes, of services that are there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.errors import ConfigurationError, FilterError
from harness.model import Finding, Level
from harness.xray_filter.expression import Service

_OPERATIONS = ("create-group", "update-group")


def check(project: Project) -> Iterator[Finding]:
    """Yield expressions that do not parse, and services in them that the code does not name."""
    from harness.xray_filter import parse

    names = {name.text for name in project.source.segments}
    for command in project.commands:
        text = command.options.get("filter-expression", "")
        if command.operation not in _OPERATIONS or not text or "$" in text:  # a shell makes it another
            continue
        try:
            expression = parse(text)
        except FilterError as error:
            message = f"the filter of {command.operation} is refused: {error}"
            yield finding("filter_invalid", command.site, message)
            continue
        except ConfigurationError:
            return  # the parser is not installed
        for name in sorted(set(_services_in(expression)) - names) if names else ():
            yield finding(
                "group_matches_nothing",
                command.site,
                f"the filter has service({name!r}), and the code's segments are named "
                f"{', '.join(sorted(names))}; a service that only others call is not known here",
                level=Level.WARNING,
            )


def _services_in(node: Any) -> Iterator[str]:
    if isinstance(node, Service) and node.id is not None and node.id.name is not None:
        yield node.id.name
    if dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _services_in(getattr(node, field.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _services_in(item)
