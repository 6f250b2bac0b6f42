"""A container that does not come up, or ends by itself; `scenarios` run whole ones."""

import signal
from typing import Any

import pytest

from harness.launch import container
from harness.launch.container import AppContainer


class Stub:
    """A container as testcontainers and the Docker SDK show it, whose port cannot be asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = "running"

    def get_wrapped_container(self) -> "Stub":
        return self

    def get_container_host_ip(self) -> str:
        return "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        raise ConnectionError(f"port {port} is not mapped")

    def stop(self) -> None:
        self.calls.append("stop")


def test_a_container_whose_port_is_not_exposed_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub()
    monkeypatch.setattr(container, "_started", lambda *_, **__: stub)

    with pytest.raises(ConnectionError):
        AppContainer("shop", port=80)

    assert stub.calls == ["stop"]


class EndsMeanwhile:
    """Does not end in time, and is gone when it is to be killed."""

    def __init__(self) -> None:
        self.waits = 0

    def kill(self, _how: str = "SIGKILL") -> None:
        if self.waits:
            from docker.errors import APIError

            raise APIError("is not running")

    def wait(self, timeout: float | None = None) -> dict[str, int]:
        import requests.exceptions

        self.waits += 1
        if timeout is not None:
            raise requests.exceptions.ReadTimeout
        return {"StatusCode": 3}


def test_a_container_that_ends_between_wait_and_kill_has_its_exit_code() -> None:
    pytest.importorskip("docker", reason="install telemetry-harness[containers]")
    app: Any = AppContainer.__new__(AppContainer)
    app._wrapped = EndsMeanwhile()

    assert app._end(signal.SIGTERM, 0.1) == 3
