from __future__ import annotations

from typing import Any

import pytest

from harness import instance_of


@pytest.mark.parametrize(
    ("types", "value", "why"),
    [
        ((int,), 3, ""),
        ((int,), True, "int expected, bool captured"),
        ((bool,), True, ""),
        ((int,), 3.0, "int expected, float captured"),
        ((int, float), 3.0, ""),
        ((int, float), "3", "int or float expected, str captured"),
        ((list,), (1,), ""),
        ((dict,), {}, ""),
    ],
)
def test_instance_of(types: tuple[type, ...], value: Any, why: str) -> None:
    assert instance_of(*types).explain(value) == why


def test_what_is_not_a_type_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^instance_of: expected a type, 'int' given$"):
        instance_of("int")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^instance_of: expected at least one type, none given$"):
        instance_of()


def test_its_repr_is_source() -> None:
    assert repr(instance_of(int, str)) == "instance_of(int, str)"
