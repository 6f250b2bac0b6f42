from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from harness.expect.matching import assign

Likes = list[set[int]]
likes = st.lists(st.sets(st.integers(0, 4), max_size=5), max_size=5)


def assign_sets(wanted: Likes) -> list[int | None]:
    return assign(len(wanted), lambda _: range(5), lambda i, c: c in wanted[i])


def most_by_brute_force(wanted: Likes) -> int:
    choices = itertools.product(*[[*sorted(liked), None] for liked in wanted])
    taken = [[c for c in choice if c is not None] for choice in choices]
    return max(len(items) for items in taken if len(set(items)) == len(items))


@given(likes)
def test_as_many_are_assigned_as_brute_force_finds(wanted: Likes) -> None:
    chosen = assign_sets(wanted)
    assert len(chosen) - chosen.count(None) == most_by_brute_force(wanted)


@given(likes)
def test_each_has_its_own_and_only_what_fits(wanted: Likes) -> None:
    chosen = assign_sets(wanted)
    taken = [c for c in chosen if c is not None]
    assert len(set(taken)) == len(taken)
    assert all(c is None or c in wanted[i] for i, c in enumerate(chosen))


def test_a_modest_choice_makes_room_for_a_picky_one() -> None:
    assert assign_sets([{0, 1, 2}, {0, 1}, {0}]) == [2, 1, 0]


def test_of_equal_ones_the_last_is_left_over() -> None:
    assert assign_sets([{3}, {3}]) == [3, None]


def test_long_augmenting_paths_do_not_recurse() -> None:
    count = 3_000
    chosen = assign(
        count,
        lambda i: (i, i + 1) if i < count - 1 else (0,),
        lambda i, c: True,
    )
    assert sorted(c for c in chosen if c is not None) == list(range(count))


def test_only_what_is_needed_is_compared() -> None:
    compared = []
    assign(3, lambda _: range(1_000), lambda i, c: not compared.append((i, c)))  # type: ignore[func-returns-value]
    assert compared == [(0, 0), (1, 1), (2, 2)]
