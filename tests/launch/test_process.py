"""Starting and stopping a process: ready, dead at once, slow, deaf to signals."""

import signal
import socket
import sys
import urllib.request
from pathlib import Path
from typing import Any

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
        match=r"did not answer on 127\.0\.0\.1:\d+: it ended with code 1; its last lines:\n  no region",
    ):
        start("sys.exit('no region is set')")


def test_an_app_that_does_not_listen_is_stopped_at_the_deadline() -> None:
    with pytest.raises(LaunchError, match=r"did not answer on 127\.0\.0\.1:\d+ within 0\.2 s; its last"):
        start("signal.pause()", ready_timeout_s=0.2)


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(LaunchError, match="cannot run 'no-such-program': no such program; check"):
        AppProcess(["no-such-program"])


def test_a_directory_is_no_program(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"cannot run {str(tmp_path)!r}: it is a directory; give a program in it"


def test_a_file_that_is_not_executable_is_said(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("#!/bin/sh\n")

    assert refused("./app", cwd=tmp_path) == (
        "cannot run './app': it is not executable; chmod +x ./app, or give the program that runs it first"
    )


def refused(*command: Any, **options: Any) -> str:
    """Return what is said of a command that is not started."""
    with pytest.raises(LaunchError) as error:
        AppProcess(command, **options)
    return str(error.value)


def test_a_port_that_another_server_holds_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refused(sys.executable, "-c", "input()", port=port)

    assert said == (
        f"port {port} of 127.0.0.1 is taken: Address already in use; stop what uses it, or leave port out "
        "for a free one"
    )


def test_no_command_is_said() -> None:
    assert refused() == "no command to start; give its arguments, as in 'flask', 'run', '-p', '{port}'"


def test_a_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    assert refused("true", cwd=missing) == (
        f"cannot run 'true' in '{missing}': No such file or directory; check the directory"
    )


@pytest.mark.parametrize("value", [None, 8000])
def test_a_variable_that_is_no_string_is_named(value: object) -> None:
    assert refused("true", env={"PORT": value}) == (
        f"variable 'PORT' is {value!r}, expected a string; quote it, or leave it out"
    )


def test_an_argument_may_be_a_path(tmp_path: Path) -> None:
    script = tmp_path / "serve.py"
    script.write_text(SERVE.format(setup=""))

    app = AppProcess([Path(sys.executable), script, "{port}"])

    assert app.stop() == 128 + signal.SIGTERM


def is_running(pid: int) -> bool:
    """Return whether a process is there and no zombie that waits for its parent."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="what left the group is found in /proc; run on Linux")
def test_a_child_of_another_session_does_not_outlive_it() -> None:
    child = (
        "import subprocess; print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid, flush=True)"
    )
    app = start(child)
    pid = int(app.output.splitlines()[0])

    app.stop()

    assert not is_running(pid)


def test_what_is_left_of_its_group_has_the_rest_of_the_time(tmp_path: Path) -> None:
    late = tmp_path / "late"
    worker = f"trap 'sleep 0.5; echo sent > {late}; exit' TERM; echo ready; while :; do sleep 0.05; done"
    app = start(f"import subprocess; subprocess.Popen(['sh', '-c', {worker!r}])")
    app.wait_for_output("ready")

    app.stop(group=True)

    assert late.read_text() == "sent\n"


@pytest.mark.parametrize(
    ("command", "options", "message"),
    [
        (["a"], {"port": -1}, "port is -1, expected 0 to 65535"),
        (["a"], {"port": "80"}, "port is '80', expected 0 to 65535"),
        (["a"], {"ready_timeout_s": -1}, "ready_timeout_s is -1, expected seconds, 0 or more"),
        (["a"], {"env": ["A=1"]}, "env is ['A=1'], expected a mapping of variables"),
        (["a"], {"env": {1: "a"}}, "the name of a variable is 1, expected a string"),
        (["a", 80], {}, "the command has 80, expected text or a path"),
        (["a", "b\0"], {}, "the command has 'b\\x00', expected text without NUL"),
        (
            ["a"],
            {"env": {"A=B": "c"}},
            "the name of a variable is 'A=B', expected one without '=' and NUL",
        ),
        (["a"], {"env": {"": "c"}}, "the name of a variable is '', expected one without '=' and NUL"),
        (["a"], {"env": {"A": "c\0"}}, "variable 'A' is 'c\\x00', expected a value without NUL"),
    ],
)
def test_what_no_process_can_be_started_with_is_refused(
    command: list[Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(LaunchError) as caught:
        AppProcess(command, **options)

    assert str(caught.value) == message
