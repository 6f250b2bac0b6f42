"""`one_of`, `any_of`, `all_of` and `not_`: matchers made of values and matchers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.expect.compare import differences, equal
from harness.expect.freeze import freeze
from harness.expect.matcher import Matcher
from harness.expect.render import call


def _matches_absence(part: Any) -> bool:
    return isinstance(part, Matcher) and part.matches_absence()


@dataclass(frozen=True)
class AnyOf(Matcher):
    """Matches what at least one part matches."""

    name: str
    parts: tuple[Any, ...]

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        return None if any(equal(part, value) for part in self.parts) else "none of them matches"

    def matches_absence(self) -> bool:
        """Return True when a part does."""
        return any(map(_matches_absence, self.parts))

    def __repr__(self) -> str:
        return call(self.name, *self.parts)


@dataclass(frozen=True)
class AllOf(Matcher):
    """Matches what every part matches."""

    parts: tuple[Any, ...]

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        for part in self.parts:
            if found := differences(part, value):
                return f"not {call('', part)[1:-1]}" + (f": {found[0].reason}" if found[0].reason else "")
        return None

    def matches_absence(self) -> bool:
        """Return True when every part does."""
        return all(map(_matches_absence, self.parts))

    def __repr__(self) -> str:
        return call("all_of", *self.parts)


@dataclass(frozen=True)
class Not(Matcher):
    """Matches what its part does not match."""

    part: Any

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        return "it matches" if equal(self.part, value) else None

    def __repr__(self) -> str:
        return call("not_", self.part)


def one_of(*values: Any) -> AnyOf:
    """Match a value that is one of these.

    Raises:
        ValueError: No value, so that nothing could match.

    Example:
        >>> one_of("GET", "HEAD").matches("POST")
        False
    """
    return AnyOf("one_of", _parts("one_of", values))


def any_of(*matchers: Any) -> AnyOf:
    """Match a value that at least one matcher matches; `absent` may be one.

    Raises:
        ValueError: No matcher, so that nothing could match.

    Example:
        >>> from harness import absent, iso8601
        >>> any_of(absent, iso8601()).matches("yesterday")
        False
    """
    return AnyOf("any_of", _parts("any_of", matchers))


def all_of(*matchers: Any) -> AllOf:
    """Match a value that every matcher matches.

    Raises:
        ValueError: No matcher, so that everything would match.

    Example:
        >>> from harness import ends_with, starts_with
        >>> all_of(starts_with("/api"), ends_with("/home")).matches("/api/home")
        True
    """
    return AllOf(_parts("all_of", matchers))


def not_(matcher: Any) -> Not:
    """Match a value, captured, that the matcher does not match.

    Example:
        >>> not_("").matches("something")
        True
    """
    return Not(freeze(matcher))


def _parts(name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError(f"{name}: expected at least one value or matcher, none given")
    return tuple(map(freeze, values))
