"""The `aws` commands of the journal, by the real command line, against the endpoint."""

import json
import os
import subprocess
import uuid
from typing import Any

import pytest

from fixtures.requirements import needs_aws_cli
from harness import ScenarioTelemetry, export_request
from tests.project import ROOT

JOURNAL = ROOT / "fixtures" / "journal_flask"


class Aws:
    """Runs `aws`, in the journal's directory, with the environment that apps get."""

    def __init__(self, program: str) -> None:
        self._program = program

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  the command line itself
            [self._program, *words, "--output", "json"],
            cwd=JOURNAL,
            env={**os.environ, "AWS_PAGER": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def __call__(self, *words: str) -> Any:
        """Return the answer of a command that succeeds."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None


@pytest.fixture(scope="module")
def aws() -> Aws:
    return Aws(needs_aws_cli())


def test_log_groups(aws: Aws, telemetry: ScenarioTelemetry) -> None:
    group = f"Cruddur-{uuid.uuid4().hex}"

    aws("logs", "create-log-group", "--log-group-name", group, "--region", "us-east-1")

    groups = aws("logs", "describe-log-groups", "--region", "us-east-1")["logGroups"]
    assert group in [found["logGroupName"] for found in groups]
    telemetry.expect(export_request(path="CreateLogGroup"), export_request(path="DescribeLogGroups"))


def test_create_log_group_without_a_name_is_refused_by_the_command_line(
    aws: Aws, telemetry: ScenarioTelemetry
) -> None:
    done = aws.run("logs", "create-log-group")

    assert done.returncode != 0
    assert "the following arguments are required: --log-group-name" in done.stderr
    assert "CreateLogGroup" not in [export.path for export in telemetry.exports]


def test_groups(aws: Aws, telemetry: ScenarioTelemetry) -> None:
    created = aws(
        *("xray", "create-group", "--group-name", "Cruddur", "--region", "us-east-1"),
        *("--filter-expression", 'service("backend-flask")'),
    )
    try:
        assert created["Group"]["FilterExpression"] == 'service("backend-flask")'
        assert "Cruddur" in [group["GroupName"] for group in aws("xray", "get-groups")["Groups"]]
    finally:
        aws("xray", "delete-group", "--group-name", "Cruddur")
    telemetry.expect(*(export_request(path=path) for path in ("/CreateGroup", "/Groups", "/DeleteGroup")))


def test_the_sampling_rule_file(aws: Aws, telemetry: ScenarioTelemetry) -> None:
    given = ("--cli-input-json", "file://aws/json/xray.json", "--region", "us-east-1")
    rule = aws("xray", "create-sampling-rule", *given)["SamplingRuleRecord"]["SamplingRule"]
    try:
        update = aws.run("xray", "update-sampling-rule", *given)
        records = aws("xray", "get-sampling-rules")["SamplingRuleRecords"]
    finally:
        aws("xray", "delete-sampling-rule", "--rule-arn", rule["RuleARN"])

    assert (rule["FixedRate"], rule["ReservoirSize"]) == (0.1, 5)
    assert update.returncode != 0
    assert 'Missing required parameter in input: "SamplingRuleUpdate"' in update.stderr
    assert [record["SamplingRule"]["RuleName"] for record in records] == ["Cruddur", "Default"]
