"""The mark of an argument that was not given, so that None can be expected."""

from __future__ import annotations

import enum
from typing import Final


class Omitted(enum.Enum):
    """The type of `OMITTED`, for annotations."""

    OMITTED = "omitted"

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Final = Omitted.OMITTED
