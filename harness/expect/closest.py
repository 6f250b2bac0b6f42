"""The closest candidate: what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_CUTOFF = 0.6
_MOST = 2_000
_LENGTH = 200


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like the word, None when none is alike.

    Only the first 200 characters of the first 2,000 candidates are compared.

    Example:
        >>> closest("app.result_length", ["http.method", "app.results_length"])
        'app.results_length'
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word[:_LENGTH])
    best, best_ratio = None, _CUTOFF
    for candidate in list(dict.fromkeys(candidates))[:_MOST]:
        matcher.set_seq1(candidate[:_LENGTH])
        if matcher.real_quick_ratio() < best_ratio or matcher.quick_ratio() < best_ratio:
            continue
        ratio = matcher.ratio()
        if ratio > best_ratio or (best is None and ratio >= best_ratio):
            best, best_ratio = candidate, ratio
    return best
