"""`harness doctor` on the journal's own files, on wiring that holds, and on each mistake by itself."""

import json
import re
from pathlib import Path

import pytest

from harness.cli import main
from harness.doctor import diagnose, read_project
from harness.errors import ConfigurationError
from harness.model import Level
from tests.doctor.project import app
from tests.project import ROOT

JOURNAL = ROOT / "fixtures" / "journal_flask"
GOOD = """
services:
  app:
    build: .
    environment:
      OTEL_SERVICE_NAME: "app"
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://api.honeycomb.io"
      OTEL_EXPORTER_OTLP_HEADERS: "x-honeycomb-team=${HONEYCOMB_API_KEY}"
      AWS_XRAY_DAEMON_ADDRESS: "xray-daemon:2000"
      AWS_DEFAULT_REGION: us-east-1
      AWS_ACCESS_KEY_ID: "${AWS_ACCESS_KEY_ID}"
      AWS_SECRET_ACCESS_KEY: "${AWS_SECRET_ACCESS_KEY}"
  xray-daemon:
    image: amazon/aws-xray-daemon
    environment: [AWS_REGION=us-east-1]
    command: xray -o -b 0.0.0.0:2000
    ports: ["127.0.0.1:2000:2000/udp"]
"""
KEYS = {"HONEYCOMB_API_KEY": "k", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"}


def found(tmp_path: Path, compose: str, **files: str) -> list[tuple[str, int]]:
    (tmp_path / "docker-compose.yml").write_text(compose)
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    project = read_project(tmp_path / "docker-compose.yml", environ=KEYS)
    return [(f.id, f.site.line if f.site else 0) for f in diagnose(project)]


def test_the_journals_own_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(JOURNAL)
    project = read_project(Path("docker-compose.yml"), gitpod=Path(".gitpod.yml"), environ={})
    lines = {(f.id, str(f.site)): f.message for f in diagnose(project)}

    # defect 11: dynamic naming
    naming = lines["xray_dynamic_naming", "docker-compose.yml:10"]
    assert "the sampling rule and the group for 'backend-flask' no longer match" in naming
    # defect 17: silent misconfiguration
    assert "HONEYCOMB_API_KEY is not set" in lines["otlp_header_empty", "docker-compose.yml:9"]
    # defect 20: static and CLI
    assert "needs 'SamplingRuleUpdate'" in lines["cli_input_invalid", "aws/commands.sh:6"]
    missing = lines["cli_option_missing", "aws/commands.sh:8"]
    assert missing == "aws logs create-log-group needs --log-group-name"
    assert "'cruddur' differs in case only" in lines["log_group_mismatch", "aws/commands.sh:2"]
    assert ("watchtower_argument_deprecated", "app.py:43") in lines
    assert ("port_public", ".gitpod.yml:11") in lines
    assert "says 'activities'" in lines["span_name_spelling", "services/home_activities.py:10"]
    assert ("command_in_one_argument", "docker-compose.yml:25") in lines


def test_wiring_that_holds_is_silent(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "id_", "line"),
    [
        ('OTEL_SERVICE_NAME: "app"', 'OTEL_SERVICE_NAME: ""', "service_name_missing", 6),
        ("https://api.honeycomb.io", "api.honeycomb.io", "otlp_endpoint_invalid", 7),
        ("https://api.honeycomb.io", "https://api.honeycomb.io/v1/traces", "otlp_endpoint_invalid", 7),
        ("https://api.honeycomb.io", "https://api.honeycomb.io:x", "otlp_endpoint_invalid", 7),
        ("https://api.honeycomb.io", "http://collector:4318", "endpoint_host_unknown", 7),
        ("https://api.honeycomb.io", "http://localhost:4318", "endpoint_host_unknown", 7),
        ("x-honeycomb-team=", "x-other=", "otlp_header_missing", 8),
        ("x-honeycomb-team=$", "x-honeycomb-team $", "otlp_headers_invalid", 8),
        ("=${HONEYCOMB_API_KEY}", "=hcaik_0123", "secret_in_clear", 8),
        ('"${AWS_SECRET_ACCESS_KEY}"', "wJalrXUtnFEMI", "secret_in_clear", 12),
        ("xray-daemon:2000", "xray:2000", "xray_address_unknown", 9),
        ('"xray-daemon:2000"', '"xray-daemon"', "xray_address_invalid", 9),
        ("0.0.0.0:2000", "0.0.0.0:3000", "xray_port_mismatch", 9),
        ("      AWS_DEFAULT_REGION: us-east-1\n", "", "aws_region_missing", 3),
        ('      AWS_ACCESS_KEY_ID: "${AWS_ACCESS_KEY_ID}"\n', "", "aws_credentials_incomplete", 11),
        ('"127.0.0.1:2000:2000/udp"', '"2000:2000/udp"', "port_published", 17),
    ],
)
def test_each_mistake_is_found_on_its_line(
    tmp_path: Path, before: str, after: str, id_: str, line: int
) -> None:
    assert before in GOOD
    assert (id_, line) in found(tmp_path, GOOD.replace(before, after, 1))


