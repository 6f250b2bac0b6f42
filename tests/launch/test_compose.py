"""A compose project that does not come up, or whose telemetry cannot be taken; `scenarios` run whole ones."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.launch import compose
from harness.launch.compose import ComposeApp


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Docker's answers, and the commands that ask for them."""
    called: list[str] = []

    def answer(*command: str, **_: Any) -> str:
        called.append(
            next(
                word
                for word in command
                if word in ("up", "ps", "port", "down", "kill", "wait", "logs", "stop", "inspect")
            )
        )
        return {"ps": "id\n", "port": "127.0.0.1:1\n", "wait": "7\n"}.get(called[-1], "")

    monkeypatch.setattr(compose, "compose_command", lambda: ("compose",))
    monkeypatch.setattr(compose, "run", answer)
    monkeypatch.setattr(compose, "wait_until_ready", lambda *_, **__: None)
    return called


def project(take: Any = list) -> ComposeApp:
    return ComposeApp(Path("c.yml"), service="shop", port=80, recorder="recorder", take=take)


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
