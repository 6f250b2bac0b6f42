"""`harness run`: any command, its exit code, its signals and what it emits."""

import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.cli import main
from harness.model import Level
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


# Werkzeug's reloader, as `flask --debug` runs it. Its parent kills the app 0.25 s after SIGINT,
# and at once on SIGTERM.
RELOADED = f"""
import atexit, os, time
from werkzeug._reloader import run_with_reloader

def send():
    time.sleep(0.5)  # a slow exporter
    {SEND.replace(chr(10), chr(10) + "    ")}

def serve():
    atexit.register(send)
    print("up", flush=True)

run_with_reloader(serve)
"""
DEADLINE_S = 30.0
# Its child leaves the process group, tells its id, and stays until its standard input is closed.
LEAVES_ITS_GROUP = """
import os, sys

read, write = os.pipe()
if os.fork():
    os.close(write)
    print(os.read(read, 20).decode(), flush=True)
else:
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    os.write(write, str(os.getpid()).encode())
    os.close(write)
    sys.stdin.read()
"""


def run(out: Path, *command: str, extra: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    return harness("run", "--out", str(out), "--", *command, extra=extra)


def test_the_telemetry_of_a_command_is_written(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, "-c", SEND + "print('said')")

    (scenario,) = read_record(tmp_path).scenarios
    assert done.returncode == 0
    assert done.stdout == "said\n"
    assert scenario.name.startswith(sys.executable)
    assert [segment.name for segment in scenario.telemetry.segments] == ["app"]
    assert "captured: 1 segment\n" in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "run.json"]


REFUSED = """
import time
import boto3

logs, metrics = boto3.client("logs"), boto3.client("cloudwatch")
now = round(time.time() * 1000)

def put(stream, message):
    try:
        logs.put_log_events(
            logGroupName="g", logStreamName=stream, logEvents=[{"timestamp": now, "message": message}]
        )
    except Exception as error:
        print("swallowed", type(error).__name__)

put("s", "made again")
logs.create_log_group(logGroupName="g")
logs.create_log_stream(logGroupName="g", logStreamName="s")
put("s", "made again")
put("nosuch", "lost")
put("nosuch", "lost")
put("s", "x" * 1_048_600)
try:
    metrics.put_metric_data(Namespace="N", MetricData=[{"MetricName": "a", "Value": float("nan")}])
except Exception as error:
    print("swallowed", type(error).__name__)
"""


def test_what_cloudwatch_refuses_and_never_takes_is_found(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, "-c", REFUSED)

    (scenario,) = read_record(tmp_path).scenarios
    cure = ", and let the app tell what its client raises"
    assert done.returncode == 1
    assert done.stdout.count("swallowed") == 5
    assert [event.message for event in scenario.telemetry.log_events] == ["made again"]
    assert [(found.id, found.signal, found.message) for found in scenario.findings] == [
        (
            "log_event_refused",
            "log_event",
            "log group 'g' refused 1 log event and never took them later, the first is 'lost': "
            "ResourceNotFoundException: The specified log stream does not exist.; "
            "correct the PutLogEvents" + cure,
        ),
        (
            "log_event_refused",
            "log_event",
            "log group 'g' refused 1 log event and never took them later, the first is "
            f"'{'x' * 60}'…: InvalidParameterException: Upload too large: 1048626 bytes exceeds limit "
            "of 1048576; correct the PutLogEvents" + cure,
        ),
        (
            "metric_refused",
            "metric",
            "namespace 'N' refused 1 metric datum and never took them later, the first is 'a': "
            "InvalidParameterValue: The value NaN for parameter MetricData.member.1.Value is invalid.; "
            "correct the PutMetricData" + cure,
        ),
    ]