def test_a_variable_comes_from_the_env_file(tmp_path: Path) -> None:
    compose = GOOD.replace("HONEYCOMB_API_KEY", "TEAM_KEY")

    assert [id_ for id_, _ in found(tmp_path, compose)] == ["otlp_header_empty"]
    assert found(tmp_path, compose, __env="export TEAM_KEY='k'\n") == []


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("Backend-Flask", True),
        ("backend-*", True),
        ("*FLASK", True),
        ("backend?flask", True),
        ("shop-*", False),
        ("backend?", False),
    ],
)
def test_a_rule_matches_segments_as_xray_does(tmp_path: Path, pattern: str, *, matches: bool) -> None:
    rule = json.loads((JOURNAL / "aws/json/xray.json").read_text())
    rule["SamplingRule"]["ServiceName"] = pattern
    ids = found(
        tmp_path,
        GOOD,
        xray__json=json.dumps(rule, indent=1),
        commands__sh="aws xray create-sampling-rule --cli-input-json file://xray.json\n",
        app__py="xray_recorder.configure(service='backend-flask')\n",
    )

    assert ("sampling_rule_matches_nothing" in dict(ids)) is not matches


@pytest.mark.parametrize(
    ("member", "value", "line"),
    [("Priority", 0, 5), ("FixedRate", 2, 6), ("ReservoirSize", -1, 7), ("ServiceName", "shop", 8)],
)
def test_sampling_rules_are_checked(tmp_path: Path, member: str, value: object, line: int) -> None:
    rule = json.loads((JOURNAL / "aws/json/xray.json").read_text())
    rule["SamplingRule"][member] = value
    ids = found(
        tmp_path,
        GOOD,
        xray__json=json.dumps(rule, indent=1),
        commands__sh="aws xray create-sampling-rule --cli-input-json file://xray.json\n",
        app__py="xray_recorder.configure(service='backend-flask')\n",
    )

    expected = "sampling_rule_matches_nothing" if member == "ServiceName" else "sampling_rule_invalid"
    assert (expected, line) in ids


def test_log_groups_of_compose_are_compared_with_the_code(tmp_path: Path) -> None:
    logging = "    logging: {driver: awslogs, options: {awslogs-group: Shop}}\n"
    compose = GOOD.replace("    build: .\n", f"    build: .\n{logging}")
    code = "watchtower.CloudWatchLogHandler(log_group_name='shop')\n"

    assert found(tmp_path, compose, app__py=code) == [("log_group_mismatch", 5)]


def test_a_command_over_several_lines_is_one(tmp_path: Path) -> None:
    script = "# a group\naws logs create-log-group \\\n  --log-group-name shop\n"

    assert found(tmp_path, GOOD, commands__sh=script) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services:\n  app: [\n", r"docker-compose\.yml:\d+: is not YAML"),
        ("- a\n", "has no services; give a compose file"),
        ("services:\n  app: 3\n", r"docker-compose\.yml:2: service 'app' is not a mapping"),
        ("\x00", "is not YAML"),
        ("services: {a: {ports: 80}}", r":1: ports is 80, expected a list"),
        ("services: {a: {environment: 3}}", r":1: environment is 3, expected a mapping or a list"),
        ("services: {a: {command: 5}}", r":1: command is 5, expected a string or a list"),
    ],
)
def test_a_compose_file_that_cannot_be_read_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        found(tmp_path, text)


def test_the_command_line_prints_file_and_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(JOURNAL)
    code = main(["doctor", "--compose", "docker-compose.yml", "--gitpod", ".gitpod.yml"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[0].startswith(".gitpod.yml:11: error port_public: port 2000 (the X-Ray daemon) is public")
    assert re.fullmatch(r"\d+ findings, \d+ errors", lines[-1])


def test_one_finding_is_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(app("environment: [OTEL_EXPORTER_OTLP_ENDPOINT=http://a.local]"))

    assert main(["doctor", "--compose", str(tmp_path / "c.yml")]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 finding, 1 error"


def test_json_is_for_machines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(GOOD.replace("xray-daemon:2000", "xray:2000", 1))

    assert main(["doctor", "--compose", str(tmp_path / "c.yml"), "--json"]) == 1
    ids = {finding["id"] for finding in json.loads(capsys.readouterr().out)}
    assert "xray_address_unknown" in ids


def test_a_missing_file_is_a_usage_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["doctor", "--compose", str(tmp_path / "none.yml")]) == 2
    assert "cannot be read: No such file or directory; check the path" in capsys.readouterr().err


def test_a_gitpod_file_of_another_shape_says_so(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text(GOOD)
    (tmp_path / "g.yml").write_text("ports: 5")

    with pytest.raises(ConfigurationError, match="ports is 5, expected a list"):
        read_project(tmp_path / "c.yml", gitpod=tmp_path / "g.yml")


def test_odd_members_are_passed_by(tmp_path: Path) -> None:
    service = "{ports: [{}], environment: {A: 1}, build: {}, logging: 3, networks: [{a: b}, [c], d]}"
    compose = f"services: {{a: {service}}}\nnetworks: {{d: e}}\n"

    assert found(tmp_path, compose, __env="ALONE\n") == []


def test_levels_are_in_order(tmp_path: Path) -> None:
    project = read_project(JOURNAL / "docker-compose.yml", environ={})
    levels = [finding.level for finding in diagnose(project)]

    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING, Level.INFO].index)
