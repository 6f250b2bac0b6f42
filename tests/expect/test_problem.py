from __future__ import annotations

from typing import Any

import pytest

from harness import each, regex, starts_with
from harness.expect.compare import differences
from harness.expect.fields import MappingField
from tests.builders import a_span

ATTRIBUTES = MappingField("attributes", lambda s: s.attributes, stem="attribute", noun="attribute")
LONG = "k" * 70


@pytest.mark.parametrize(
    ("expected", "captured", "message"),
    [
        (
            {"app.password": "hunter2"},
            {"app.password": "hunter3"},
            (
                "app.password: expected 'redacted (7 chars)', captured 'redacted (7 chars)'"
                " (first difference at character 6)"
            ),
        ),
        (
            {"token": f"{LONG}a"},
            {"token": f"{LONG}b"},
            (
                "token: expected 'redacted (71 chars)', captured 'redacted (71 chars)'"
                " (first difference at character 70: 'redacted (1 chars)' against 'redacted (1 chars)')"
            ),
        ),
        (
            {"authorization": ["Basic a"]},
            {"authorization": ["Basic b"]},
            (
                "authorization[0]: expected 'redacted (7 chars)', captured 'redacted (7 chars)'"
                " (first difference at character 6)"
            ),
        ),
        (
            {"secret": starts_with("ab")},
            {"secret": "cd"},
            (
                "secret: expected starts_with('redacted (2 chars)'), captured 'redacted (2 chars)'"
                " (it starts with 'redacted (2 chars)')"
            ),
        ),
        (
            {"secret": "ab"},
            {"secret": 3},
            "secret: expected 'redacted (2 chars)', captured 3 (str expected, int captured)",
        ),
        (
            {"api.keys": "ab"},
            {"api.key": "cd", "api.token": "ef"},
            "no attribute 'api.keys'; closest: 'api.key' = 'cd'",
        ),
        (
            {"api.tokens": "ab"},
            {"api.token": "ef"},
            "no attribute 'api.tokens'; closest: 'api.token' = 'redacted (2 chars)'",
        ),
    ],
)
def test_what_a_secret_key_holds_is_in_no_message(
    expected: dict[str, Any], captured: dict[str, Any], message: str
) -> None:
    assert differences(expected, captured)

    (problem,) = ATTRIBUTES.problems(expected, a_span(attributes=captured))

    assert problem.message == message


def test_a_key_of_metadata_that_holds_a_secret_is_hidden_in_a_matchers_reason() -> None:
    reason = each(regex("x")).explain({"token": "abc"})

    assert reason == "['token'] is 'redacted (3 chars)': the pattern is not found"