def test_what_left_the_process_group_and_still_runs_is_named(tmp_path: Path) -> None:
    command = [*HARNESS, "run", "--out", str(tmp_path), "--", sys.executable, "-c", LEAVES_ITS_GROUP]
    with subprocess.Popen(  # noqa: S603  our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        pid = process.stdout.readline().strip()
        told = process.stderr.readline()
        process.communicate(timeout=DEADLINE_S)

    assert told == (
        f"harness: still running after the command ended: {Path(sys.executable).name} (pid {pid}); "
        "what it sends from now on is not recorded: let the command wait for its processes\n"
    )


@pytest.mark.parametrize("code", [0, 3, 143])
def test_the_exit_code_is_the_commands(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, "sh", "-c", f"exit {code}").returncode == code


def test_a_run_that_fails_by_its_command_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, "sh", "-c", "exit 3")

    assert done.stderr.startswith(
        "Telemetry does not hold: 1 of 1 scenario failed, 1 finding that fails\n"
        "captured: nothing\n"
        "  1 × command_failed: the command ended with exit code 3; see its output\n"
        "      in sh -c 'exit 3'\n"
    )


def test_a_command_that_a_signal_ends_gives_128_and_more(tmp_path: Path) -> None:
    done = run(tmp_path, "sh", "-c", "kill -KILL $$")

    record = read_record(tmp_path)
    assert done.returncode == 128 + signal.SIGKILL
    assert record.scenarios[0].outcome == "failed"
    (finding,) = record.findings
    assert (finding.id, finding.level) == ("command_killed", Level.WARNING)
    assert finding.message == (
        "SIGKILL ended the command, and what it still held is lost: nothing runs after SIGKILL: stop it with "
        "SIGTERM and a longer grace period, and shorten what is at stake (OTEL_BSP_SCHEDULE_DELAY, "
        "watchtower's send_interval)"
    )
    assert f"harness: {finding.message}\n" in done.stderr
    assert "  1 × command_killed, a warning: " in done.stderr


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        ("INT", ""),
        ("TERM", "its exit handlers did not run: leave through sys.exit in a handler of SIGTERM, "),
        ("SEGV", "it crashed, and its exit handlers did not run: find the crash first "),
    ],
)
def test_the_cure_is_that_of_the_signal(tmp_path: Path, number: str, cure: str) -> None:
    run(tmp_path, "sh", "-c", f"kill -{number} $$")

    told = [finding.message.partition(" is lost: ")[2] for finding in read_record(tmp_path).findings]
    assert [message.startswith(cure) for message in told] == ([True] if cure else [])


FULL_AT_LAST = """
import os, resource, signal, sys
from harness.cli import main, receiving
from harness.report import write

written = write.write_reports
def full(*arguments):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    return written(*arguments)
write.write_reports = full
sys.exit(main(["run", "--out", sys.argv[1], "--", "true"]))
"""


def test_a_disk_that_is_full_at_last_is_told_with_its_cure(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-B", "-c", FULL_AT_LAST, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        f"harness: {tmp_path}/run.json: cannot be written: File too large; free some space, or choose "
        "another directory (--out DIR); what arrived is kept in received.bin, of which "
        f"harness report {tmp_path} makes a report\n"
    )
    assert main(["report", str(tmp_path)]) == 1
    assert (tmp_path / "index.html").exists()


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


