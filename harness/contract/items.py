"""A contract as frozen values: what must be captured, and where the file says so."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.expect import Expectation
from harness.expect.parts import Part
from harness.model import Level, Site

VERSION = 1


class Presence(enum.StrEnum):
    """Whether an item must, may or must not be captured."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"


class Tier(enum.StrEnum):
    """Who relies on an item: a public one feeds a dashboard or an alarm, and must be exercised."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True)
class OptionalKey:
    """A key of an item that says ``/optional``, or an event or link that says ``presence: optional``.

    Attributes:
        path: The detail that it is in, then the keys down to it: ``("attributes", "app.user")``.
        site: Where the contract says so.
        part: The event or link that it is, where it is no key.
        number: How many such events or links there are when it is there.
        is_kind: Others of its name are told from it by their attributes.
    """

    path: tuple[str, ...]
    site: Site
    part: Part | None = field(default=None, compare=False)
    number: int = 1
    is_kind: bool = False


@dataclass(frozen=True, kw_only=True)
class Item:
    """One span, segment, log event, … of a contract.

    Attributes:
        kind: The key that it starts with: ``span``, ``log_event``, …
        expectation: Its identity and details.
        site: Where the contract says so.
        count: How many there must be, a whole number or a matcher; None: one child, or any number
            of what is no child.
        used_by: Dashboards, alarms and whoever else relies on it.
        children: Child spans, or subsegments.
        optional: Keys of its details that may be missing.
        operations: Names of the operations that make it: a log record's only.
    """

    kind: str
    expectation: Expectation[Any]
    site: Site
    presence: Presence = Presence.REQUIRED
    count: Any = None
    tier: Tier = Tier.INTERNAL
    used_by: tuple[str, ...] = ()
    children: tuple[Item, ...] = ()
    optional: tuple[OptionalKey, ...] = ()
    operations: tuple[Any, ...] = ()

    @property
    def relied_on(self) -> str:
        """What an error about the item adds: who relies on it; empty for an internal one."""
        if self.tier is not Tier.PUBLIC:
            return ""
        return f"; used by {', '.join(self.used_by)}" if self.used_by else "; it is public"

    @property
    def whole_relied_on(self) -> str:
        """The same when all of it is gone: of the item, or else of the first below it that is public."""
        below = (child.whole_relied_on for child in self.children)
        return self.relied_on or next(filter(None, below), "")

    def unexercised(self, levels: Mapping[str, Level]) -> Level:
        """Return the level of never having been captured: what is public must be."""
        return Level.ERROR if self.whole_relied_on else levels["unexercised"]

    def key_unexercised(self, levels: Mapping[str, Level]) -> Level:
        """Return the level of never having had an optional key: what is public must have had it."""
        return Level.ERROR if self.relied_on else levels["unexercised"]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a request emits: a root span or segment and what is below it.

    Attributes:
        when: Identity and details that tell this variant from others of its name.
    """

    item: Item
    when: Expectation[Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A finding that somebody has taken on, until a day.

    Attributes:
        finding: Its id.
        where: Its place, or what that is below; empty for any.
        expires: The last day, ``2027-01-31``.
    """

    finding: str
    where: str
    owner: str
    reason: str
    expires: str
    site: Site


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a program says of itself: the attributes of its resource.

    Attributes:
        attributes: What is expected of them; others may be there.
        is_required: It is one of a list, each of which must be captured.
    """

    attributes: Any
    site: Site
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What an app promises to emit.

    Attributes:
        digest: SHA-256 of its text, in hex.
        levels: Of what is captured and not declared, or declared and not captured.
        services: The resource of every span, log record and metric must be as one of them says.
    """

    file: str
    digest: str = ""
    levels: dict[str, Level] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    operations: tuple[Operation, ...] = ()
    log_events: tuple[Item, ...] = ()
    log_records: tuple[Item, ...] = ()
    metrics: tuple[Item, ...] = ()
    exports: tuple[Item, ...] = ()
    waivers: tuple[Waiver, ...] = ()
