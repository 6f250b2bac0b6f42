"""Finding extensions: built-ins in their package, third parties by entry point.

A built-in is one new file in its package; a third party registers an entry
point in the group of the same name (``harness.invariants``, …).
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


def built_in_modules(package: str) -> list[ModuleType]:
    """Return the modules of a package that do not start with ``_``, by name."""
    root = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(root.__path__))
    return [importlib.import_module(f"{package}.{name}") for name in names if not name.startswith("_")]


def third_party(group: str) -> dict[str, Any]:
    """Return entry point name → loaded object, for one group, by name.

    Raises:
        ImportError: An entry point names something that cannot be imported.
    """
    return {point.name: point.load() for point in sorted(entry_points(group=group), key=lambda p: p.name)}