def started(out: Path, *command: str) -> subprocess.Popen[str]:
    """Start a command under the harness, and return before it ends."""
    return subprocess.Popen(  # noqa: S603  our own interpreter
        [*HARNESS, "run", "--out", str(out), "--", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_go_to_the_whole_group(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path, sys.executable, "-c", FAMILY)
    assert process.stdout is not None
    ready = {process.stdout.readline(), process.stdout.readline()}

    process.send_signal(number)
    said, _ = process.communicate(timeout=30)

    assert ready == {"parent ready\n", "child ready\n"}
    assert sorted(said.splitlines()) == [f"child {number.name}", f"parent {number.name}"]
    assert process.returncode == 7
    assert read_record(tmp_path).scenarios[0].outcome == "passed"


RELOADABLE = """
import signal, subprocess, sys
work = "print('worker ready', flush=True); import signal; signal.pause()"
worker = subprocess.Popen([sys.executable, "-c", work])
# 0 where the worker ended by SIGTERM, and by nothing before it.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(worker.wait(10) + signal.SIGTERM))
signal.signal(signal.SIGHUP, lambda *_: print("reloaded", flush=True))
print("leader ready", flush=True)
while True:
    signal.pause()
"""


def test_a_reload_does_not_end_the_workers(tmp_path: Path) -> None:
    process = started(tmp_path, sys.executable, "-c", RELOADABLE)
    assert process.stdout is not None
    assert {process.stdout.readline(), process.stdout.readline()} == {"leader ready\n", "worker ready\n"}

    process.send_signal(signal.SIGHUP)
    assert process.stdout.readline() == "reloaded\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 0


def test_what_a_script_started_is_hung_up_with_it(tmp_path: Path) -> None:
    worker = f"{sys.executable} -c 'import signal; print(1, flush=True); signal.pause()'"
    process = started(tmp_path, "sh", "-c", f"{worker} & wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"

    process.send_signal(signal.SIGHUP)
    _, said = process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 128 + signal.SIGHUP
    assert "still running" not in said


@pytest.mark.parametrize("name", ["HUP", "QUIT", "ALRM", "USR1", "USR2", "WINCH", "TTIN", "TTOU"])
def test_every_signal_that_a_shell_sends_is_forwarded(tmp_path: Path, name: str) -> None:
    code = f"""
import signal, sys
signal.signal(signal.SIG{name}, lambda *_: sys.exit(3))
print("ready", flush=True)
signal.pause()
"""
    process = started(tmp_path, sys.executable, "-c", code)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"

    process.send_signal(signal.Signals[f"SIG{name}"])
    process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 3
    assert read_record(tmp_path).scenarios


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a reloader is known in /proc; run on Linux")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_app_of_a_reloader_sends_what_it_holds(tmp_path: Path, number: signal.Signals) -> None:
    app = tmp_path / "app.py"
    app.write_text(RELOADED)
    process = started(tmp_path / "out", sys.executable, str(app))
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"

    process.send_signal(number)
    process.communicate(timeout=DEADLINE_S)

    assert process.returncode == 0
    assert [segment.name for segment in read_record(tmp_path / "out").scenarios[0].telemetry.segments] == [
        "app"
    ]


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


@pytest.mark.parametrize("name", ["a b", "x:y", "", "x-team=1,", "é"])
def test_a_required_header_that_is_no_name_is_a_usage_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "--out", str(tmp_path), "--require-header", name, "--", "true"])

    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"harness run: error: argument --require-header: {name!r} is no name of a header; "
        "give it without its value, for example x-honeycomb-team"
    )


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = run(tmp_path / "file", "true")

    assert done.returncode == 2
    assert "choose another directory (--out DIR)" in done.stderr


@pytest.mark.parametrize(
    ("name", "content"), [("index.html", "<html>my site</html>"), ("run.json", '{"mine": 1}')]
)
def test_a_file_that_is_no_report_is_not_replaced(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)

    done = run(tmp_path, sys.executable, "-c", "print('begun')")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"harness: {tmp_path / name}: is there, and no report of the harness;"
        " move it, or choose another directory (--out DIR)\n"
    )
    assert (tmp_path / name).read_text() == content
    assert sorted(tmp_path.iterdir()) == [tmp_path / name]


def test_a_directory_without_a_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "--out", "", "--", "true"])

    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "harness run: error: argument --out: is empty; give a directory, . for this one"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_recording_that_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "received.bin")

    done = run(tmp_path, "true")

    assert done.returncode == 2
    assert "received.bin: cannot be written: " in done.stderr
    assert main(["report", str(tmp_path)]) == 2


def test_the_command_starts_while_the_record_of_an_earlier_run_is_gone(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"schema_version":1}')

    done = run(
        tmp_path, sys.executable, "-c", f"import os; print(os.path.exists({str(tmp_path / 'run.json')!r}))"
    )

    assert done.stdout == "False\n"


def test_real_backends_are_not_in_the_environment(tmp_path: Path) -> None:
    done = run(
        tmp_path, sys.executable, "-c", "import os; print(os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'][:17])"
    )

    assert done.stdout == "http://127.0.0.1:\n"


DIVERTING = {
    "AWS_ENDPOINT_URL_SQS": "http://elsewhere:1",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://elsewhere:1/v1/traces",
    "OTEL_EXPORTER_OTLP_CERTIFICATE": "elsewhere.pem",
    "OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY": "elsewhere.key",
    "OTEL_EXPORTER_OTLP_INSECURE": "elsewhere",
    "OTEL_EXPORTER_ZIPKIN_ENDPOINT": "http://elsewhere:1",
}


