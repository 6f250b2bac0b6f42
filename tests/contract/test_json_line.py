"""JSON as it is in every run: what is written of one text holds for it, in any order of its keys."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.json_line import json_line

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
SEPARATORS = st.sampled_from([None, (",", ":"), (" , ", " : ")])


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5) | st.lists(VALUES, max_size=3), SEPARATORS)
def test_a_line_fulfils_its_own_pattern(value: Any, separators: tuple[str, str] | None) -> None:
    text = json.dumps(value, separators=separators)
    line = json_line(text)
    assert line is not None
    assert re.fullmatch(line.pattern, text)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
def test_the_order_of_keys_is_no_part_of_it(value: dict[str, Any]) -> None:
    line, other = json_line(json.dumps(value)), json_line(json.dumps(dict(reversed(value.items()))))
    assert line is not None
    assert other is not None
    assert (line.template, line.pattern) == (other.template, other.pattern)
    assert set(line.leaves) == set(other.leaves)


@pytest.mark.parametrize("text", ["", "{", "[12:30] ready", "{not json}", "[" * 100_000, "3", '"a"', "{} {}"])
def test_other_text_is_none(text: str) -> None:
    assert json_line(text) is None


@pytest.mark.parametrize(
    ("text", "template", "pattern"),
    [
        ("{}", "{}", r"\{\}"),
        ('{"ok": true}\t', '{"ok": true}\t', '\\{"ok": true\\}\\\t'),
        ('{"b":null,"a":"x"}', '{"a":"x","b":null}', r'\{(?:(?:"a":"x"|"b":null)(?:,|(?=\}))){2}\}'),
        ('{"at": ["2026-11-24", "2026-11-25"]}', '{"at": ["‹date›"]}', None),
        ('{"17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e": 3}', '{"‹uuid›": ‹number›}', None),
        ('{"http_status": 404, "statusCode": 200, "status": 7}',
         '{"http_status": 404, "status": ‹number›, "statusCode": 200}', None),
        ('{"message": "7 rows", "error": {"message": "7 rows"}}',
         '{"error": {"message": "‹text›"}, "message": "‹number› rows"}', None),
    ],
)  # fmt: skip
def test_what_stays_of_a_line(text: str, template: str, pattern: str | None) -> None:
    line = json_line(text)
    assert line is not None
    assert line.template == template
    assert pattern in (None, line.pattern)
    assert re.fullmatch(line.pattern, text)
