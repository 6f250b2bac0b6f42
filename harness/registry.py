"""Finding extensions: built-ins in their package, third parties by entry point.

A built-in is one new file in its package; a third party registers an entry
point in a group (``harness.channels``, ``harness.invariants``, …).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from types import ModuleType
from typing import Any, cast


def names(package: str) -> frozenset[str]:
    """Return the names of a package's modules that do not start with ``_``."""
    root = importlib.import_module(package)
    return frozenset(
        info.name for info in pkgutil.iter_modules(root.__path__) if not info.name.startswith("_")
    )


@cache
def installed() -> EntryPoints:
    """Return the entry points of everything installed, read once: each reading takes milliseconds."""
    return cast("EntryPoints", entry_points())  # Python 3.11's other type selects as well


def third_party_names(group: str) -> frozenset[str]:
    """Return the names that third parties have registered in an entry point group."""
    return frozenset(installed().select(group=group).names)


def load(package: str, group: str, name: str, attribute: str = "create") -> Any:
    """Return a built-in module's attribute, or the object a third party registered under the name.

    Raises:
        ImportError: It cannot be imported.
        AttributeError: A built-in module lacks the attribute.
    """
    if name in names(package):
        return getattr(importlib.import_module(f"{package}.{name}"), attribute)
    (point,) = installed().select(group=group, name=name)
    return point.load()


def built_in_modules(package: str) -> list[ModuleType]:
    """Return the modules of a package that do not start with ``_``, by name."""
    return [importlib.import_module(f"{package}.{name}") for name in sorted(names(package))]


def third_party(group: str) -> dict[str, Any]:
    """Return entry point name → loaded object, for one group, by name.

    Raises:
        ImportError: An entry point names something that cannot be imported.
    """
    points = installed().select(group=group)
    return {point.name: point.load() for point in sorted(points, key=lambda p: p.name)}
