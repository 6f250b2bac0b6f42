"""Compose files of every shape: merged keys, ranges of ports, files of variables."""

import os
import re
from pathlib import Path

import pytest

from harness.doctor.compose import read_services
from harness.errors import ConfigurationError
from harness.model import Finding, Level
from tests.doctor.project import app, diagnosed

MERGED = """
x-otel: &otel
  OTEL_SERVICE_NAME: app
  OTEL_EXPORTER_OTLP_ENDPOINT: nowhere
x-service: &service
  environment:
    <<: [*otel]
services:
  app:
    <<: *service
"""


def test_a_merged_key_stands_where_it_is_merged_from(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, MERGED)

    site = found["otlp_endpoint_invalid"].site
    assert site is not None
    assert (Path(site.file).name, site.line) == ("docker-compose.yml", 4)


@pytest.mark.parametrize(
    "port",
    [
        "{target: 4317-4318}",
        '{target: "${P:-4318}"}',
        '"4300-4400:4300-4400"',
        '"0.0.0.0:${P:-4318}:${P:-4318}/tcp"',
        "4318",
    ],
)
def test_every_way_to_publish_a_port_is_read(tmp_path: Path, port: str) -> None:
    assert "port_published" in diagnosed(tmp_path, app(f"ports: [{port}]"))


@pytest.mark.parametrize(
    "port",
    ['"[::1]:4318:4318"', '"127.0.0.1:4318:4318"', '{target: 4318, host_ip: "${H:-127.0.0.1}"}', '"${P}"'],
)
def test_ports_for_this_machine_are_not_reported(tmp_path: Path, port: str) -> None:
    assert diagnosed(tmp_path, app(f"ports: [{port}]")) == {}


@pytest.mark.parametrize(
    ("port", "shown"),
    [
        ("99999", "99999"),
        ('"abc:4318"', "abc"),
        ('"127.0.0.1:99999:80"', "99999"),
        ('"80:${P:-x}/tcp"', "x"),
        ('"4318-4317"', "4318-4317"),
        ("{target: abc}", "abc"),
        ("{target: 80, published: '65536'}", "65536"),
        ("", "None"),
    ],
)
def test_a_port_that_is_none(tmp_path: Path, port: str, shown: str) -> None:
    finding = diagnosed(tmp_path, app("ports:", f"  - {port}"))["port_invalid"]

    assert finding.message == (
        f"ports has {shown!r}, which is no port: Compose starts nothing; expected 1 to 65535, or first-last"
    )
    assert finding.site is not None
    assert finding.site.line == 4


def test_a_range_of_workspace_ports_and_merged_keys_of_one(tmp_path: Path) -> None:
    gitpod = "x: &public {visibility: public}\nports:\n  - port: 4000-5000\n    <<: *public\n"

    found = diagnosed(tmp_path, app("image: shop"), {".gitpod.yml": gitpod}, gitpod=True)

    site = found["port_public"].site
    assert site is not None
    assert site.line == 1


ENV_FILE = ("env_file:", "  - app.env", "  - {path: none.env, required: false}")


def test_variables_of_an_env_file_are_the_services(tmp_path: Path) -> None:
    text = "export OTEL_SERVICE_NAME='app' # its name\nOTEL_EXPORTER_OTLP_ENDPOINT=nowhere\nTOKEN=secret\n"

    found = diagnosed(tmp_path, app(*ENV_FILE), {"app.env": "\ufeff" + text})

    site = found["otlp_endpoint_invalid"].site
    assert list(found) == ["otlp_endpoint_invalid"]
    assert site is not None
    assert (Path(site.file).name, site.line) == ("app.env", 2)


def test_environment_wins_over_an_env_file(tmp_path: Path) -> None:
    lines = ("env_file: app.env", "environment: [OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.local]")

    text = "OTEL_SERVICE_NAME=app\nOTEL_EXPORTER_OTLP_ENDPOINT=nowhere\n"
    assert diagnosed(tmp_path, app(*lines), {"app.env": text}) == {}


def test_an_env_file_that_is_missing_is_said(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, app("env_file: none.env"))

    missing = found["env_file_missing"]
    assert (missing.level, missing.site and missing.site.line) == (Level.WARNING, 3)
    assert missing.message.startswith("env_file 'none.env' is not there, so what it sets is not known here")


def test_unbalanced_quotes_are_told_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r""":3: command is 'xray "-o': No closing quotation$"""):
        diagnosed(tmp_path, app("""command: 'xray "-o'"""))


def bomb(levels: int) -> str:
    lines = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join((*lines, f"services: {{app: {{environment: *x{levels - 1}}}}}"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (bomb(12), ":5: aliases make more than 100,000 values of it; write it out"),
        ("a: 1\nb: " + "[" * 3000 + "]" * 3000, ":2: is nested too deeply; write it flatter"),
    ],
)
def test_yaml_without_end_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        diagnosed(tmp_path, text)


