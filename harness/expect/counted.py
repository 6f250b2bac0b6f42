"""The findings of what was captured more or less often than expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.expect.checker import Checker, Member
from harness.expect.expectation import Expectation
from harness.expect.explain import findings_against
from harness.expect.missing import instead_of, path_of
from harness.expect.render import plural, some
from harness.model.finding import Finding

_MOST = 100
"""Entries that are tried for the closest one."""


def _places(checker: Checker, expectation: Expectation[Any], indexes: Sequence[int]) -> str:
    """Name where entries are, with the line that made them where that is known."""
    pool = checker.pool(expectation)
    texts = []
    for index in indexes:
        site = pool.entries[index].site
        texts.append(path_of(pool, index) + (f" ({site})" if site else ""))
    return some(texts, 3)


def unexpected(checker: Checker, expectation: Expectation[Any], fitting: list[int]) -> Finding:
    """Return the finding for entries that should not be there."""
    places = _places(checker, expectation, fitting)
    text = f"expected no {expectation.describe_whole()}, captured {len(fitting)}: {places}"
    return _finding(checker, expectation, f"{expectation.STEM}_unexpected", text, fitting)


def miscounted(checker: Checker, count: int, expectation: Expectation[Any], fitting: list[int]) -> Finding:
    """Return the finding for entries that are more or fewer than expected."""
    noun = plural(count, expectation.NOUN)
    name = expectation.describe_whole().removeprefix(expectation.NOUN)
    text = f"expected {noun}{name}, captured {len(fitting)}"
    if len(fitting) > count:
        text += f": {_places(checker, expectation, fitting)}"
    elif differing := _differing(checker, expectation, fitting):
        text += f"; {differing}"
    return _finding(checker, expectation, "count_mismatch", text, fitting)


def _differing(checker: Checker, expectation: Expectation[Any], fitting: list[int]) -> str:
    """Say how the closest of those of the name that do not fit differs; without one, what was captured."""
    member = Member(expectation)
    fits = set(fitting)
    named = [i for i in checker.candidates(member) if i not in fits]
    others = [i for i in named if expectation.identifies(checker.entry(expectation, i))]
    if not others:
        return "" if fitting else instead_of(checker, member)
    found = [findings_against(checker, member, i, "") for i in others[:_MOST]]
    closest = min(found, key=len)
    return f"{len(others)} more differ, the closest in: {'; '.join(f.message for f in closest)}"


def _finding(
    checker: Checker, expectation: Expectation[Any], finding_id: str, text: str, fitting: list[int]
) -> Finding:
    first = checker.entry(expectation, fitting[0]) if fitting else None
    return Finding(
        id=finding_id,
        signal=expectation.SIGNAL,
        message=text,
        where=expectation.where(),
        site=first.site if first else None,
        trace_id=first.trace_id if first else None,
    )
