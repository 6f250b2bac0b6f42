"""A diff as Markdown that fits a comment on a pull request."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from harness.analysis.diff import Change, Diff, Severity
from harness.report.diff_text import change_text, details, headline, noun_of
from harness.report.text import count_text, one_line

LIMIT = 60_000
"""Characters. GitHub takes 65,536 in a comment."""
_RESERVED = 300
_TICKS = re.compile("`+")


def diff_markdown(diff: Diff) -> str:
    r"""Return the diff, breaking changes first; what does not fit is counted.

    >>> diff_markdown(Diff())
    '### Telemetry diff: no changes\n'
    """
    lines = [f"### Telemetry diff: {headline(diff)}"]
    size = len(lines[0]) + 1
    left_out: list[Change] = []
    for line, change in _lines(diff):
        if left_out or size + len(line) + 1 > LIMIT - _RESERVED:
            left_out += [change] if change else []
            continue
        lines.append(line)
        size += len(line) + 1
    if left_out:
        lines += ["", f"… and {_counted(left_out)}; `harness diff` shows all."]
    return "\n".join(lines) + "\n"


def _lines(diff: Diff) -> Iterator[tuple[str, Change | None]]:
    """Yield each line, with the change that it is about."""
    packages = {package.name: package for package in diff.packages}
    for severity in Severity:
        changes = [change for change in diff.changes if change.severity is severity]
        if changes:
            yield "", None
            yield f"#### {severity.value.capitalize()}", None
            yield "", None
        for change in changes:
            if len(change.places) == 1:
                where = code(" › ".join(change.places[0].path))
            else:
                where = f"in {count_text(change.nodes, noun_of(change))}:"
            yield f"- {where} {code(change_text(change))} ({_plain(details(change, packages))})", change
    if diff.packages:
        yield "", None
        yield "#### Packages", None
        yield "", None
    for package in diff.packages:
        yield f"- {code(str(package))}", None


def code(text: str) -> str:
    r"""Return text as a code span, whatever it holds.

    >>> code("a `b`")
    '`` a `b` ``'
    """
    line = one_line(text)
    ticks = max((len(run) for run in _TICKS.findall(line)), default=0)
    if not ticks:
        return f"`{line}`"
    fence = "`" * (ticks + 1)
    return f"{fence} {line} {fence}"


def _plain(text: str) -> str:
    """Return text of which Markdown makes nothing: names come from the app."""
    return re.sub(r"([\\`*_{}\[\]<>#|~@])", r"\\\1", text)


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(change.severity for change in changes)
    words = ", ".join(f"{counts[severity]:,} {severity.value}" for severity in Severity if counts[severity])
    return f"{count_text(counts.total(), 'more change')} ({words})"
