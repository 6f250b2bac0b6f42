import pytest

from harness.doctor.interpolation import interpolate, variables_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A:-${B}}", "b"),
        ("${A:-x${B:-y}z}", "xbz"),
        ("${B:+${A:-set}}", "set"),
        ("${A-${B", "${A-${B"),
        ("$$B ${B} $B", "$B b b"),
        ("${E-x} ${E:-x} ${E+y}", " x y"),
        ("${B?needed}", "b"),
        ("${1}", "${1}"),
    ],
)
def test_variables_are_put_in(text: str, value: str) -> None:
    assert interpolate(text, {"B": "b", "E": ""}) == value


def test_nesting_without_end_is_text() -> None:
    text = "${A:-" * 5000

    assert interpolate(text, {}) == text
    assert variables_in(text) == []


def test_variables_of_defaults_are_named_too() -> None:
    assert variables_in("${A:-${B}}, $$C, $D, ${E?${F}}") == ["A", "B", "D", "E"]
