"""A diff as text: what many places share once, then the tree of each changed operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.analysis.diff import Change, Diff, PackageChange, Place, Severity
from harness.report.text import clipped, count_text, one_line

_LINE = 400
_NAME = 120
_SIGNS = {"added": "+", "removed": "-"}
_NOUNS = {
    "span": "span",
    "segment": "segment",
    "log_event": "log event",
    "log_record": "log record",
    "metric": "metric",
    "export_request": "export request",
    "resource": "resource",
}
_WORDS = {
    "renamed": "renamed",
    "reparented": "reparented",
    "moved": "moved",
    "log_format_changed": "format",
}
_DEEPEST = 80


def diff_lines(diff: Diff) -> Iterator[str]:
    """Yield the lines of a diff, the verdict first.

    >>> list(diff_lines(Diff()))
    ['no changes']
    """
    yield headline(diff)
    yield from _packages(diff)
    yield from _alone(diff)
    packages = {package.name: package for package in diff.packages}
    shared = [change for change in diff.changes if len(change.places) > 1]
    if shared:
        yield ""
        yield "in several places"
        for change in shared:
            nodes = count_text(change.nodes, noun_of(change))
            yield f"  in {nodes}: {change_text(change)}  [{details(change, packages)}]"
    roots: dict[tuple[str, str], _Branch] = {}
    for change in diff.changes:
        if len(change.places) == 1:
            _plant(roots, change, change.places[0])
    for signal, name in sorted(roots, key=lambda root: list(_NOUNS).index(root[0])):
        yield ""
        yield from _operation(signal, name, roots[signal, name], packages)


def headline(diff: Diff) -> str:
    """Return how many changes there are of each severity."""
    if not diff.changes:
        return "no changes"
    counts = ", ".join(f"{diff.count(severity):,} {severity.value}" for severity in Severity)
    return f"{count_text(len(diff.changes), 'change')}: {counts}"


def change_text(change: Change) -> str:
    """Return what changed, as ``+ server.address = 'localhost'``."""
    sign = _SIGNS.get(change.kind, "~")
    return f"{sign} {one_line(clipped(_body(change), _LINE))}"


def _body(change: Change) -> str:
    what = change.what.removeprefix("attributes.")
    if change.kind in _SIGNS:
        value = change.before if change.kind == "removed" else change.after
        if not what:
            below = f" and {change.below:,} below" if change.below else ""
            return f"{noun_of(change)} {value}{below}"
        return f"{what} = {value}"
    before, after = (_fact(text) for text in (change.before, change.after))
    unit = f" ({change.unit})" if change.unit else ""
    if change.kind == "retyped":
        return f"retyped {what}: {before} → {after}"
    return f"{_WORDS.get(change.kind, what)}: {before} → {after}{unit}"


def _fact(text: str | None) -> str:
    return (text or "").removeprefix("attributes.")


def noun_of(change: Change) -> str:
    """Return what changed, in words."""
    return _NOUNS.get(change.noun, change.noun)


def details(change: Change, packages: dict[str, PackageChange]) -> str:
    """Return severity, where, which scenarios, and the package that carries the change."""
    parts = [change.severity.value, _place(change)]
    if change.scenarios:
        first, *more = change.scenarios
        parts.append(f"{len(more) + 1:,} scenarios" if more else one_line(clipped(first, _NAME)))
    if change.package in packages:
        parts.append(f"carried by {packages[change.package]}")
    elif change.scope:
        parts.append(f"scope {one_line(clipped(change.scope, _NAME))}")
    return " · ".join(parts)


def _place(change: Change) -> str:
    """Return where a change was seen most often, or how many nodes its only place has."""
    if len(change.places) <= 1:
        return count_text(change.nodes, noun_of(change))
    first = one_line(clipped(" › ".join(change.places[0].path), _NAME))
    return f"{first} and {count_text(len(change.places) - 1, 'more place')}"


def _packages(diff: Diff) -> Iterator[str]:
    if not diff.packages:
        return
    yield ""
    yield "packages"
    for package in diff.packages:
        carried = sum(change.package == package.name for change in diff.changes)
        yield f"  {one_line(str(package))}" + (
            f"  (carries {count_text(carried, 'change')})" if carried else ""
        )


def _alone(diff: Diff) -> Iterator[str]:
    for word, names in (("before", diff.only_before), ("after", diff.only_after)):
        if names:
            more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
            yield ""
            yield f"only {word}: {one_line(clipped(names[0], _NAME))}{more}"


@dataclass
class _Branch:
    """A node of a changed tree: what changed of it, and the changed nodes below."""

    changes: list[Change] = field(default_factory=list)
    below: dict[str, _Branch] = field(default_factory=dict)
    unchanged: int = 0


def _operation(signal: str, name: str, root: _Branch, packages: dict[str, PackageChange]) -> Iterator[str]:
    whole = [change for change in root.changes if _is_whole(change)]
    for change in whole:
        yield f"{change_text(change)}  [{details(change, packages)}]"
    if not whole:
        yield f"{_NOUNS[signal]} {one_line(clipped(name, _LINE))}"
    yield from _branch(root, "  ", packages)


def _plant(roots: dict[tuple[str, str], _Branch], change: Change, place: Place) -> None:
    """Hang a change into the tree of its operation."""
    at = roots.setdefault((change.signal, place.path[0]), _Branch())
    for step, name in enumerate(place.path):
        if step:
            at = at.below.setdefault(name, _Branch())
        if step < len(place.unchanged):
            at.unchanged = max(at.unchanged, place.unchanged[step])
    at.changes.append(change)


def _branch(branch: _Branch, indent: str, packages: dict[str, PackageChange]) -> Iterator[str]:
    """Yield what changed in and below a node, without recursion: a trace may be thousands deep."""
    pending: list[tuple[str, _Branch | str]] = [(indent, branch)]
    while pending:
        at, item = pending.pop()
        if isinstance(item, str):
            yield f"{at}{item}"
            continue
        for change in item.changes:
            if not _is_whole(change):
                yield f"{at}{change_text(change)}  [{details(change, packages)}]"
        if item.unchanged:
            pending.append((at, f"… {item.unchanged:,} unchanged"))
        deeper = at if len(at) > _DEEPEST else at + "  "
        for name, below in sorted(item.below.items(), reverse=True):
            pending.append((deeper, below))
            whole = [change for change in below.changes if _is_whole(change)]
            heads = [f"{change_text(change)}  [{details(change, packages)}]" for change in whole]
            pending += [(at, head) for head in heads or [one_line(clipped(name, _LINE))]]


def _is_whole(change: Change) -> bool:
    """Return whether a node itself was added or removed: its line names it."""
    return change.kind in _SIGNS and not change.what
