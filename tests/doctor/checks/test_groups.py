"""Filter expressions of groups."""

import sys
from pathlib import Path

import pytest

from tests.doctor.project import app, diagnosed

CODE = "xray_recorder.configure(service='backend-flask')\n"


def found(tmp_path: Path, text: str) -> dict[str, str]:
    command = f"\naws xray create-group --group-name g --filter-expression {text}\n"
    files: dict[str, str | bytes] = {"a.sh": command, "app.py": CODE}
    findings = diagnosed(tmp_path, app("image: shop"), files)
    assert {finding.site.line for finding in findings.values() if finding.site} <= {2}
    return {id_: finding.message for id_, finding in findings.items()}


def test_a_filter_that_does_not_parse(tmp_path: Path) -> None:
    pytest.importorskip("lark", reason="install telemetry-harness[xray]")

    message = found(tmp_path, "'responsetim > 3'")["filter_invalid"]

    assert message.startswith("the filter of create-group is refused: ")
    assert "'responsetime'" in message


def test_a_service_that_the_code_does_not_have(tmp_path: Path) -> None:
    pytest.importorskip("lark", reason="install telemetry-harness[xray]")

    assert found(tmp_path, """'fault AND !service("back")'""") == {
        "group_matches_nothing": (
            "the filter has service('back'), and the code's segments are named backend-flask; "
            "a service that only others call is not known here"
        )
    }


@pytest.mark.parametrize(
    "text", ["""'service("backend-flask")'""", '"service(\\"backend-flask\\")"', "fault", '"$FILTER"']
)
def test_filters_that_hold(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == {}


def test_without_lark_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lark", None)

    assert found(tmp_path, "'nonsense without lark ('") == {}
