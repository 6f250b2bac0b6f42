"""The lines of a YAML file: where they start, which are comments, and where the content of a part ends."""

from __future__ import annotations

import bisect
import re
from typing import Any

from harness.contract.accept.edits import Part, is_collection, parts_of

_COMMENT = re.compile(r" *#")


class Lines:
    """A text by its lines, which all end in a newline.

    Attributes:
        text: The whole.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def number(self, index: int) -> int:
        """Return the line that a character is in."""
        return bisect.bisect_right(self._starts, index) - 1

    def start(self, index: int) -> int:
        """Return where the line of a character starts."""
        return self._starts[self.number(index)]

    def end(self, index: int) -> int:
        """Return where the line of a character ends: at its newline."""
        return self.text.index("\n", index)

    def next(self, index: int) -> int:
        """Return where the line behind that of a character starts."""
        return self.end(index) + 1

    def column(self, index: int) -> int:
        """Return how far from its line's start a character is."""
        return index - self.start(index)

    def is_first(self, index: int) -> bool:
        """Return whether only spaces are before a character in its line."""
        return not self.text[self.start(index) : index].strip()

    def with_comments(self, index: int, floor: int) -> int:
        """Return where the comment directly above a character's line starts, or else that line.

        Args:
            floor: The end of the content before it, where no comment can be.
        """
        start, column = self.start(index), self.column(index)
        while start > 0:
            above = self.start(start - 1)
            if above <= floor or self._comment_column(above) != column:
                break
            start = above
        return start

    def with_inner_comments(self, end: int, column: int) -> int:
        """Return the start of the line behind a content's end and the comments that stand deeper than it."""
        behind = line = self.next(end)
        while line < len(self.text):
            comment = self._comment_column(line)
            if comment is None and self.text[line : self.end(line)].strip():
                break
            if comment is not None:
                if comment <= column:
                    break
                behind = self.next(line)
            line = self.next(line)
        return behind

    def _comment_column(self, start: int) -> int | None:
        """Return where in a line its comment stands; None when there is more in it, or less."""
        match = _COMMENT.match(self.text, start)
        return match.end() - 1 - start if match else None

    def content_end(self, part: Part) -> int:
        """Return where the last character of a part's content ends."""
        key, node = part
        if is_collection(node) and not node.flow_style:
            return self.content_end(parts_of(node)[-1])
        start: int = node.start_mark.index
        end: int = node.end_mark.index
        if start == end and key is not node:  # nothing: its mark is that of what follows
            return self.colon(key)
        return start + len(self.text[start:end].rstrip())

    def colon(self, key: Any) -> int:
        """Return the position behind the colon of a key."""
        return self.text.index(":", key.end_mark.index) + 1
