from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import iso8601


@pytest.mark.parametrize(
    ("offset", "value", "why"),
    [
        (True, "2026-03-01T12:00:00+00:00", ""),
        (True, "2026-03-01T12:00:00.123456Z", ""),
        (True, "2026-03-01T12:00:00", "no UTC offset"),
        (True, "2026-03-01", "no 'T' between date and time"),
        (True, "2026-03-01 12:00:00+00:00", "no 'T' between date and time"),
        (True, "yesterday", "not an ISO 8601 date-time"),
        (True, "2026-13-01T12:00:00Z", "not an ISO 8601 date-time"),
        (True, 1_700_000_000, "str expected, int captured"),
        (False, "2026-03-01T12:00:00", ""),
        (False, "2026-03-01T12:00:00Z", "it has a UTC offset"),
        (None, "2026-03-01T12:00:00", ""),
        (None, "2026-03-01T12:00:00-05:00", ""),
        (None, "12:00", "not an ISO 8601 date-time"),
    ],
)
def test_iso8601(offset: bool | None, value: Any, why: str) -> None:
    assert iso8601(offset=offset).explain(value) == why


@given(st.datetimes(), st.timezones())
def test_what_python_writes_is_iso8601(moment: Any, zone: Any) -> None:
    naive, aware = moment.isoformat(), moment.replace(tzinfo=zone).isoformat()
    assert (iso8601().matches(aware), iso8601().matches(naive)) == (True, False)
    assert (iso8601(offset=False).matches(aware), iso8601(offset=False).matches(naive)) == (False, True)


def test_its_repr_is_source() -> None:
    assert repr([iso8601(), iso8601(offset=False), iso8601(offset=None)]) == (
        "[iso8601(), iso8601(offset=False), iso8601(offset=None)]"
    )
