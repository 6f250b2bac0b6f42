"""Starting and stopping a process: ready, dead at once, slow, deaf to signals."""

import signal
import sys
import urllib.request

import pytest

from harness.errors import LaunchError
from harness.launch.process import AppProcess

SERVE = """
import http.server, signal, sys
{setup}
print("up", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def start(setup: str = "", **options: float) -> AppProcess:
    command = [sys.executable, "-c", SERVE.format(setup=setup), "{port}"]
    return AppProcess(command, **options)  # type: ignore[arg-type]  # only timeouts are given here


def test_it_is_ready_when_its_port_answers_and_its_output_is_kept() -> None:
    app = start()

    with urllib.request.urlopen(app.url, timeout=10) as answer:  # noqa: S310  our own loopback
        assert answer.status == 200
    assert app.stop() == 128 + signal.SIGTERM
    assert app.output.startswith("up\n")
    assert "GET / HTTP/1.1" in app.output


def test_the_exit_code_is_the_apps_own() -> None:
    app = start("signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))")

    assert app.stop() == 5
    assert app.stop() == 5


def test_an_app_that_ignores_the_signal_is_killed_at_the_deadline() -> None:
    app = start("signal.signal(signal.SIGTERM, signal.SIG_IGN)")

    assert app.stop(timeout_s=0.2) == 128 + signal.SIGKILL


def test_an_app_that_dies_at_once_shows_its_last_lines() -> None:
    with pytest.raises(
        LaunchError,
        match=r"did not answer on 127\.0\.0\.1:\d+: it ended; its last lines:\n  no region is set",
    ):
        start("sys.exit('no region is set')")


def test_an_app_that_does_not_listen_is_stopped_at_the_deadline() -> None:
    with pytest.raises(LaunchError, match=r"did not answer on 127\.0\.0\.1:\d+ within 0\.2 s; its last"):
        start("signal.pause()", ready_timeout_s=0.2)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(LaunchError, match="cannot run 'no-such-program': No such file or directory"):
        AppProcess(["no-such-program"])
