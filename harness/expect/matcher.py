"""What a matcher is, and the kinds of matchers that an expectation takes."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, Protocol, TypeAlias


class SupportsMatches(Protocol):
    """Any object with ``matches(value) -> bool``: ours and third parties'."""

    def matches(self, value: Any, /) -> bool:
        """Return True when the captured value is as meant."""
        ...


class SupportsEquals(Protocol):
    """A value whose ``==`` decides, as `dirty-equals` writes them."""

    def equals(self, other: Any, /) -> bool:
        """Return True when the captured value is as meant."""
        ...


AnyMatcher: TypeAlias = SupportsMatches | SupportsEquals
Text: TypeAlias = str | re.Pattern[str] | AnyMatcher
Number: TypeAlias = float | AnyMatcher
Flag: TypeAlias = bool | AnyMatcher


class Matcher(ABC):
    """A frozen value that decides whether a captured value is as meant.

    A new matcher is a frozen dataclass with `problem` and a ``repr`` that is
    Python source.
    """

    @abstractmethod
    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does.

        The reason is a clause for brackets (``no UTC offset``); the message
        around it states what was expected and what was captured.
        """

    def matches(self, value: Any, /) -> bool:
        """Return True when the captured value is as meant."""
        return self.problem(value) is None

    def explain(self, value: Any) -> str:
        """Return why the value does not match, empty when it does."""
        return self.problem(value) or ""

    def matches_absence(self) -> bool:
        """Return True when a key that was not captured is as meant."""
        return False
