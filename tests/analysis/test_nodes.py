from __future__ import annotations

import pytest

from harness.analysis.nodes import checks_of, is_checked
from harness.model import Match, Verdict
from tests.report.records import a_scenario


@pytest.mark.parametrize(
    ("field", "path", "checked"),
    [
        ("attributes.app.now", "attributes.app.now", True),
        ("attributes", "attributes.app.now", True),
        ("attributes.app", "attributes.app.now", False),
        ("attributes.app.now", "attributes.app", False),
        ("attributes.list[0]", "attributes.list", True),
        ("annotations.user", "annotations.user", True),
        ("annotations.user", "annotations.user_id", False),
        ("http", "http.response.status", True),
        ("http.response", "http.response.status", True),
        ("http.response.status", "http.request.method", False),
        ("metadata.default", "metadata.default.size", True),
        ("metadata.default.size.bytes", "metadata.default.size", True),
        ("metadata.def", "metadata.default", False),
        ("name", "attributes.name", False),
    ],
)
def test_a_field_covers_a_path(field: str, path: str, checked: bool) -> None:
    assert is_checked(path, ("kind", field)) is checked


def test_checks_are_kept_apart_by_node_and_subsegments_are_segments() -> None:
    scenario = a_scenario(
        verdicts=(
            Verdict(matched=(Match(signal="span", node_id="t/1", fields=("name",)),)),
            Verdict(
                matched=(
                    Match(signal="span", node_id="t/1", fields=("kind",)),
                    Match(signal="subsegment", node_id="t/2", fields=("name",)),
                )
            ),
        )
    )

    assert checks_of(scenario) == {
        ("span", "t/1"): [("name",), ("kind",)],
        ("segment", "t/2"): [("name",)],
    }
