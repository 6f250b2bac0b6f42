"""A container that does not come up, or ends by itself; `scenarios` run whole ones."""

import signal
from typing import Any

import pytest

from harness.errors import LaunchError
from harness.launch import container
from harness.launch.container import AppContainer


class Stub:
    """A container as testcontainers and the Docker SDK show it, whose port cannot be asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = "running"
        self.attrs = {"State": {"ExitCode": 3}}

    def reload(self) -> None:
        pass

    def logs(self) -> bytes:
        return b"bye\n"

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

    with pytest.raises(LaunchError) as refused:
        AppContainer("shop", port=80)

    assert str(refused.value) == (
        "container shop does not serve port 80: port 80 is not mapped; check its network"
    )
    assert stub.calls == ["stop"]


def test_a_container_that_ends_at_once_shows_its_code_and_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub()
    stub.status = "exited"
    monkeypatch.setattr(container, "_started", lambda *_, **__: stub)

    with pytest.raises(LaunchError) as refused:
        AppContainer("shop", port=80)

    assert str(refused.value) == (
        "container shop does not serve port 80: it ended with code 3; its last lines:\n  bye"
    )
    assert stub.calls == ["stop"]


class Unstartable:
    """testcontainers' container, and the Docker client that it made it with.

    Args:
        image: Whether there is one, so that a container was created.
    """

    def __init__(self, *, image: bool) -> None:
        self.client = self.containers = self
        self.calls: list[str] = []
        self._image = image

    def __call__(self, image: str) -> "Unstartable":
        return self

    def with_name(self, name: str) -> "Unstartable":
        self.calls.append(name)
        return self

    def with_exposed_ports(self, *_: int) -> "Unstartable":
        return self

    def with_envs(self, **_: str) -> "Unstartable":
        return self

    with_kwargs = with_envs

    def with_command(self, _: list[str]) -> "Unstartable":
        return self

    def get_docker_client(self) -> "Unstartable":
        return self

    def start(self) -> None:
        from docker.errors import APIError

        raise APIError("no")

    def get(self, name: str) -> "Unstartable":
        from docker.errors import NotFound

        if not self._image:
            raise NotFound("no such container")
        assert self.calls == [name]
        return self

    def remove(self, *, force: bool, v: bool) -> None:
        self.calls.append("remove")


@pytest.mark.parametrize(
    ("image", "cure"),
    [(False, "build or pull the image"), (True, "the image is there: check the command and its program")],
)
def test_a_container_that_cannot_be_started_does_not_stay(
    monkeypatch: pytest.MonkeyPatch, *, image: bool, cure: str
) -> None:
    core = pytest.importorskip(
        "testcontainers.core.container", reason="install telemetry-harness[containers]"
    )
    stub = Unstartable(image=image)
    monkeypatch.setattr(core, "DockerContainer", stub)

    with pytest.raises(LaunchError) as refused:
        AppContainer("shop", port=80, command=["nosuch"])

    assert str(refused.value) == f"container shop does not start: no; {cure}"
    assert stub.calls[1:] == ["remove"] * image


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
