"""``aws`` commands, and the JSON that they are given."""

import json
from pathlib import Path

import pytest

from harness.doctor import diagnose, read_project
from harness.model import Finding
from tests.doctor.project import app, diagnosed

COMMAND = "aws xray create-sampling-rule --cli-input-json "


def found(tmp_path: Path, given: str, content: str | bytes = "") -> dict[str, Finding]:
    return diagnosed(
        tmp_path, app("image: shop"), {"aws/rules.sh": f"\n{COMMAND}{given}\n", "rule.json": content}
    )


def place(finding: Finding) -> tuple[str, int]:
    assert finding.site is not None
    return Path(finding.site.file).name, finding.site.line


def test_a_comment_is_no_command(tmp_path: Path) -> None:
    assert diagnosed(tmp_path, app("image: shop"), {"a.sh": "aws xray # comment\n"}) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"SamplingRule": 3}', "SamplingRule is 3, expected an object with its members"),
        ("[" * 100_000, "'rule.json' is not JSON that AWS takes: maximum recursion depth exceeded"),
        ("9" * 5000, "'rule.json' is not JSON that AWS takes: Exceeds the limit"),
        ('{\n"SamplingRule"}', "'rule.json' is not JSON: Expecting ':' delimiter"),
    ],
)
def test_json_of_a_wrong_shape_is_a_finding(tmp_path: Path, content: str, message: str) -> None:
    finding = found(tmp_path, "file://rule.json", content)["cli_input_invalid"]

    assert finding.message.startswith(message)
    assert place(finding) == ("rule.json", 1 + content.count("\n"))


def test_json_in_another_encoding_is_left_out(tmp_path: Path) -> None:
    finding = found(tmp_path, "file://rule.json", '{"SamplingRule": {}}'.encode("utf-16"))["file_left_out"]

    assert place(finding) == ("rule.json", 1)


def test_json_may_stand_in_the_command(tmp_path: Path) -> None:
    rule = json.dumps({"SamplingRule": {"RuleName": "a", "Priority": 0}})

    finding = found(tmp_path, f"'{rule}'")["sampling_rule_invalid"]

    assert finding.message == "Priority is 0, expected 1 to 9999"
    assert place(finding) == ("rules.sh", 2)


def test_json_in_the_command_may_take_several_lines(tmp_path: Path) -> None:
    rule = json.dumps({"SamplingRule": {"RuleName": "a", "Priority": 0}}, indent=1)

    finding = found(tmp_path, f"\\\n  '{rule}' --region us-east-1")["sampling_rule_invalid"]

    assert (finding.message, place(finding)) == ("Priority is 0, expected 1 to 9999", ("rules.sh", 2))


def test_what_a_shell_puts_in_is_not_known(tmp_path: Path) -> None:
    assert found(tmp_path, '"$RULE"') == {}


def test_a_file_outside_of_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "rule.json").write_text('{"SamplingRule": {}}')
    inside = tmp_path / "inside"

    for name in (f"{tmp_path}/rule.json", "../../rule.json"):
        finding = found(inside, f"file://{name}")["cli_input_missing"]

        assert finding.message == f"--cli-input-json names {name!r}, which is not below {inside}"


RULE = {
    "ResourceARN": "*", "Priority": 9, "FixedRate": 1, "ReservoirSize": 0, "ServiceName": "*",
    "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1, "RuleName": "a",
}  # fmt: skip


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        (
            "HttpMethod",
            "*",
            (
                "SamplingRule has no member 'HttpMethod': AWS answers Unknown parameter in input; "
                "did you mean 'HTTPMethod'?"
            ),
        ),
        ("Version", 2, "Version is 2, expected 1"),
        ("Version", 1.0, "Version is 1.0, and AWS takes an integer: leave the decimals out"),
        ("Priority", 1.5, "Priority is 1.5, and AWS takes an integer: leave the decimals out"),
        ("ReservoirSize", 1.0, "ReservoirSize is 1.0, and AWS takes an integer: leave the decimals out"),
        ("HTTPMethod", "PROPPATCHES", "HTTPMethod is 'PROPPATCHES': Expected `str` of length <= 10"),
        ("Host", 3, "Host is 3: Expected `str`, captured `int`"),
        ("Attributes", {"k": ""}, "Attributes is {'k': ''}: Expected `str` of length >= 1 - at `$[...]`"),
        ("RuleName", "n" * 33, f"RuleName is {'n' * 33!r}, expected 1 to 32 characters"),
        ("RuleName", 3, "RuleName is 3, expected 1 to 32 characters"),
        (
            "RuleName",
            "Default",
            (
                "RuleName is 'Default', which every account has already, and AWS does not create; "
                "choose another, or update-sampling-rule"
            ),
        ),
    ],
)
def test_members_that_aws_refuses(tmp_path: Path, member: str, value: object, message: str) -> None:
    text = json.dumps({"SamplingRule": RULE | {member: value}}, indent=1)
    findings = found(tmp_path, "file://rule.json", text)

    assert list(findings) == ["sampling_rule_invalid"]
    finding = findings["sampling_rule_invalid"]
    line = next(n for n, line in enumerate(text.splitlines(), 1) if f'"{member}"' in line)
    assert (finding.message, place(finding)) == (message, ("rule.json", line))


def test_a_member_beside_the_rule_that_aws_refuses(tmp_path: Path) -> None:
    text = json.dumps({"SamplingRule": RULE, "Tags": [], "Tag": []}, indent=1)
    finding = found(tmp_path, "file://rule.json", text)["sampling_rule_invalid"]

    assert finding.message == (
        "create-sampling-rule has no member 'Tag': AWS answers Unknown parameter in input; "
        "did you mean 'Tags'?"
    )
    assert place(finding) == ("rule.json", 1 + text[: text.index('"Tag"')].count("\n"))


def test_the_default_rule_may_be_changed(tmp_path: Path) -> None:
    document = json.dumps({"SamplingRuleUpdate": {"RuleName": "Default", "FixedRate": 0.1}})
    files: dict[str, str | bytes] = {"a.sh": f"aws xray update-sampling-rule --cli-input-json '{document}'\n"}

    assert diagnosed(tmp_path, app("image: shop"), files) == {}


def test_a_change_of_a_rule_has_no_version(tmp_path: Path) -> None:
    document = json.dumps({"SamplingRuleUpdate": {"RuleName": "a", "Version": 1}})
    files: dict[str, str | bytes] = {"a.sh": f"aws xray update-sampling-rule --cli-input-json '{document}'\n"}

    finding = diagnosed(tmp_path, app("image: shop"), files)["sampling_rule_invalid"]

    assert finding.message == (
        "SamplingRuleUpdate has no member 'Version': AWS answers Unknown parameter in input; leave it out"
    )


def test_findings_of_one_line_are_in_the_order_of_its_members(tmp_path: Path) -> None:
    texts = ("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath", "Attributes")
    found(tmp_path, "file://rule.json", json.dumps({"SamplingRule": RULE | dict.fromkeys(texts, 3)}))

    findings = diagnose(read_project(tmp_path / "docker-compose.yml", environ={}))

    assert [finding.message.partition(" ")[0] for finding in findings] == list(texts)
