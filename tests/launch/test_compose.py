"""A compose project that does not come up, or whose telemetry cannot be taken; `scenarios` run whole ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import LaunchError
from harness.launch import compose
from harness.launch.compose import ComposeApp

ANSWERS = {"ps": "id\n", "port": "127.0.0.1:1\n", "wait": "7\n", "inspect": "true 0\n"}


@pytest.fixture
def answers() -> dict[str, str | LaunchError]:
    """What Docker answers to each command, or fails with."""
    return dict(ANSWERS)


@pytest.fixture
def commands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: dict[str, str | LaunchError]
) -> list[str]:
    """The commands that Docker is given."""
    called: list[str] = []
    (tmp_path / "c.yml").touch()
    monkeypatch.chdir(tmp_path)

    def answer(*command: str, **_: Any) -> str:
        called.append(
            next(
                word
                for word in command
                if word in ("up", "ps", "port", "down", "kill", "wait", "logs", "stop", "inspect")
            )
        )
        found = answers.get(called[-1], "")
        if isinstance(found, LaunchError):
            raise found
        return found

    monkeypatch.setattr(compose, "compose_command", lambda: ("compose",))
    monkeypatch.setattr(compose, "run", answer)
    monkeypatch.setattr(compose, "wait_until_ready", lambda *_, **__: None)
    return called


def project(take: Any = list, file: str = "c.yml") -> ComposeApp:
    return ComposeApp(Path(file), service="shop", port=80, recorder="recorder", take=take)


@pytest.mark.usefixtures("commands")
def test_any_failure_brings_the_project_down(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compose, "wait_until_ready", interrupted)

    with pytest.raises(KeyboardInterrupt):
        project()

    assert commands[-1] == "down"


def test_telemetry_that_cannot_be_taken_leaves_the_exit_code(
    commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def take(_: Iterator[object]) -> None:
        raise OSError("the disk is full")

    app = project(take)

    with pytest.raises(OSError, match="the disk is full"):
        app.stop()

    assert commands[-1] == "down"
    assert app.stop() == 7
    assert commands.count("down") == 1


def refused(commands: list[str], file: str = "c.yml") -> str:
    """Return what is said of a project that does not come up; `commands` is what Docker was given."""
    with pytest.raises(LaunchError) as error:
        project(file=file)
    assert not commands or commands[-1] == "down"
    return "\n".join((str(error.value), *getattr(error.value, "__notes__", ())))


def test_a_file_that_is_not_there_is_said_before_anything_is_run(commands: list[str], tmp_path: Path) -> None:
    assert refused(commands, "nofile.yml") == (
        "compose file 'nofile.yml' cannot be read: No such file or directory; check the path, which begins "
        f"at {str(tmp_path)!r} if it is relative"
    )
    assert commands == []


def test_the_first_error_is_said_also_when_the_project_cannot_be_brought_down(
    commands: list[str], answers: dict[str, str | LaunchError]
) -> None:
    answers |= {"up": LaunchError("up failed"), "down": LaunchError("down failed")}

    assert refused(commands) == (
        "the project of c.yml does not come up; build or pull its images, and check it with "
        "`docker compose -f c.yml config`: up failed\n"
        "and what had started is perhaps still there: down failed"
    )


@pytest.mark.parametrize("port", ["", ":0\n", LaunchError("No container found")])
def test_a_service_that_ends_at_once_shows_its_code_and_last_lines(
    commands: list[str], answers: dict[str, str | LaunchError], port: str | LaunchError
) -> None:
    answers |= {"port": port, "inspect": "false 3\n", "logs": "bye\n"}

    assert refused(commands) == (
        "service shop does not serve port 80: it ended with code 3; its last lines:\n  bye"
    )


@pytest.mark.parametrize("port", ["", ":0\n", LaunchError("no port 80/tcp for container")])
def test_a_port_that_is_not_published_is_named(
    commands: list[str], answers: dict[str, str | LaunchError], port: str | LaunchError
) -> None:
    answers["port"] = port

    assert refused(commands) == (
        "service 'shop' does not publish port 80; add '80' to its ports in the compose file"
    )


@pytest.mark.parametrize("found", ["", LaunchError("No such service: shop")])
def test_a_service_that_is_not_there_is_named(
    commands: list[str], answers: dict[str, str | LaunchError], found: str | LaunchError
) -> None:
    answers["ps"] = found

    assert refused(commands) == "service 'shop' has no container; check its name in the compose file"
