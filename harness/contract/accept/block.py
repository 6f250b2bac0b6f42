"""Edits of block collections, which have one entry a line, as edits of their text.

What is removed takes along the comment at its end and the one directly above
it. Everything else in the file stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.contract.accept.edits import (
    Addition,
    Edits,
    Part,
    TextEdit,
    as_value,
    edited,
    is_collection,
    parts_of,
)
from harness.contract.accept.flow import flow_edits
from harness.contract.accept.lines import Lines
from harness.contract.write.yaml_text import WRITTEN_COMMENT, Said, scalar_text, yaml_lines

_HEADER = re.compile(r"[|>][-+0-9]*")


def block_edits(lines: Lines, root: Any, edits: Edits) -> Iterator[TextEdit]:
    """Yield the edits of the text that make those of a tree; none overlap."""
    yield from _Block(lines, edits, root, key=None).found()


def item_lines(lines: Lines, key: Any, items: Any, node: Any, edits: Edits) -> list[str]:
    """Return the lines of an item of a block list, its comments included, from its dash on.

    Args:
        key: The node of the key that the list is under.
        edits: What is to be otherwise in the item.
    """
    return _Block(lines, edits, items, key).lines_of(node)


@dataclass(frozen=True)
class _Block:
    """One block mapping or list.

    Attributes:
        key: The node of the key that it is under; None for an item of a list, and the whole.
    """

    lines: Lines
    edits: Edits
    collection: Any
    key: Any

    @property
    def _column(self) -> int:
        column: int = self.collection.start_mark.column
        return column

    def found(self) -> Iterator[TextEdit]:
        """Yield the edits of the collection and of those in it."""
        parts = parts_of(self.collection)
        kept = [part for part in parts if not self.edits.removes(part)]
        for part in kept:
            yield from self._kept(part)
        added = self.edits.added_to(self.collection)
        if not kept and not added:
            yield self._emptied(parts)
        if kept or added or self.key is not None:
            yield from self._removals(parts, kept)
        yield from self._additions(parts, kept, added)

    def lines_of(self, node: Any) -> list[str]:
        """Return the lines of an item with the edits in it, its comments included, from its dash on."""
        parts = parts_of(self.collection)
        number = next(number for number, part in enumerate(parts) if part.value is node)
        start, end = self._start(parts, number), self._behind(parts[number])
        whole = edited(self.lines.text, self._kept(parts[number]), start, end)
        return [line[self._column :] for line in whole.splitlines()]

    # What stays

    def _kept(self, part: Part) -> Iterator[TextEdit]:
        value, added = part.value, self.edits.added_to(part.value)
        if id(part.key) in self.edits.replaced:
            yield self._replaced(part, *self.edits.replaced[id(part.key)])
            return
        if id(part.key) in self.edits.renamed:
            yield self._renamed(part, self.edits.renamed[id(part.key)])
        if not is_collection(value):
            return
        elif not value.flow_style:
            key = part.key if self.collection.id == "mapping" else None
            yield from _Block(self.lines, self.edits, value, key).found()
        elif added and not value.value and self.collection.id == "mapping":
            yield self._replaced(part, part.key.value, as_value(value, added))
        else:
            yield from flow_edits(self.lines, value, self.edits)

    @staticmethod
    def _renamed(part: Part, key: str) -> TextEdit:
        return part.key.start_mark.index, part.key.end_mark.index, scalar_text(key)

    def _replaced(self, part: Part, key: str, value: Any) -> TextEdit:
        """Return the edit of an entry, or of an item of a list, which has no key.

        The comment at its end stays, unless `contract write` made it.
        """
        start, end = part.key.start_mark.index, self.lines.content_end(part)
        behind = self._behind_value(part, end)
        own = behind.strip()
        argument, said = (value.value, value.comment) if isinstance(value, Said) else (value, "")
        if not own or WRITTEN_COMMENT.fullmatch(own):
            behind = f"  # {said}" if said else ""
        first, *rest = yaml_lines({key: argument}) if key else _item_lines(argument)
        pad = " " * self.lines.column(start)
        new = "\n".join((first + behind.rstrip(), *(pad + line for line in rest)))
        return start, self.lines.end(end), new

    def _behind_value(self, part: Part, end: int) -> str:
        """Return what stands behind the value of an entry: of one of several lines, behind its key."""
        text, value = self.lines.text, part.value
        if is_collection(value) and not value.flow_style:
            if part.key is value:  # an item of a list: what is in it has lines and comments of its own
                return ""
            end = self.lines.colon(part.key)
        elif header := _HEADER.match(text, value.start_mark.index) if not is_collection(value) else None:
            end = header.end()
        return text[end : self.lines.end(end)]

    # What goes

    def _removals(self, parts: Sequence[Part], kept: Sequence[Part]) -> Iterator[TextEdit]:
        for number, part in enumerate(parts):
            if self.edits.removes(part):
                if number == 0 and self._is_compact(parts):
                    yield self._without_first(parts, kept)
                else:
                    yield self._start(parts, number), self._behind(part), ""

    def _is_compact(self, parts: Sequence[Part]) -> bool:
        """Return whether the first entry stands behind the dash of an item."""
        return self.collection.id == "mapping" and not self.lines.is_first(parts[0].key.start_mark.index)

    def _start(self, parts: Sequence[Part], number: int) -> int:
        """Return where a part starts, with the comment above it."""
        start = parts[number].key.start_mark.index
        if self.collection.id == "sequence":
            start = self._dash(start)
        if number:
            floor = self.lines.content_end(parts[number - 1])
        else:
            floor = self.key.end_mark.index if self.key is not None else -1
        return self.lines.with_comments(start, floor)

    def _dash(self, index: int) -> int:
        """Return where the dash of an item is: in its line, or above it."""
        start = self.lines.start(index)
        while not self.lines.text.startswith("-", start + self._column):
            start = self.lines.start(start - 1)
        return start + self._column

    def _behind(self, part: Part) -> int:
        """Return where the line behind a part starts."""
        return self.lines.with_inner_comments(self.lines.content_end(part), self._column)

    def _emptied(self, parts: Sequence[Part]) -> TextEdit:
        empty = "{}" if self.collection.id == "mapping" else "[]"
        if self.key is not None:
            colon = self.lines.colon(self.key)
            return colon, colon, f" {empty}"
        end = self.lines.content_end(parts[-1])
        return parts[0].key.start_mark.index, self.lines.end(end), empty

    def _without_first(self, parts: Sequence[Part], kept: Sequence[Part]) -> TextEdit:
        """Return the edit that removes what stands behind the dash of an item, and leaves the dash."""
        start = parts[0].key.start_mark.index
        behind = self._behind(parts[0])
        if kept and kept[0] is parts[1]:
            following = kept[0].key.start_mark.index
            if self.lines.start(following) == behind:
                return start, following, ""
        return self.lines.text.rindex("-", 0, start) + 1, behind - 1, ""

    # What comes

    def _additions(
        self, parts: Sequence[Part], kept: Sequence[Part], added: Sequence[Addition]
    ) -> Iterator[TextEdit]:
        least = 0
        if self._is_compact(parts):
            least = parts.index(kept[0]) + 1 if kept else len(parts)
        at: dict[int, list[str]] = {}
        for index, key, value in added:
            number = max(index, least)
            place = self._behind(parts[number - 1]) if number else self._start(parts, 0)
            at.setdefault(place, []).extend(yaml_lines({key: value} if key else [value]))
        pad = " " * self._column
        for place, new in at.items():
            yield place, place, "".join(f"{pad}{line}\n" for line in new)


def _item_lines(value: Any) -> list[str]:
    """Return the lines of an item of a list behind its dash."""
    return [line[2:] for line in yaml_lines([value])]
