"""The closest candidate: what was probably meant; and how alike two names are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_PLURAL = re.compile(r"(?<=[a-z]{2})(?<!s)s\Z")
_PLURAL_Y = re.compile(r"(?<=[a-z]{2})ies\Z")
_DOTTED = re.compile(r"(?<=[._/-])")
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


@lru_cache(maxsize=65_536)
def likeness(before: str, after: str) -> float:
    """Return from 0 to 1 how alike two names are, beyond what they begin with.

    >>> likeness("http.status_code", "http.response.status_code") > 0.75
    True
    >>> likeness("order.rows", "order.row_count") > 0.6  # one row, two rows
    True
    >>> likeness("app.user", "app.rows")
    0.25
    """
    if before == after:
        return 1.0
    # In one order: SequenceMatcher may find less the other way round.
    first, second = _without_shared_start(*sorted((before, after)))
    return max(shared_words(first, second), SequenceMatcher(None, first, second, autojunk=False).ratio())


def _without_shared_start(before: str, after: str) -> tuple[str, str]:
    first, second = _DOTTED.split(before), _DOTTED.split(after)
    while len(first) > 1 and len(second) > 1 and first[0] == second[0]:
        del first[0], second[0]
    return "".join(first), "".join(second)


def shared_words(before: str, after: str) -> float:
    """Return from 0 to 1 how many words two names share, what they begin with counted.

    >>> shared_words("app.user", "app.rows")
    0.5
    """
    return _shared(_words(before), _words(after))


def text_likeness(before: str, after: str) -> float:
    """Return from 0 to 1 which share of the words of two messages, or names, is the same."""
    return _shared(before.split(), after.split())


def _shared(first: list[str], second: list[str]) -> float:
    both = sum((Counter(first) & Counter(second)).values())
    return 2 * both / (len(first) + len(second)) if first or second else 0.0


def _words(name: str) -> list[str]:
    """Return the words of a name, those in the plural as one of them is called."""
    return [_PLURAL.sub("", _PLURAL_Y.sub("y", word.lower())) for word in _WORDS.findall(name)]
