from __future__ import annotations

from hypothesis import given

from harness.xray_filter import Expression, parse, to_text
from tests.xray_filter.strategies import expressions


@given(expressions())
def test_what_is_written_is_read_as_the_same(expression: Expression) -> None:
    assert parse(to_text(expression)) == expression


def test_parentheses_stand_where_they_are_needed_only() -> None:
    text = '(ok OR fault) AND !(ok AND partial) AND service("a") { ok OR error }'
    assert to_text(parse(text)) == text
    assert to_text(parse('service(id(name: "a")) ((ok))')) == 'service("a") AND ok'
