"""Resources: what each program of a run says of itself, against the services of a contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.contract.deviations import Deviations
from harness.contract.items import Contract, Service
from harness.expect.compare import differences
from harness.expect.fields import MappingField
from harness.expect.render import short
from harness.model import Resource, Telemetry

SERVICE_NAME = "service.name"
_RESOURCE = MappingField("resource", lambda r: r.attributes, stem="resource", noun="resource attribute")


def resources_of(telemetry: Telemetry) -> Iterator[Resource]:
    """Yield the resource of each span, log record and OpenTelemetry metric."""
    yield from (span.resource for span in telemetry.spans)
    yield from (record.resource for record in telemetry.log_records)
    yield from (metric.resource for metric in telemetry.metrics if metric.namespace is None)


def different(resources: Iterator[Resource]) -> list[Resource]:
    """Return resources without those that have the attributes of one before."""
    found: dict[str, Resource] = {}
    for resource in resources:
        found.setdefault(repr(resource.attributes), resource)
    return list(found.values())


def named(service: Service) -> Any:
    """Return what a service expects of its name; None where it expects nothing."""
    return service.attributes.get(SERVICE_NAME) if isinstance(service.attributes, Mapping) else None


def service_of(services: Sequence[Service], resource: Resource) -> Service | None:
    """Return the service that a resource is of: of those with its name the closest; None if none has it."""
    if len(services) == 1:
        return services[0]
    own = [service for service in services if _is_named(service, resource)]
    return min(own, key=lambda one: len(_RESOURCE.problems(one.attributes, resource)), default=None)


def _is_named(service: Service, resource: Resource) -> bool:
    expected = named(service)
    return expected is None or not differences({SERVICE_NAME: expected}, resource.attributes)


def check_resources(
    contract: Contract, parts: Sequence[tuple[str, Telemetry]], deviations: Deviations
) -> None:
    """Check the resources of a run.

    Args:
        parts: Name of the scenario, and its telemetry.
    """
    services = contract.services
    captured: set[int] = set()
    for name, telemetry in parts if services else ():
        deviations.scenario = name
        for resource in different(resources_of(telemetry)):
            service = service_of(services, resource)
            if service is None:
                _add_unknown(services, resource, deviations)
                continue
            captured.add(id(service))
            for problem in _RESOURCE.problems(service.attributes, resource):
                _add(deviations, problem.id, problem.message, service, problem.about)
    deviations.scenario = ""
    for service in services:
        if service.is_required and id(service) not in captured:
            of_service = "" if named(service) is None else f" of service {short(named(service))}"
            _add(deviations, "resource_missing", f"no resource{of_service} was captured", service)


def _add_unknown(services: Sequence[Service], resource: Resource, deviations: Deviations) -> None:
    names = " or ".join(short(named(service)) for service in services)
    is_there = SERVICE_NAME in resource.attributes
    captured = f"captured {short(resource.attributes[SERVICE_NAME])}" if is_there else "none was captured"
    message = f"{SERVICE_NAME}: expected {names}, {captured}"
    deviations.add("resource_mismatch", "resource", message, where="resource", site=services[0].site)


def _add(deviations: Deviations, id_: str, message: str, service: Service, about: str = "") -> None:
    name = named(service)
    where = f"resource › {name}" if service.is_required and isinstance(name, str) else "resource"
    deviations.add(id_, "resource", message, where=where, site=service.site, about=about)
