"""Compose files that include and extend others."""

from pathlib import Path

import pytest

from harness.doctor.compose import read_services
from harness.errors import ConfigurationError
from harness.model import Level
from tests.doctor.project import app, diagnosed

EXPORTS = "    environment: {OTEL_SERVICE_NAME: app, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318'}\n"
APP = "services:\n  app:\n" + EXPORTS
COLLECTOR = "services: {collector: {image: x}}\n"


@pytest.mark.parametrize(
    "include",
    [
        "[infra/compose.yml]",
        "[{path: infra/compose.yml}]",
        "[{path: [infra/none.yml, infra/compose.yml]}]",
        "['${WHERE:-infra}/compose.yml']",
        "[infra/outer.yml]",
    ],
)
def test_a_host_of_an_included_file_is_known(tmp_path: Path, include: str) -> None:
    files = {"infra/compose.yml": COLLECTOR, "infra/outer.yml": "include: [compose.yml]\n"}
    files["infra/none.yml"] = "services: {}\n"

    assert diagnosed(tmp_path, f"include: {include}\n{APP}", files) == {}


def test_another_host_than_those_of_the_included_file_is_not(tmp_path: Path) -> None:
    compose = f"include: [infra.yml]\n{APP}".replace("collector", "colector")

    assert diagnosed(tmp_path, compose, {"infra.yml": COLLECTOR})["endpoint_host_unknown"].message == (
        "OTEL_EXPORTER_OTLP_ENDPOINT has host 'colector', which is no service of this file (app, collector)"
    )


def test_an_included_file_is_checked_with_variables_and_paths_of_its_own(tmp_path: Path) -> None:
    files = {
        "infra/compose.yml": "services: {b: {env_file: b.env, environment: {OTEL_SERVICE_NAME: b}}}\n",
        "infra/b.env": "OTEL_EXPORTER_OTLP_ENDPOINT=http://${HOST}\n",
        "infra/.env": "HOST=of-include\n",
    }

    found = diagnosed(tmp_path, "include: [infra/compose.yml]\n", files)

    assert list(found) == ["endpoint_host_unknown"]
    finding = found["endpoint_host_unknown"]
    assert "has host 'of-include'" in finding.message
    assert finding.site is not None
    assert finding.site.file.endswith("infra/b.env")


def unread(directory: Path, compose: str) -> tuple[Level, int, str]:
    """Return level, line and message of the only finding, that a file is not read."""
    found = diagnosed(directory, compose)
    assert list(found) == ["compose_file_unread"]
    finding = found["compose_file_unread"]
    assert finding.site is not None
    return finding.level, finding.site.line, finding.message


@pytest.mark.parametrize(
    ("compose", "line", "name"),
    [
        (f"include:\n  - none.yml\n{APP}", 2, "none.yml"),
        (f"include:\n  - path: ['${{FILE:-none.yml}}']\n{APP}", 2, "none.yml"),
        (f"{APP}    extends: {{file: docker-compose.yml/none.yml, service: base}}\n", 4, "none.yml"),
        (f"{APP}    extends: {{file: none.yml, service: base}}\n", 4, "none.yml"),
    ],
)
def test_a_named_file_that_is_not_there_is_an_error(
    tmp_path: Path, compose: str, line: int, name: str
) -> None:
    level, where, message = unread(tmp_path, compose)

    assert (level, where) == (Level.ERROR, line)
    assert message.startswith("there is no file '")
    assert message.endswith(f"{name}': Compose starts nothing; make it, or correct its path")


UNKNOWN = "what it says of services is not known here, and a host may be one of them"


@pytest.mark.parametrize(
    "name", ["oci://registry.local/infra", "git@git.local:infra.git", "https://git.local/infra.git#main"]
)
def test_a_file_from_elsewhere_may_have_the_host(tmp_path: Path, name: str) -> None:
    assert unread(tmp_path, f"include:\n  - {{path: '{name}'}}\n{APP}") == (
        Level.WARNING,
        2,
        f"{name!r} is no local file, and nothing is fetched; {UNKNOWN}",
    )


def test_a_file_that_is_no_compose_file_may_have_the_host(tmp_path: Path) -> None:
    (tmp_path / "list.yml").write_text("[a]")

    assert unread(tmp_path, f"include: [list.yml]\n{APP}") == (
        Level.WARNING,
        1,
        f"{tmp_path / 'list.yml'}: has no services; give a compose file; {UNKNOWN}",
    )


@pytest.mark.parametrize(
    ("include", "line", "message"),
    [
        (" 5", 1, "5, expected a list of files"),
        (" infra.yml", 1, "'infra.yml', expected a list of files"),
        ("\n  - 5", 2, "5, expected a file, or a mapping with path"),
        ("\n  -", 2, "None, expected a file, or a mapping with path"),
        ("\n  - {env_file: a.env}", 2, "{'env_file': 'a.env'}, expected a file, or a mapping with path"),
        ("\n  - path: [a.yml, 5]", 2, "{'path': ['a.yml', 5]}, expected a file, or a mapping with path"),
    ],
)
def test_an_include_that_is_none(tmp_path: Path, include: str, line: int, message: str) -> None:
    found = diagnosed(tmp_path, f"include:{include}\n{APP}".replace("collector", "collector.local"))

    assert list(found) == ["include_invalid"]
    finding = found["include_invalid"]
    assert (finding.level, finding.site and finding.site.line) == (Level.ERROR, line)
    assert finding.message == f"include has {message}: Compose starts nothing"


