"""`present` and `absent`: whether something was captured at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from harness.expect.matcher import Matcher


@dataclass(frozen=True)
class Present(Matcher):
    """Matches a key that was captured, whatever its value."""

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        return "nothing is there" if value is None else None

    def __repr__(self) -> str:
        return "present"


@dataclass(frozen=True)
class Absent(Matcher):
    """Matches a key that was not captured."""

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        return None if value is None else "something is there"

    def matches_absence(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def __repr__(self) -> str:
        return "absent"


present: Final = Present()
"""The key was captured: ``attributes={"app.now": present}``."""

absent: Final = Absent()
"""The key was not captured: ``attributes={"app.password": absent}``."""
