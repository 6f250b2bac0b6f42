from __future__ import annotations

import pytest

from harness.model import xray_traces_of
from harness.xray_filter import parse, unmet
from tests.builders import a_segment, a_subsegment

(TRACE,) = xray_traces_of(
    [
        a_segment(
            "web",
            a_subsegment("db", namespace="remote"),
            end_time=1_700_000_002.0,
            annotations={"age": 30},
            http={"response": {"status": 200}},
        )
    ]
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            'service("api") AND responsetime < 1',
            [('service("api")', "services 'web', 'db'"), ("responsetime < 1", "2.0")],
        ),
        ("ok AND fault", [("fault", "False")]),
        ("!ok", [("!ok", "True")]),
        ('!service("web")', [('!service("web")', 'service("web") holds')]),
        ("fault OR error", [("fault", "False"), ("error", "False")]),
        ('user = "alice"', [('user = "alice"', "no user")]),
        ('group.name = "g"', [('group.name = "g"', "none of the groups")]),
        ("annotation.ago > 1", [("annotation.ago > 1", "annotations 'age'")]),
        ("annotation.age > 31", [("annotation.age > 31", "30")]),
        (
            'service("web") { http.status = 201 AND ok AND error }',
            [('service("web") { http.status = 201 }', "200"), ('service("web") { error }', "False")],
        ),
        ('edge("web", "cache")', [('edge("web", "cache")', "calls 'web' → 'db'")]),
        ('edge("web", "db") { annotation.x }', [('edge("web", "db") { annotation.x }', "no annotations")]),
    ],
)
def test_each_part_that_does_not_hold_is_named(text: str, parts: list[tuple[str, str]]) -> None:
    assert [tuple(part) for part in unmet(parse(text), TRACE)] == parts
