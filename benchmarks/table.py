"""The table that a run prints."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.figure import Figure

_HEAD = ("figure", "ours", "peer", "ratio", "spread", "target", "holds")


def render(figures: Iterable[Figure]) -> str:
    """Return the figures as aligned columns."""
    rows = [_HEAD, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    low, high = figure.spread
    return (
        figure.name,
        figure.ours,
        figure.peer,
        f"{figure.value:.2f} {figure.unit}",
        f"{low:.2f}–{high:.2f}",
        str(figure.target),
        "yes" if figure.target.holds(figure.value) else "NO",
    )
