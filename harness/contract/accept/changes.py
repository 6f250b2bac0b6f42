"""What would have to change in a contract file for a run to hold it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.contract.write.yaml_text import Said, yaml_lines

_OF_ONE = frozenset({"item", "count"})


@dataclass(frozen=True)
class Change:
    """One edit.

    Attributes:
        where: The operation, and the path below it.
        what: The key in it.
        before: As the file says it; empty for what is added.
        after: As it would say it; empty for what is removed.
        apply: Makes the edit in the loaded document.
        path: What tells the edit from others that read alike: operation and `when`, whole identities, keys.
        alike: How many edits before it are the same in all of this.
        relied_on: Who relies on the item, when it is public.
        asked: It is made only when it is named: nothing in the run contradicts the file.
        renamed: The old and the new name, where all that it changes is a name.
        passing: The item that it removes or adds, where that may only have moved.
        items: In how many items of one name it is made, of all or of none.
    """

    where: str
    what: str
    before: str
    after: str
    apply: Callable[[], None]
    path: tuple[str, ...] = ()
    alike: int = 0
    relied_on: str = ""
    asked: bool = False
    renamed: tuple[str, str] | None = None
    passing: Any = None
    items: int = 1

    @property
    def id(self) -> str:
        """Eight hexadecimal digits: the same for the same edit, wherever its line is by now."""
        before = self.before if self.what != "item" else ""  # what tells it from others may go with these
        text = repr((self.path, self.what, before, self.after, self.alike))
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:8]

    def __str__(self) -> str:
        if not self.before:
            edit = f"+ {self.after}"
        elif not self.after:
            edit = f"- {self.before}"
        else:
            edit = f"{self.before} → {self.after}"
        several = f" ({self.items} items)" if self.items > 1 else ""
        return f"{self.id}  {self.where}: {edit}{several}{self.relied_on if self.before else ''}"


def below(key: Any, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield changes with what they are below of in their path."""
    text = key if isinstance(key, str) else repr(key)
    return (replace(change, path=(text, *change.path)) for change in changes)


def as_one(changes: Iterable[Change]) -> list[Change]:
    """Return changes of several items of one name: what changes alike in some of them is one change.

    Items that come or go are no such change, and their number is each one's own.
    """
    alike: dict[tuple[Any, ...], list[Change]] = {}
    for number, change in enumerate(changes):
        own = number if change.what in _OF_ONE else None
        edit = change.renamed or (change.before, change.after)
        alike.setdefault((change.path, change.what, edit, own), []).append(change)
    return [_joined(some) for some in alike.values()]


def _joined(changes: Sequence[Change]) -> Change:
    """Return changes as one: of a name under which not all say the same, by the names alone."""
    first = changes[0]
    if len(changes) == 1:
        return first
    edits = {(change.before, change.after) for change in changes}
    before, after = first.renamed if first.renamed and len(edits) > 1 else edits.pop()

    def apply() -> None:
        for change in changes:
            change.apply()

    relied_on = "".join(dict.fromkeys(change.relied_on for change in changes))
    return replace(first, before=before, after=after, apply=apply, relied_on=relied_on, items=len(changes))


def told_apart(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield changes so that no two have the same id."""
    seen: Counter[str] = Counter()
    for change in changes:
        yield replace(change, alike=seen[change.id])
        seen[change.id] += 1


def shown(key: str, value: Any) -> str:
    """Return an entry as one line.

    >>> shown("rows/type", "int"), shown("attributes", {"a": 1})
    ('rows/type: int', 'attributes: {a: 1}')
    """
    plain = value.value if isinstance(value, Said) else value
    if isinstance(plain, dict):
        return f"{key}: {{{', '.join(shown(str(k), v) for k, v in plain.items())}}}"
    if isinstance(plain, list):
        return f"{key}: [{', '.join(_item(item) for item in plain)}]"
    return next(iter(yaml_lines({key: plain})))


def _item(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(shown(str(k), v) for k, v in value.items())}}}"
    return next(iter(yaml_lines([value])))[2:]
