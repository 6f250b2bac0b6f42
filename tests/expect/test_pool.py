from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.expect.pool import Entry, Pool


def entry(key: int, parent: int | None = None, name: str = "a") -> Entry:
    return Entry(value=key, noun="span", name=name, node_id=str(key), key=key, parent=parent)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Forests, orphans and cycles, in any order."""
    count = draw(st.integers(1, 8))
    parents = st.none() | st.integers(0, count)
    return [entry(key, draw(parents), draw(st.sampled_from("ab"))) for key in range(count)]


def keys(pool: Pool, indexes: Sequence[int]) -> list[Any]:
    return [pool.entries[index].key for index in indexes]


@given(entries())
def test_no_entry_is_lost(given_entries: list[Entry]) -> None:
    pool = Pool(given_entries)
    assert sorted(pool.entries, key=lambda e: e.value) == given_entries


@given(entries(), st.sampled_from(["a", "b", None]))
def test_children_and_descendants_agree_with_the_paths(given_entries: list[Entry], name: str | None) -> None:
    pool = Pool(given_entries)
    for at, item in enumerate(pool.entries):
        above = {i: [e.key for e in pool.path(i)][1:] for i in range(len(pool.entries))}
        named = [i for i, e in enumerate(pool.entries) if name in (None, e.name)]
        assert list(pool.descendants(at, "span", name)) == [i for i in named if item.key in above[i]]
        assert list(pool.children(at, "span", name)) == [i for i in named if above[i][:1] == [item.key]]


def test_order_is_depth_first() -> None:
    pool = Pool([entry(1), entry(2), entry(3, parent=1), entry(4, parent=3), entry(5, parent=1)])
    assert [e.key for e in pool.entries] == [1, 3, 4, 5, 2]
    assert keys(pool, pool.children(0, "span", None)) == [3, 5]
    assert keys(pool, pool.descendants(0, "span", None)) == [3, 4, 5]


def test_a_cycle_is_cut_at_its_first_entry() -> None:
    pool = Pool([entry(1, parent=3), entry(2, parent=1), entry(3, parent=2), entry(4, parent=4)])
    assert [e.key for e in pool.entries] == [4, 1, 2, 3]
    assert [e.key for e in pool.path(3)] == [3, 2, 1]


def test_entries_are_found_by_noun_name_and_key() -> None:
    pool = Pool(
        [entry(1, name="x"), entry(2, name="y"), Entry(value=3, noun="other", name="x", node_id="3", key=3)]
    )
    assert keys(pool, pool.named("span", "x")) == [1]
    assert keys(pool, pool.named("span", None)) == [1, 2]
    assert keys(pool, pool.named("none", None)) == []
    assert (pool.keyed(3), pool.keyed(9)) == (2, None)


def test_names_that_are_no_text_are_kept_out_of_the_index() -> None:
    pool = Pool([Entry(value=1, noun="log record", name={"a": 1}, node_id="0", key=0)])
    assert keys(pool, pool.named("log record", None)) == [0]
