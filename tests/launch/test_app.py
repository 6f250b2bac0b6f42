"""Waiting for an app to be ready."""

import socket

import pytest

from harness.errors import LaunchError
from harness.launch.app import wait_until_ready


def test_an_app_that_has_ended_is_not_ready_although_its_port_answers() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(LaunchError) as error:
            wait_until_ready(
                "shop", "127.0.0.1", port, ended=lambda: 3, output=lambda: "port in use", timeout_s=30
            )

    assert str(error.value) == (
        f"shop did not answer on 127.0.0.1:{port}: it ended with code 3, and another process answers there; "
        "its last lines:\n  port in use"
    )
