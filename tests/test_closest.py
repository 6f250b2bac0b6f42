from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from harness.closest import closest

words = st.text("abc", max_size=6)


@given(words, st.lists(words, max_size=6))
def test_it_is_as_close_as_difflib_finds(word: str, candidates: list[str]) -> None:
    found = closest(word, candidates)
    best = difflib.get_close_matches(word, candidates, n=1)
    assert (found is None) == (best == [])
    if found is not None:
        ratios = [difflib.SequenceMatcher(None, c, word).ratio() for c in (found, best[0])]
        assert ratios[0] == ratios[1]


def test_a_rename_is_found() -> None:
    names = ["http.method", "http.status_code", "http.route"]
    assert closest("http.response.status_code", names) == "http.status_code"
    assert closest("db.system", names) is None


def test_long_texts_are_compared_by_their_start() -> None:
    assert closest("a" * 100_000, ["a" * 200 + "b" * 100_000]) == "a" * 200 + "b" * 100_000
