"""Matchers that raise: a finding of its own, since `not_` and `expect_none` would turn a mismatch round."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from harness.errors import HarnessError
from harness.expect.matcher import Matcher
from harness.model.finding import Finding
from harness.model.site import Site

FINDING_ID = "matcher_raised"


@dataclass(frozen=True)
class Raised:
    """A matcher that raised, whatever it was asked for.

    Attributes:
        matcher: Its source.
        error: The name of the exception: its text may hold what was captured, a secret's value too.
        site: The line that raised.
    """

    matcher: str
    error: str
    site: Site


_collected: ContextVar[list[Raised] | None] = ContextVar("raised", default=None)


@contextmanager
def collecting() -> Iterator[list[Raised]]:
    """Collect what matchers raise in one check, so that its other findings are told."""
    raised: list[Raised] = []
    token = _collected.set(raised)
    try:
        yield raised
    finally:
        _collected.reset(token)


def reason_of(matcher: Matcher, captured: Any) -> str | None:
    """Return `Matcher.problem`; while collecting, what it raises is the reason.

    Raises:
        HarnessError: It is an error of ours, such as a pattern that takes too long.
    """
    try:
        return matcher.problem(captured)
    except HarnessError:
        raise
    except Exception as error:
        raised = _collected.get()
        if raised is None:
            raise
        site = _site(error)
        raised.append(Raised(repr(matcher), type(error).__name__, site))
        return f"it raised {type(error).__name__}: {error} at {site}"


def _site(error: Exception) -> Site:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    path = os.path.relpath(frame.filename)
    return Site(frame.filename if path.startswith(os.pardir) else path, frame.lineno or 0, frame.name)


def findings_of(raised: Sequence[Raised], expectations: Sequence[Any]) -> Iterator[Finding]:
    """Yield a finding for each matcher and line that raised, at the expectation that it is part of."""
    for item in dict.fromkeys(raised):
        owner = next((each for each in expectations if item.matcher in repr(each)), expectations[0])
        yield Finding(
            id=FINDING_ID,
            signal=owner.SIGNAL,
            where=owner.where(),
            site=item.site,
            message=f"matcher {item.matcher} raised {item.error}, so what it was asked for is not known",
        )
