"""The examples in docstrings are run, all of them."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import harness

MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(harness.__path__, "harness.")
    if not info.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


def test_every_public_function_has_an_example() -> None:
    names = [name for name in harness.__all__ if name.islower() and name != "__version__"]
    functions = [value for name in names if callable(value := getattr(harness, name))]
    assert len(functions) > 20
    assert [f.__name__ for f in functions if ">>> " not in (f.__doc__ or "")] == []