@pytest.mark.parametrize("value", ["${A${B}}", "${A", "costs $", "${A:-${B}", "${A:-$}"])
def test_what_compose_does_not_interpolate_is_found(tmp_path: Path, value: str) -> None:
    finding = diagnosed(tmp_path, app("image: shop", "labels:", f'  a: "{value}"'))["interpolation_invalid"]

    assert finding.message == (
        f"{value!r} has a $ that begins no variable: Compose answers invalid interpolation format, "
        "and starts nothing; write ${NAME}, or $$ for a dollar"
    )
    assert finding.site is not None
    assert finding.site.line == 5


@pytest.mark.parametrize(
    "value",
    ["$$A $A ${A}", "${A:-${B}}", "${A-x}", "$${A:?set it}", "${A:+${B:?}}", "${A:-${B:+${C?}}}", "$${"],
)
def test_what_compose_interpolates(tmp_path: Path, value: str) -> None:
    assert diagnosed(tmp_path, app("image: shop", "labels:", f'  a: "{value}"')) == {}


@pytest.mark.parametrize(
    ("value", "name", "why"),
    [
        ("${A:?set it}", "A", "set it"),
        ("${A?}", "A", "no reason is given"),
        ("x ${B:-${C:?c}}", "C", "c"),
        ("${SET:+${C:?c}}", "C", "c"),
        ("${EMPTY:?e}", "EMPTY", "e"),
    ],
)
def test_a_variable_that_is_required_and_not_set(tmp_path: Path, value: str, name: str, why: str) -> None:
    compose = app("image: shop", "labels:", f'  a: "{value} ${{SET:?}} ${{EMPTY?}}"')

    found = diagnosed(tmp_path, compose, {".env": "SET=1\nEMPTY=\n"})

    assert list(found) == ["variable_required"]
    assert found["variable_required"].message == (
        f"{name} is required ({why}), and is not set: Compose starts nothing; "
        "set it in .env or the environment"
    )


def test_a_mapping_that_is_merged_into_itself_is_an_error_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text("services:\n  a: &a\n    environment: {OTEL_SERVICE_NAME: x}\n    <<: *a\n")
    with pytest.raises(ConfigurationError, match=r"compose\.yml: is not YAML"):
        read_services(file, {}, [])


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "compose.yml")
    with pytest.raises(ConfigurationError, match="cannot be read: it is no file"):
        read_services(tmp_path / "compose.yml", {}, [])


LIST = "expected text: Compose starts nothing; write - NAME=value"
NAME = "expected one without white space: Compose starts nothing; write NAME=value"
VALUE = "expected text, a number or true or false: Compose starts nothing"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("- : x", f"has {{null: 'x'}}, {LIST}"),
        ("- OTEL_SERVICE_NAME: app", f"has {{'OTEL_SERVICE_NAME': 'app'}}, {LIST}"),
        ("- 3", f"has 3, {LIST}"),
        ("- true", f"has true, {LIST}"),
        ("-", f"has null, {LIST}"),
        ("- [A=1, null]", f"has ['A=1', null], {LIST}"),
        ("- '=x'", f"has '' as a name, {NAME}"),
        ("- ': x'", f"has ': x' as a name, {NAME}"),
        ("A: {b: c}", f"has {{'b': 'c'}} as a value, {VALUE}"),
        ("A: [1]", f"has [1] as a value, {VALUE}"),
        ("? ''\n      : x", f"has '' as a name, {NAME}"),
        ("? null\n      : x", f"has '' as a name, {NAME}"),
    ],
)
def test_an_environment_that_compose_refuses_is_told_with_its_place(
    tmp_path: Path, line: str, why: str
) -> None:
    found = diagnosed(tmp_path, app("image: x", "environment:", f"  {line}"))

    assert list(found) == ["environment_invalid"]
    finding = found["environment_invalid"]
    assert (finding.level, finding.site and finding.site.line) == (Level.ERROR, 5)
    assert finding.message == f"environment {why}"


def test_an_environment_with_nothing_below_it(tmp_path: Path) -> None:
    found = diagnosed(tmp_path, app("image: x", "environment:"))

    assert found["environment_invalid"].message == (
        "environment is empty, expected a mapping or a list: Compose starts nothing; take the line out"
    )


def test_values_that_are_no_text_are_read_as_compose_does(tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(app("environment: {A: 1.50, B: true, C: null, D: 3}"))

    notes: list[Finding] = []
    values = read_services(file, {"C": "c"}, notes)["app"].environment

    assert {name: setting.value for name, setting in values.items()} == {
        "A": "1.5",
        "B": "true",
        "C": "c",
        "D": "3",
    }
    assert notes == []
