"""The backend under the three generations of HTTP's semantic conventions, and what the diff says."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.analysis.diff import diff_records
from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import RunRecord
from harness.model.finding import is_failure
from harness.report import read_record
from tests.project import ProjectCopy
from tests.test_contract_gate import REQUESTS

OLD_TO_NEW = {
    "attributes.http.method": "attributes.http.request.method",
    "attributes.http.status_code": "attributes.http.response.status_code",
    "attributes.http.scheme": "attributes.url.scheme",
}


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    copy = ProjectCopy(tmp_path)
    (tmp_path / "scenarios" / "backend_flask" / "test_requests.py").write_text(REQUESTS)
    return copy


def recorded(project: ProjectCopy, opt_in: str) -> RunRecord:
    directory = project.directory / f"run-{opt_in.replace('/', '-')}"
    outcome = project.pytest(
        "scenarios/backend_flask/test_requests.py",
        "--telemetry-report",
        str(directory),
        extra={"OTEL_SEMCONV_STABILITY_OPT_IN": opt_in} if opt_in else {},
    )
    assert outcome.code == 0, outcome.output
    return read_record(directory)


def test_new_conventions_are_renames_and_dup_only_adds(project: ProjectCopy) -> None:
    old, dup, new = (recorded(project, opt_in) for opt_in in ("", "http/dup", "http"))
    changes = diff_records(old, new).changes

    switched = [change for change in changes if change.signal == "span"]
    renamed = {change.before: change.after for change in switched if change.kind == "renamed"}
    assert {k: renamed.get(k) for k in OLD_TO_NEW} == OLD_TO_NEW

    durations = [
        (change.kind, change.before, change.after, change.unit)
        for change in changes
        if change.signal == "metric" and "duration" in f"{change.before} {change.after}"
    ]
    assert durations == [("renamed", "http.server.duration", "http.server.request.duration", "ms → s")]

    kinds = {change.kind for change in diff_records(old, dup).changes if change.signal == "span"}
    assert kinds == {"added"}


def test_a_contract_goes_along_with_what_people_said_in_it(project: ProjectCopy) -> None:
    old, new = (recorded(project, opt_in) for opt_in in ("", "http"))
    text = contract_text(old)
    for line, said in (
        ("    kind: server\n", "    used_by: [Home]\n    kind: server  # flask\n"),
        ("  - metric: http.server.duration\n", "  - metric: http.server.duration  # the board's\n"),
    ):
        assert line in text
        text = text.replace(line, said)

    after, _, left = accepted_text(text, new)

    assert left == []
    assert [finding for finding in check_contract(parse_contract(after), new) if is_failure(finding)] == []
    assert (
        "  - metric: http.server.request.duration  # the board's\n    type: histogram\n    unit: s\n" in after
    )
    for said in ("used_by: [Home]", "kind: server  # flask"):
        assert after.count(said) == text.count(said)
