"""`harness run`: any command, its exit code, its signals and what it emits."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from harness.report import read_record
from tests.cli.program import HARNESS, environment, harness

SEGMENT = (
    '{"name":"app","id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793",'
    '"start_time":1.5,"end_time":2.5}'
)
SEND = f"""
import os, socket
host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
to = host, int(port)
line = b'{{"format":"json","version":1}}' + bytes([10])
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(line + b'{SEGMENT}', to)
"""


def run(out: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return harness("run", "--out", str(out), "--", *command)


def test_the_telemetry_of_a_command_is_written(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, "-c", SEND + "print('said')")

    (scenario,) = read_record(tmp_path).scenarios
    assert done.returncode == 0
    assert done.stdout == "said\n"
    assert scenario.name.startswith(sys.executable)
    assert [segment.name for segment in scenario.telemetry.segments] == ["app"]
    assert "captured: 1 segment\n" in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "run.json"]


@pytest.mark.parametrize("code", [0, 3, 143])
def test_the_exit_code_is_the_commands(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, "sh", "-c", f"exit {code}").returncode == code


def test_a_command_that_a_signal_ends_gives_128_and_more(tmp_path: Path) -> None:
    done = run(tmp_path, "sh", "-c", "kill -KILL $$")

    assert done.returncode == 128 + signal.SIGKILL
    assert read_record(tmp_path).scenarios[0].outcome == "failed"


def test_telemetry_that_does_not_hold_is_1(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, "-c", SEND.replace("start_time", "begin"))

    assert done.returncode == 1
    assert "input_rejected" in done.stderr


def test_a_command_that_is_not_there_is_named_and_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("an earlier run")
    done = run(tmp_path, "no-such-program")

    assert done.returncode == 2
    assert done.stderr == (
        "harness: cannot run 'no-such-program': no such program; check the spelling and PATH\n"
    )
    assert (tmp_path / "run.json").read_text() == "an earlier run"


FAMILY = """
import os, signal, sys

def say(line):
    os.write(1, (line + chr(10)).encode())  # whole lines, although two processes write

stopping = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
child = os.fork()
name = "parent" if child else "child"
say(f"{name} ready")
say(f"{name} {signal.Signals(signal.sigwait(stopping)).name}")
if child:
    os.waitpid(child, 0)
sys.exit(7)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_go_to_the_whole_group(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(  # noqa: S603  our own interpreter
        [*HARNESS, "run", "--out", str(tmp_path), "--", sys.executable, "-c", FAMILY],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    ready = {process.stdout.readline(), process.stdout.readline()}

    process.send_signal(number)
    said, _ = process.communicate(timeout=30)

    assert ready == {"parent ready\n", "child ready\n"}
    assert sorted(said.splitlines()) == [f"child {number.name}", f"parent {number.name}"]
    assert process.returncode == 7
    assert read_record(tmp_path).scenarios[0].outcome == "passed"


def test_a_port_that_is_taken_is_named_and_nothing_is_replaced(tmp_path: Path) -> None:
    for name in ("run.json", "index.html", "received.bin"):
        (tmp_path / name).write_text("an earlier run")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = harness("run", "--out", str(tmp_path), "--aws-port", str(port), "--", "true")

    assert done.returncode == 2
    assert f"the AWS receiver cannot listen on 127.0.0.1:{port}: " in done.stderr
    assert "stop what uses the port, or choose another (0 takes a free one)" in done.stderr
    assert {file.read_text() for file in tmp_path.iterdir()} == {"an earlier run"}


@pytest.mark.parametrize("name", ["run.json", "index.html"])
def test_a_report_that_cannot_be_replaced_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    done = run(tmp_path, "true")

    assert done.returncode == 2
    assert done.stderr == (
        f"harness: {tmp_path / name}: cannot be replaced: Is a directory; "
        "remove it, or choose another directory (--out DIR)\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_wrong_port_is_a_usage_error(tmp_path: Path) -> None:
    done = harness("run", "--out", str(tmp_path), "--xray-port", "70000", "--", "true")

    assert done.returncode == 2
    assert "argument --xray-port: '70000' is not a port, 0 to 65535" in done.stderr


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = run(tmp_path / "file", "true")

    assert done.returncode == 2
    assert "choose another directory (--out DIR)" in done.stderr


def test_the_command_starts_while_the_record_of_an_earlier_run_is_gone(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")

    done = run(
        tmp_path, sys.executable, "-c", f"import os; print(os.path.exists({str(tmp_path / 'run.json')!r}))"
    )

    assert done.stdout == "False\n"


def test_real_backends_are_not_in_the_environment(tmp_path: Path) -> None:
    done = run(
        tmp_path, sys.executable, "-c", "import os; print(os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'][:17])"
    )

    assert done.stdout == "http://127.0.0.1:\n"
