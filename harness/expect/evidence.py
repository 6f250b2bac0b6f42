"""What else was captured that may explain why something is missing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.expect.compare import equal
from harness.expect.expectation import Expectation
from harness.expect.omitted import OMITTED
from harness.expect.render import plural, shorten, some
from harness.model.evidence import Elsewhere, Unfinished
from harness.model.telemetry import Telemetry

_KINDS = {"span": ("span",), "segment": ("segment", "subsegment")}
_MOST = 3


def evidence(expectation: Expectation[object], telemetry: Telemetry) -> str:
    """Return clauses, each after ``; ``, on what was not sampled, is unfinished, rejected or was lost."""
    clauses = [
        _unsampled(expectation, telemetry),
        _unfinished(expectation, telemetry),
        _elsewhere(expectation, telemetry),
        *_losses(expectation, telemetry),
    ]
    return "".join(f"; {clause}" for clause in clauses if clause)


def _unsampled(expectation: Expectation[object], telemetry: Telemetry) -> str:
    """Name what has the name, was started, and goes to no exporter."""
    kinds = _KINDS.get(expectation.SIGNAL, ())
    if expectation.identity is OMITTED:
        return ""
    same = [
        item for item in telemetry.unsampled if item.kind in kinds and equal(expectation.identity, item.name)
    ]
    texts = [
        f"{item.kind} {item.name!r}"
        + (f" ({item.site})" if item.site else "")
        + (f" × {item.count}" if item.count > 1 else "")
        + f", {item.reason}"
        for item in same
    ]
    return f"started and not sampled: {some(texts, _MOST)}" if texts else ""


def _elsewhere(expectation: Expectation[object], telemetry: Telemetry) -> str:
    """Name what has the name, began here, and belongs to another scenario."""
    if expectation.SIGNAL != "span" or expectation.identity is OMITTED:
        return ""
    same = [item for item in telemetry.elsewhere if equal(expectation.identity, item.name)]
    return some(map(describe_elsewhere, same), _MOST)


def describe_elsewhere(item: Elsewhere) -> str:
    """Return ``span 'a' (app.py:7) belongs to no scenario: its parent 'b' (app.py:2) began there``."""
    owner = f"scenario {item.owner!r}" if item.owner else "no scenario (session_telemetry)"
    times = f" × {item.count}" if item.count > 1 else ""
    parent = f"{item.parent!r}" + (f" ({item.parent_site})" if item.parent_site else "")
    site = f" ({item.site})" if item.site else ""
    return f"span {item.name!r}{site}{times} belongs to {owner}: its parent {parent} began there"


def _unfinished(expectation: Expectation[object], telemetry: Telemetry) -> str:
    """Name what was begun and never ended: those of the name, or else all of the signal."""
    kinds = _KINDS.get(expectation.SIGNAL, ())
    related = [item for item in telemetry.unfinished if item.kind in kinds]
    name = expectation.exact_name()
    same = [item for item in related if any(part.name == name for part in _walk(item))]
    texts = [describe_unfinished(item) for item in same or related]
    return f"unfinished: {some(texts, _MOST)}" if texts else ""


def _walk(item: Unfinished) -> Iterator[Unfinished]:
    pending = [item]
    while pending:
        part = pending.pop()
        yield part
        pending += reversed(part.waits_for)


def describe_unfinished(item: Unfinished) -> str:
    """Return ``segment 'a' (app.py:7) waits for subsegment 'b' (app.py:9), begun and never ended``."""
    if item.waits_for:
        return f"{_named(item)} waits for {some(map(_named, _leaves(item)), _MOST)}, begun and never ended"
    return f"{_named(item)}, ended and never sent" if item.ended else f"{_named(item)}, begun and never ended"


def _leaves(item: Unfinished) -> list[Unfinished]:
    """Return those that hold the item back and wait for nothing themselves."""
    return [part for part in _walk(item) if part is not item and not part.waits_for]


def _named(item: Unfinished) -> str:
    site = f" ({item.site})" if item.site else ""
    return f"{item.kind} {item.name!r}{site}"


def _losses(expectation: Expectation[object], telemetry: Telemetry) -> Iterator[str]:
    rejected = [item for item in telemetry.rejected if item.channel in expectation.CHANNELS]
    if rejected:
        reason = shorten(rejected[0].reason, 80)
        first = reason if len(rejected) == 1 else f"first: {reason}"
        yield f"{plural(len(rejected), 'payload')} on channel {rejected[0].channel} rejected ({first})"
    incidents = [item for item in telemetry.incidents if item.channel in expectation.CHANNELS]
    if incidents:
        ids = some(dict.fromkeys(item.id for item in incidents))
        yield f"{plural(len(incidents), 'incident')} ({ids})"