def test_no_inherited_variable_diverts_telemetry(tmp_path: Path) -> None:
    code = (
        "import os; print([name for name, value in os.environ.items() if 'elsewhere' in value]);"
        "print(os.environ['OTEL_EXPORTER_ZIPKIN_ENDPOINT'])"
    )

    done = run(tmp_path, sys.executable, "-c", code, extra=DIVERTING)

    diverting, zipkin = done.stdout.splitlines()
    assert diverting == "[]"
    assert zipkin.startswith("http://127.0.0.1:")
    assert zipkin.endswith("/api/v2/spans")


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("OTEL_SDK_DISABLED", "True", "OpenTelemetry emits nothing; unset it to record telemetry"),
        ("OTEL_TRACES_EXPORTER", "none", "OpenTelemetry sends no spans; unset it to record telemetry"),
        ("OTEL_LOGS_EXPORTER", "console", "OpenTelemetry sends no log records; unset it to record telemetry"),
        (
            "OTEL_TRACES_SAMPLER",
            "always_off",
            "OpenTelemetry samples no trace that begins here; unset it to record telemetry",
        ),
        (
            "OTEL_EXPERIMENTAL_CONFIG_FILE",
            "sdk.yaml",
            (
                "OpenTelemetry may send elsewhere, as that file says; unset it, or let the file take the "
                "endpoint from OTEL_EXPORTER_OTLP_ENDPOINT"
            ),
        ),
        ("AWS_XRAY_SDK_ENABLED", "false", "the X-Ray SDK emits nothing; unset it to record telemetry"),
    ],
)
def test_a_variable_that_silences_or_diverts_an_sdk_is_kept_and_said(
    tmp_path: Path, name: str, value: str, what: str
) -> None:
    done = run(tmp_path, "sh", "-c", f"echo ${name}", extra={name: value})

    assert done.stdout == f"{value}\n"
    assert done.stderr.splitlines()[0] == f"harness: {name} is {value}, so {what}"


def test_the_commands_own_options_need_no_dashes_before_them(tmp_path: Path) -> None:
    done = harness("run", "--out", str(tmp_path), sys.executable, "-c", "print('said')", "--out", "x")

    assert (done.returncode, done.stdout) == (0, "said\n")
    assert read_record(tmp_path).scenarios[0].name.endswith("""-c 'print('"'"'said'"'"')' --out x""")


@pytest.mark.parametrize("dashes", [(), ("--",)])
def test_no_command_is_a_usage_error(tmp_path: Path, dashes: tuple[str, ...]) -> None:
    done = harness("run", "--out", str(tmp_path), *dashes)

    assert done.returncode == 2
    assert done.stderr == (
        "harness: no command to run; give it after the options: harness run [options] -- CMD\n"
    )


def test_an_argument_that_is_no_text_is_recorded_escaped(tmp_path: Path) -> None:
    done = run(tmp_path, "test", os.fsdecode(b"caf\xe9"))

    assert done.returncode == 0, done.stderr
    assert read_record(tmp_path).scenarios[0].name == "test 'caf\\xe9'"


@pytest.mark.parametrize(("code", "expected"), [(7, 7), (0, 2)])
def test_a_record_that_cannot_be_written_does_not_hide_how_the_command_ended(
    tmp_path: Path, code: int, expected: int
) -> None:
    out = tmp_path / "out"

    done = run(out, "sh", "-c", f"rm -r {out} && touch {out} && exit {code}")

    assert done.returncode == expected
    assert done.stderr == (f"harness: {out}/received.bin: cannot be read: Not a directory; check the path\n")


SUSPENDED = """
import os, sys
print(os.getpid(), flush=True)
print("read", sys.stdin.readline().strip(), flush=True)
"""


