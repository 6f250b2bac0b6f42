"""Span names with a word that is spelt otherwise everywhere else in the code."""

from __future__ import annotations

from collections.abc import Iterator

from harness.closest import closest
from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.doctor.source import words_of
from harness.model import Finding, Level

_MIN_LETTERS = 6
_MIN_ELSEWHERE = 2
_SIMILARITY = 0.9


def check(project: Project) -> Iterator[Finding]:
    """Yield words of span names that occur nowhere else, where a very similar one does."""
    words = project.source.words
    often = [w for w, count in words.items() if count >= _MIN_ELSEWHERE and len(w) >= _MIN_LETTERS]
    for name in project.source.spans:
        for word in words_of(name.text):
            if word in words or len(word) < _MIN_LETTERS:
                continue
            if near := closest(word, often, cutoff=_SIMILARITY):
                yield finding(
                    "span_name_spelling",
                    name.site,
                    f"span {name.text!r} has {word!r}, the rest of the code says {near!r}",
                    level=Level.INFO,
                )
