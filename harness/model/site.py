"""Where in the source something was created."""

from __future__ import annotations

import msgspec


class Site(msgspec.Struct, frozen=True, gc=False):
    """A place in source code.

    Attributes:
        file: Path as the interpreter knows it, relative to the working
            directory where it lies below it.
        line: One-based line number.
        function: Qualified name of the function, empty when unknown.
    """

    file: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"
