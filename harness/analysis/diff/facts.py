"""The facts of spans, segments, events and data points: path → value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.analysis.diff.values import ABSENT, Value, merged, value_of
from harness.contract.messages import message_form
from harness.contract.write.names import key_form
from harness.model import Segment, SpanEvent, Status, Subsegment

Facts = tuple[tuple[str, Value], ...]
_MAX_DEPTH = 12
_YES = value_of("in_progress", value=True)
CALLED = ("parent_id", Value("str", "type", "str"))
"""Of a segment whose caller was not captured: that it has one."""
_ABSENT = Value(ABSENT, "type", ABSENT)


class FactTable:
    """Remembers the value of each (section, key, captured value): most recur."""

    def __init__(self) -> None:
        self._sections: dict[str, dict[Any, tuple[str, Value]]] = defaultdict(dict)
        self._is_reduced = False
        """A key had another form, or a mapping below it: two may have one path."""

    def of(self, section: str, captured: Mapping[str, Any]) -> list[tuple[str, Value]]:
        """Return the facts of a mapping, each key below the section."""
        found: list[tuple[str, Value]] = []
        facts = self._sections[section]
        for key, value in captured.items():
            kind = value.__class__
            if kind is dict or kind is list:
                self._is_reduced = True
                found += _nested(f"{section}.{key_form(key)}", key, value)
                continue
            known = facts.get((key, kind, value))
            if known is None:
                form = key_form(key)
                self._is_reduced = self._is_reduced or form != key
                known = facts[key, kind, value] = (f"{section}.{form}", value_of(key, value))
            found.append(known)
        if not self._is_reduced or len(dict(found)) == len(found):
            return found
        return list(united(found))


def _nested(path: str, key: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Value]]:
    """Yield the facts of a mapping key by key; those of mappings in a list together."""
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        for name, item in value.items():
            yield from _nested(f"{path}.{key_form(str(name))}", str(name), item, depth + 1)
    elif isinstance(value, list) and depth < _MAX_DEPTH and any(isinstance(item, Mapping) for item in value):
        yield from _of_items(
            f"{path}[]", key, [item for item in value if isinstance(item, Mapping)], depth + 1
        )
    else:
        yield path, value_of(key, value)


def _of_items(path: str, key: str, items: Sequence[Any], depth: int) -> Facts:
    """Return the facts of mappings in a list together; what some of them lack may be absent."""
    each = [dict(united(_nested(path, key, item, depth))) for item in items]
    paths = {one for facts in each for one in facts}
    return united((one, facts.get(one, _ABSENT)) for facts in each for one in paths)


def united(facts: Iterable[tuple[str, Value]]) -> Facts:
    """Return one fact for each path, sorted: what all that share it have in common."""
    by_path: dict[str, set[Value]] = {}
    for path, value in facts:
        by_path.setdefault(path, set()).add(value)
    return tuple((path, merged(by_path[path])) for path in sorted(by_path))


def event_facts(table: FactTable, event: SpanEvent) -> Facts:
    """Return the facts of a span's event, sorted."""
    return united(table.of("attributes", event.attributes))


def status_facts(status: Status) -> list[tuple[str, Value]]:
    """Return the form of a status's description, if it has one."""
    return (
        [("status.description", Value("str", "form", message_form(status.message)))] if status.message else []
    )


def document_facts(table: FactTable, document: Segment | Subsegment) -> list[tuple[str, Value]]:
    """Return the facts of a segment or subsegment."""
    found: list[tuple[str, Value]] = []
    for section in ("http", "aws", "sql", "service", "annotations", "metadata"):
        captured = getattr(document, section, None)
        if captured:
            found += table.of(section, captured)
    for name in ("user", "origin"):
        captured = getattr(document, name, None)
        if captured is not None:
            found.append((name, value_of(name, captured)))
    if document.in_progress:
        found.append(("in_progress", _YES))
    if isinstance(document.cause, dict):
        found += _cause(document.cause)
    return found


def _cause(cause: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """Yield what of the exceptions is no line number, id or message."""
    exceptions = cause.get("exceptions")
    for item in exceptions if isinstance(exceptions, list) else ():
        if isinstance(item, Mapping):
            for key in ("type", "remote"):
                if key in item:
                    yield f"cause.{key}", value_of(key, item[key])


class VaryingKeys:
    """Which keys of nodes of one name hold too many values to be compared one by one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[tuple[Hashable, str], set[Value]] = {}

    def note(self, node: Hashable, facts: Iterable[tuple[str, Value]]) -> None:
        """Take in the facts of one node."""
        for path, value in facts:
            seen = self._values.setdefault((node, path), set())
            if len(seen) <= self._most:
                seen.add(value)

    def reduction(self) -> Callable[[Hashable, Facts], Facts]:
        """Return what reduces the facts of a node to those compared."""
        varying = {key for key, seen in self._values.items() if len(seen) > self._most}

        def reduced(node: Hashable, facts: Facts) -> Facts:
            return tuple((path, value.loose() if (node, path) in varying else value) for path, value in facts)

        return reduced if varying else lambda _, facts: facts
