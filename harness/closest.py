"""The closest candidate: what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_CUTOFF = 0.6
_MOST = 2_000
_LENGTH = 200


def closest(word: str, candidates: Iterable[str], *, cutoff: float = _CUTOFF) -> str | None:
    """Return the candidate most like the word, None when none is alike.

    Of candidates that are equally alike, one with the same letters in another order is meant. Only the
    first 200 characters of the first 2,000 candidates are compared.

    Args:
        cutoff: How much of two words must be the same, from 0 to 1.

    Example:
        >>> closest("app.result_length", ["http.method", "app.results_length"])
        'app.results_length'
        >>> closest("us-esat-1", ["us-west-1", "us-east-1"])
        'us-east-1'
    """
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word[:_LENGTH])
    letters = sorted(word[:_LENGTH])
    best, best_rank = None, (cutoff, False)
    for candidate in list(dict.fromkeys(candidates))[:_MOST]:
        matcher.set_seq1(candidate[:_LENGTH])
        if matcher.real_quick_ratio() < best_rank[0] or matcher.quick_ratio() < best_rank[0]:
            continue
        rank = (matcher.ratio(), sorted(candidate[:_LENGTH]) == letters)
        if rank > best_rank or (best is None and rank >= best_rank):
            best, best_rank = candidate, rank
    return best
