"""Events and links of a contract: names, or mappings with attributes, and whether they may be missing."""

from __future__ import annotations

import dataclasses
from typing import Any

from harness.contract.items import Presence
from harness.contract.kinds import EVENTS
from harness.contract.problems import Problems
from harness.contract.values import Entry, ValueReader, given
from harness.contract.yaml_nodes import place_of
from harness.expect import event, link
from harness.expect.events import EventExpectation
from harness.expect.links import LinkExpectation
from harness.expect.matcher import Matcher
from harness.expect.parts import Part

PART_PRESENCE = (Presence.REQUIRED, Presence.OPTIONAL)
"""What ``presence`` of an event or link may say."""


class PartReader:
    """Reads the events and links of a span and adds to `problems` what cannot be one."""

    def __init__(self, values: ValueReader, problems: Problems) -> None:
        self._values = values
        self._problems = problems

    def parts(self, name: str, entry: Entry) -> list[Part]:
        """Return the parts that an entry lists.

        Args:
            name: ``events`` or ``links``.
        """
        read = self._event if name == EVENTS else self._link
        return [part for node in self._values.items(entry) if (part := read(node)) is not None]

    def _link(self, node: Any) -> Part:
        """Return a link; one that says nothing is any: there must be one more."""
        found = {entry.key: entry for entry in self._values.known(node, "link", ("attributes", "presence"))}
        return self._present(link(**self._attributes(found)), found)

    def _event(self, node: Any) -> Part | None:
        if node.id == "scalar":
            name = self._values.value(node)
            if isinstance(name, str):
                return event(name)
            self._problems.add(place_of(node), f"event: expected its name, {given(node)} given")
            return None
        known = self._values.known(node, "event", ("event", "attributes", "presence"), ("event",))
        found = {entry.key: entry for entry in known}
        if "event" not in found:
            self._problems.add(place_of(node), "'event' is missing: write a name, or event and attributes")
            return None
        told, name = len(self._problems), self._values.expected(found["event"])
        if len(self._problems) == told and not isinstance(name, str | Matcher):
            node = found["event"].node
            self._problems.add(place_of(node), f"event: expected its name, {given(node)} given")
        attributes = self._attributes(found)
        return self._present(event(name, **attributes), found) if len(self._problems) == told else None

    def _attributes(self, found: dict[str, Entry]) -> dict[str, Any]:
        if "attributes" not in found:
            return {}
        return {"attributes": self._values.mapping(found["attributes"].node, "attributes")}

    def _present(self, part: EventExpectation | LinkExpectation, found: dict[str, Entry]) -> Part:
        """Return the part as its ``presence`` says."""
        entry = found.get("presence")
        presence = self._values.constant(entry, Presence)
        if entry is not None and presence is Presence.FORBIDDEN:
            message = "presence: an event or link is required or optional, 'forbidden' given"
            self._problems.add(place_of(entry.node), message)
        return dataclasses.replace(part, optional=presence is Presence.OPTIONAL)
