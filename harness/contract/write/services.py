"""The services of a run: where there are several, each item says whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.contract.resources import SERVICE_NAME, different, resources_of
from harness.contract.write.resource import resource_of
from harness.contract.write.volatile import generalised
from harness.model import LogRecord, Metric, Resource, Span, Telemetry

Resourced = Span | LogRecord | Metric
_MOST = 20
"""So many names are of services; more are data."""


class Services:
    """The resources of a run by `service.name`, where it has several that stay from run to run."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._resources = resources
        names = [resource.attributes.get(SERVICE_NAME) for resource in self._resources]
        are_said = all(
            isinstance(name, str) and generalised(SERVICE_NAME, [name])[0] == "is" for name in names
        )
        self._names = sorted(set(map(str, names))) if are_said else []
        self._are_several = 1 < len(self._names) <= _MOST

    @classmethod
    def of(cls, parts: Iterable[Telemetry]) -> Services:
        """Return the services of a run."""
        return cls(different(one for part in parts for one in resources_of(part)))

    def written(self) -> dict[str, Any] | list[dict[str, Any]]:
        """Return what is written of all resources: of several services a list, the name first."""
        return self.listed() if self._are_several else _attributes(self._resources)

    def listed(self) -> list[dict[str, Any]]:
        """Return what is written of each service."""
        return [{SERVICE_NAME: name} | _attributes(self._of_name(name)) for name in self._names]

    def _of_name(self, name: str) -> list[Resource]:
        return [one for one in self._resources if one.attributes[SERVICE_NAME] == name]

    def name_of(self, value: Resourced) -> str:
        """Return the service that made a value; empty where the run is of one."""
        return str(value.resource.attributes.get(SERVICE_NAME, "")) if self._are_several else ""

    def entry(self, values: Sequence[Resourced]) -> dict[str, Any]:
        """Return the entry that says whose values are; none where the run is of one service."""
        names = sorted({self.name_of(value) for value in values})
        if not all(names):
            return {}
        return {
            "resource": {SERVICE_NAME: names[0]} if len(names) == 1 else {f"{SERVICE_NAME}/one_of": names}
        }


def _attributes(resources: Sequence[Resource]) -> dict[str, Any]:
    return resource_of([resource.attributes for resource in resources])
