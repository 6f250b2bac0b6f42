"""`python -m benchmarks [NAME…]`: run the named benchmarks, or all, and print one table."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import benchmarks
from benchmarks.table import render

_PREFIX = "bench_"


def main(wanted: list[str]) -> int:
    """Print the table; figures that miss their target are no failure, a benchmark that breaks is."""
    modules = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    names = sorted(name.removeprefix(_PREFIX) for name in modules if name.startswith(_PREFIX))
    unknown = set(wanted) - set(names)
    if unknown:
        print(f"unknown benchmark {min(unknown)!r}; known: {', '.join(names)}", file=sys.stderr)
        return 2
    figures = []
    for name in wanted or names:
        module = importlib.import_module(f"benchmarks.{_PREFIX}{name}")
        if not wanted and getattr(module, "ON_REQUEST", False):
            continue
        begun = time.monotonic()
        figures += module.measure()
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(render(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