def wait_for_stop(process: subprocess.Popen[str]) -> None:
    """Return once a child of ours is stopped."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(process.pid, os.WUNTRACED | os.WNOHANG)
        if pid:
            assert os.WIFSTOPPED(status), status
            return
        time.sleep(0.01)  # a stop is no event that could be waited for with a deadline
    pytest.fail("it was not stopped")


@pytest.mark.parametrize("to", ["the command", "the harness"])
def test_it_is_suspended_and_continues_with_its_command(tmp_path: Path, to: str) -> None:
    process = subprocess.Popen(  # noqa: S603  our own interpreter
        [*HARNESS, "run", "--out", str(tmp_path), "--", sys.executable, "-c", SUSPENDED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    command = int(process.stdout.readline())

    try:
        os.kill(command if to == "the command" else process.pid, signal.SIGTSTP)
        wait_for_stop(process)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate("a line\n", timeout=DEADLINE_S)
    finally:
        process.kill()

    assert (said, process.returncode) == ("read a line\n", 0)


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self) -> None:
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.execve("/bin/sh", ["sh", "-i"], environment({"PS1": "$ ", "ENV": ""}))  # noqa: S606  the terminal's own
        self.screen = ""

    def type(self, text: str, *, until: str) -> None:
        """Type, and return once the screen shows something after that."""
        self.screen = ""
        os.write(self.terminal, text.encode())
        deadline = time.monotonic() + DEADLINE_S
        while until not in self.screen:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no {until!r} after {text!r}: {self.screen}"
            self.screen += os.read(self.terminal, 4096).decode(errors="replace")


def test_a_shell_suspends_it_and_brings_it_back(tmp_path: Path) -> None:
    script = tmp_path / "read.py"
    script.write_text(SUSPENDED.replace("os.getpid()", "'be' + 'gun'"))
    words = [*HARNESS, "run", "--out", str(tmp_path / "out"), "--", sys.executable, str(script)]
    shell = Shell()
    try:
        shell.type(" ".join(words) + "; echo en''ded $?\n", until="begun")
        shell.type("\x1a", until="topped")
        shell.type("echo sh''ell\n", until="shell")
        shell.type("fg\n", until="read.py")
        shell.type("a line\n", until="read a line")
        shell.type("", until="captured")
        shell.type("echo al''ive\n", until="alive")
    finally:
        os.kill(shell.pid, signal.SIGKILL)
        os.waitpid(shell.pid, 0)
        os.close(shell.terminal)


def test_a_contract_that_does_not_hold_is_exit_code_1(tmp_path: Path) -> None:
    contract = tmp_path / "app.contract.yaml"
    contract.write_text("version: 1\noperations:\n  - segment: app\n    annotations: {user: ann}\n")

    done = harness(
        "run", "--out", str(tmp_path / "run"), "--contract", str(contract), "--", sys.executable, "-c", SEND
    )

    assert done.returncode == 1
    assert (
        f"{contract}:3: error annotation_missing: app: no annotation 'user'; none was captured" in done.stderr
    )


def test_a_contract_that_is_wrong_is_said_before_anything_runs(tmp_path: Path) -> None:
    contract = tmp_path / "app.contract.yaml"
    contract.write_text("version: 2\n")

    done = harness("run", "--contract", str(contract), "--", sys.executable, "-c", "print('ran')")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"harness: {contract}:1:10: version 2 is not read, expected 1")


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("script", 0o644, "it is not executable; chmod +x {path}, or give the program that runs it first"),
        ("", 0o755, "it is a directory; give a program in it"),
        ("gone", None, "no such program; check the spelling and PATH"),
    ],
)
def test_why_a_program_cannot_be_run(tmp_path: Path, name: str, mode: int | None, reason: str) -> None:
    path = tmp_path / name
    if name and mode is not None:
        path.write_text("#!/bin/sh\n")
        path.chmod(mode)
    done = run(tmp_path / "out", str(path))
    assert done.returncode == 2
    assert done.stderr == f"harness: cannot run {str(path)!r}: {reason.format(path=path)}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "#!/no/such/interpreter\n",
            (
                "its first line names '/no/such/interpreter', which is not there;"
                " install it, or correct the line"
            ),
        ),
        ("echo hello\n", "it is text without a first line #!…; give the program that runs it first"),
    ],
)
def test_a_script_that_cannot_be_executed_keeps_the_earlier_run(
    tmp_path: Path, text: str, reason: str
) -> None:
    out, script = tmp_path / "out", tmp_path / "script"
    script.write_text(text)
    script.chmod(0o755)
    assert run(out, "true").returncode == 0
    before = (out / "run.json").read_bytes()

    done = run(out, str(script))

    assert (done.returncode, done.stderr) == (2, f"harness: cannot run {str(script)!r}: {reason}\n")
    assert (out / "run.json").read_bytes() == before
