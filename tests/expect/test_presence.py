from __future__ import annotations

import pytest

from harness import absent, present, segment
from tests.builders import a_segment, a_telemetry


@pytest.mark.parametrize("field", ["annotations", "user", "parent_id", "cause"])
def test_an_empty_field_was_not_captured(field: str) -> None:
    bare = a_telemetry(a_segment())
    full = a_telemetry(
        a_segment(annotations={"a": 1}, user="u", parent_id="53995c3f42cd8ad8", cause={"exceptions": []})
    )
    expected_absent = segment("backend-flask", **{field: absent})
    expected_present = segment("backend-flask", **{field: present})
    assert [expected_absent.check(t).passed for t in (bare, full)] == [True, False]
    assert [expected_present.check(t).passed for t in (bare, full)] == [False, True]


def test_their_message_and_repr() -> None:
    verdict = segment("backend-flask", user=absent).check(a_telemetry(a_segment(user="andrew")))
    assert verdict.findings[0].message == "user: expected absent, captured 'andrew' (something is there)"
    assert repr([present, absent]) == "[present, absent]"
