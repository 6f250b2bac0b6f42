from __future__ import annotations

from typing import Any

import pytest

from harness import absent, all_of, any_of, gt, instance_of, iso8601, lt, not_, one_of, present, starts_with
from harness.expect.compare import equal
from harness.expect.matcher import Matcher


@pytest.mark.parametrize(
    ("matcher", "value", "why"),
    [
        (one_of("GET", "HEAD"), "GET", ""),
        (one_of("GET", "HEAD"), "POST", "none of them matches"),
        (one_of(1, 2), True, "none of them matches"),
        (any_of(gt(5), lt(0)), -1, ""),
        (any_of(gt(5), lt(0)), 3, "none of them matches"),
        (all_of(gt(0), lt(5)), 3, ""),
        (all_of(gt(0), lt(5)), 7, "not lt(5): not less than 5"),
        (all_of(instance_of(str), "a"), "b", "not 'a'"),
        (not_(""), "x", ""),
        (not_(starts_with("/")), "/x", "it matches"),
    ],
)
def test_combinations(matcher: Matcher, value: Any, why: str) -> None:
    assert matcher.explain(value) == why


@pytest.mark.parametrize(
    ("matcher", "optional"),
    [
        (any_of(absent, iso8601()), True),
        (one_of(absent, 1), True),
        (all_of(absent, absent), True),
        (all_of(absent, present), False),
        (any_of(1, 2), False),
        (not_(1), False),
    ],
)
def test_absence_may_be_one_of_several(matcher: Matcher, optional: bool) -> None:
    assert equal({"key": matcher}, {}) is optional


@pytest.mark.parametrize("matcher", [one_of, any_of, all_of])
def test_nothing_to_choose_from_is_refused(matcher: Any) -> None:
    with pytest.raises(ValueError, match=r"expected at least one value or matcher, none given$"):
        matcher()


def test_their_repr_is_source() -> None:
    assert repr([one_of(1, "a"), any_of(absent, [1]), all_of(gt(1), lt(2)), not_({"a": 1})]) == (
        "[one_of(1, 'a'), any_of(absent, [1]), all_of(gt(1), lt(2)), not_({'a': 1})]"
    )