@pytest.mark.parametrize(
    ("files", "file", "way"),
    [
        ({}, "docker-compose.yml", ""),
        ({"b.yml": f"include: [docker-compose.yml]\n{COLLECTOR}"}, "b.yml", ", by way of {0}/b.yml"),
        (
            {
                "b.yml": "include: [c.yml]\n",
                "c.yml": f"include:\n  - {{path: docker-compose.yml}}\n{COLLECTOR}",
            },
            "c.yml",
            ", by way of {0}/b.yml, by way of {0}/c.yml",
        ),
    ],
)
def test_files_that_include_each_other_in_a_circle(
    tmp_path: Path, files: dict[str, str | bytes], file: str, way: str
) -> None:
    included = "b.yml" if files else "docker-compose.yml"
    compose = f"include: [{included}]\n{APP}".replace("collector", "collector.local")

    found = diagnosed(tmp_path, compose, files)

    assert list(found) == ["include_invalid"]
    site = found["include_invalid"].site
    assert site is not None
    assert (Path(site.file).name, site.line) == (file, 2 if file == "c.yml" else 1)
    assert found["include_invalid"].message == (
        f"include has 'docker-compose.yml', which includes itself{way.format(tmp_path)}: "
        "Compose starts nothing; take one of them out"
    )


def test_a_file_that_two_files_include_is_no_circle(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = dict.fromkeys(("b.yml", "c.yml"), "include: [infra.yml]\n")

    compose = f"include: [b.yml, c.yml]\n{APP}"

    assert diagnosed(tmp_path, compose, {**files, "infra.yml": COLLECTOR}) == {}


BASE = """services:
  base:
    env_file: base.env
    environment: [OTEL_SERVICE_NAME=base]
    ports: ['4318:4318']
"""


@pytest.mark.parametrize(
    ("extends", "files"),
    [
        ("{file: infra/base.yml, service: base}", {"infra/base.yml": BASE}),
        (
            "{file: app.yml, service: middle}",
            {
                "infra/base.yml": BASE,
                "app.yml": app("image: x", "extends: {file: infra/base.yml, service: base}").replace(
                    "app:", "middle:"
                ),
            },
        ),
    ],
)
def test_what_a_service_extends_is_its_own(
    tmp_path: Path, extends: str, files: dict[str, str | bytes]
) -> None:
    compose = app(f"extends: {extends}", "environment: {OTEL_EXPORTER_OTLP_HEADERS: x}")

    found = diagnosed(tmp_path, compose, {**files, "infra/base.env": "OTEL_EXPORTER_OTLP_ENDPOINT=nowhere\n"})

    assert set(found) == {"otlp_endpoint_invalid", "otlp_headers_invalid", "port_published"}


@pytest.mark.parametrize(
    ("base", "own", "value"),
    [
        (("environment: [A=base]",), ("env_file: own.env",), "base"),  # although it is the other's
        (("env_file: base.env",), ("environment: [A=app]",), "app"),
        (("env_file: base.env",), ("env_file: own.env",), "own.env"),
        (("environment: [A=base]", "env_file: base.env"), ("environment: [A=app]",), "app"),
    ],
)
def test_as_in_compose_environment_wins_over_every_env_file_also_by_extends(
    tmp_path: Path, base: tuple[str, ...], own: tuple[str, ...], value: str
) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(app("extends: base", *own) + "  base:\n" + "".join(f"    {line}\n" for line in base))
    for name in ("base.env", "own.env"):
        (tmp_path / name).write_text(f"A={name}\n")

    assert read_services(file, {}, [])["app"].environment["A"].value == value


def test_a_service_wins_over_what_it_extends(tmp_path: Path) -> None:
    compose = (
        APP.replace("collector", "collector.local") + "    extends: base\n  base: {environment: {A: b}}\n"
    )
    base = "    environment: {OTEL_SERVICE_NAME: app, OTEL_EXPORTER_OTLP_ENDPOINT: nowhere}\n"

    found = diagnosed(tmp_path, compose.replace("base: {environment: {A: b}}", f"base:\n{base}"))

    assert found["otlp_endpoint_invalid"].site is not None
    assert found["otlp_endpoint_invalid"].site.line == 6


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("extends: none",), r":3: 'app' extends 'none', which is no service of .*docker-compose\.yml$"),
        (("extends: app",), ":3: 'app' extends itself, by way of 'app'$"),
    ],
)
def test_what_cannot_be_extended_says_where(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        diagnosed(tmp_path, app(*lines))


@pytest.mark.parametrize("depth", [100, 3000])
def test_a_chain_of_extends_has_a_limit(tmp_path: Path, depth: int) -> None:
    links = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(depth))
    compose = f"services:\n{links}  s{depth}: {{image: x}}\n"
    if depth == 100:
        assert diagnosed(tmp_path, compose) == {}
        return

    message = (
        r"docker-compose\.yml:102: 's0' extends more than 100 services, each by way of the one before; "
        "let it extend one of the last of them directly$"
    )
    with pytest.raises(ConfigurationError, match=message):
        diagnosed(tmp_path, compose)
