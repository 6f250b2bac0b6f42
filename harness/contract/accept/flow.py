"""Edits of flow collections, ``{a: 1, b: [x]}``, as edits of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from harness.contract.accept.edits import Edits, Part, TextEdit, is_collection, parts_of
from harness.contract.accept.lines import Lines
from harness.contract.write.yaml_text import Said, scalar_text

_COMMA = re.compile(r"(?:\s|#[^\n]*\n)*,[ \t]*")
_BREAKS = re.compile(r"[,\[\]{}]")


def flow_edits(lines: Lines, collection: Any, edits: Edits) -> Iterator[TextEdit]:
    """Yield the edits of a flow collection and of those in it."""
    parts = parts_of(collection)
    kept = [part for part in parts if not edits.removes(part)]
    for part in parts:
        if edits.removes(part):
            end = lines.content_end(part)
            comma = _COMMA.match(lines.text, end)
            yield part.key.start_mark.index, comma.end() if comma and parts[-1] is not part else end, ""
        elif id(part.key) in edits.replaced:
            key, value = edits.replaced[id(part.key)]
            new = _entry_text(key, value) if key else flow_text(value)
            yield part.key.start_mark.index, lines.content_end(part), new
            continue
        elif id(part.key) in edits.renamed:
            key = flow_text(edits.renamed[id(part.key)])
            yield part.key.start_mark.index, part.key.end_mark.index, key
        if is_collection(part.value) and not edits.removes(part):
            yield from flow_edits(lines, part.value, edits)
    yield from _last_comma(lines, parts, kept)
    yield from _additions(lines, collection, kept, edits)


def _last_comma(lines: Lines, parts: Sequence[Part], kept: Sequence[Part]) -> Iterator[TextEdit]:
    """Yield the edit that removes the comma behind the last part that stays, when others were behind it."""
    if kept and kept[-1] is not parts[-1]:
        end = lines.content_end(kept[-1])
        comma = _COMMA.match(lines.text, end)
        if comma and "#" not in comma[0]:
            spaced = lines.text[comma.end()] in "#\n"
            yield end, end + len(comma[0].rstrip()) if spaced else comma.end(), ""


def _additions(lines: Lines, collection: Any, kept: Sequence[Part], edits: Edits) -> Iterator[TextEdit]:
    at: dict[int, list[str]] = {}
    for index, key, value in edits.added_to(collection):
        before = [part for part in parts_of(collection)[:index] if not edits.removes(part)]
        place = lines.content_end(before[-1]) if before else collection.start_mark.index + 1
        at.setdefault(place, []).append(_entry_text(key, value) if key else flow_text(value))
    for place, new in at.items():
        joined = ", ".join(new)
        if place == collection.start_mark.index + 1:
            yield place, place, f"{joined}, " if kept else joined
        else:
            yield place, place, f", {joined}"


def _entry_text(key: str, value: Any) -> str:
    return f"{flow_text(key)}: {flow_text(value)}"


def flow_text(value: Any) -> str:
    """Return a value as it stands in a flow collection.

    >>> flow_text({"a": ["x, y", 1]})
    "{a: ['x, y', 1]}"
    """
    if isinstance(value, Said):
        return flow_text(value.value)
    if isinstance(value, dict):
        return f"{{{', '.join(_entry_text(key, item) for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow_text, value))}]"
    text = scalar_text(value)
    return f"'{text}'" if text[:1] not in "'\"" and _BREAKS.search(text) else text
