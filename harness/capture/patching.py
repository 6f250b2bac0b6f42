"""Watching classes of other packages: every change is undone at the end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import wrapt


class Patches:
    """Wrappers put around methods, and hooks for modules not imported yet."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._active = True

    def when_imported(self, module: str, hook: Callable[[ModuleType], None]) -> None:
        """Call the hook with the module: now if it is imported, else as soon as it is."""

        def guarded(imported: ModuleType) -> None:
            if self._active:
                hook(imported)

        wrapt.register_post_import_hook(guarded, module)

    def wrap(self, owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
        """Replace ``owner.name`` by ``wrapper(original, *args, **kwargs)`` until `undo`."""
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return wrapper(original, *args, **kwargs)

        self.replace(owner, name, wrapped)

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Set ``owner.name`` until `undo`."""
        if name in vars(owner):
            previous = vars(owner)[name]
            self._undo.append(lambda: setattr(owner, name, previous))
        else:  # inherited: our attribute goes away again
            self._undo.append(lambda: delattr(owner, name))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Take every wrapper off again, last first."""
        self._active = False
        while self._undo:
            self._undo.pop()()
