"""A run as the smallest contract that would notice every loss in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.contract.items import VERSION
from harness.contract.messages import forms_of
from harness.contract.write.exports import export_items
from harness.contract.write.log_records import log_record_items
from harness.contract.write.metrics import metric_items
from harness.contract.write.names import Named, entry, names_of
from harness.contract.write.operations import operations_of
from harness.contract.write.services import Services
from harness.contract.write.trees import Trees
from harness.contract.write.yaml_text import yaml_lines
from harness.model import RunRecord, Telemetry

SCHEMA_FILE = "contract.schema.json"
_HEADER = f"""\
# yaml-language-server: $schema=./{SCHEMA_FILE}
# levels: {{unexercised: error}}  # where all scenarios run, as in CI: what none of them captured was lost"""


def contract_text(record: RunRecord) -> str:
    """Return the contract of a run as YAML: sorted, one item a line, without ids and times.

    What changes from run to run becomes a type or a format, what stays is
    expected exactly, and what is missing in some requests is optional.

    >>> print(contract_text(RunRecord()), end="")
    # yaml-language-server: $schema=./contract.schema.json
    # levels: {unexercised: error}  # where all scenarios run, as in CI: what none of them captured was lost
    version: 1
    operations: []
    """
    parts = [*(scenario.telemetry for scenario in record.scenarios), record.outside]
    document: dict[str, Any] = {"version": VERSION}
    trees = Trees(parts)
    if resource := trees.services.written():
        document["resource"] = resource
    document["operations"] = operations_of(trees)
    sections = {name: write(parts, trees.services) for name, write in SECTION_WRITERS.items()}
    document |= {name: items for name, items in sections.items() if items}
    return "\n".join((_HEADER, *yaml_lines(document))) + "\n"


def _log_events(parts: Sequence[Telemetry]) -> list[dict[str, Any]]:
    groups = names_of(event.log_group for part in parts for event in part.log_events)
    by_group: dict[Named, list[str]] = {}
    for part in parts:
        for event in part.log_events:
            by_group.setdefault(groups[event.log_group], []).append(event.message)
    return [
        entry("log_event", (operator, argument)) | entry("log_group", group)
        for group, messages in sorted(by_group.items())
        for operator, argument in forms_of(messages)
    ]


SECTION_WRITERS: dict[str, Callable[[Sequence[Telemetry], Services], list[dict[str, Any]]]] = {
    "log_events": lambda parts, _: _log_events(parts),
    "log_records": log_record_items,
    "metrics": metric_items,
    "exports": lambda parts, _: export_items(parts),
}
"""Section → what writes its items, given the parts of a run and the services of all of it."""
