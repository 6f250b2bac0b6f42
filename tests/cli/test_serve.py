"""`harness serve`: endpoints for any program, and nothing lost when it is killed."""

import contextlib
import http.client
import json
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.analysis.outcome import run_holds
from harness.capture.otlp_grpc import PREFACE
from harness.cli import main
from harness.report import read_record
from tests.cli.program import Serving, harness
from tests.cli.test_run import SEND
from tests.codec.test_wire import traces


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    started = Serving(tmp_path / "run")
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.communicate()


def send_all(serving: Serving) -> None:
    """Send a segment from another program, and a span over OTLP/HTTP."""
    subprocess.run([sys.executable, "-c", SEND], env=serving.environment(), check=True, timeout=30)  # noqa: S603
    request = urllib.request.Request(  # noqa: S310  our own loopback
        f"{serving.line['otlp_http']}/v1/traces", traces("home"), {"Content-Type": "application/x-protobuf"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def ask_xray(serving: Serving) -> None:
    """Ask X-Ray's API, which reads the socket first: nothing else tells that a datagram has arrived."""
    request = urllib.request.Request(
        f"http://{serving.line['xray']}/TraceSummaries", b'{"StartTime": 1, "EndTime": 2}'
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def test_one_line_names_the_endpoints(serving: Serving) -> None:
    line = serving.line

    assert list(line) == ["otlp_http", "otlp_grpc", "xray", "aws", "env"]
    assert line["env"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == line["otlp_http"]
    assert line["env"]["AWS_XRAY_DAEMON_ADDRESS"] == line["xray"]
    assert line["env"]["AWS_ENDPOINT_URL"] == line["aws"]
    assert line["env"]["AWS_REGION"]  # what AWS's SDK for JavaScript reads, and boto3 does not
    assert line["env"]["AWS_DEFAULT_REGION"]
    assert line["otlp_http"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP])
def test_a_signal_ends_it_with_a_record(serving: Serving, number: int) -> None:
    send_all(serving)

    code, errors = serving.stop(number)

    (scenario,) = serving.record().scenarios
    assert code == 0
    assert [span.name for span in scenario.telemetry.spans] == ["home"]
    assert [segment.name for segment in scenario.telemetry.segments] == ["app"]
    assert "captured: 1 span, 1 segment, 1 export request\n" in errors


def test_a_closed_terminal_does_not_end_it_under_nohup(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup leaves it to whom it starts
    try:
        serving = Serving(tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    serving.process.send_signal(signal.SIGHUP)
    send_all(serving)

    assert serving.stop(signal.SIGTERM)[0] == 0
    assert serving.record().scenarios[0].telemetry.spans


def test_a_kill_loses_nothing_that_had_arrived(serving: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    send_all(serving)
    ask_xray(serving)
    serving.stop(signal.SIGKILL)

    code = main(["report", str(serving.out), "--format", "json"])

    (scenario,) = read_record(serving.out).scenarios
    assert code == 1  # it was interrupted
    assert scenario.outcome == "interrupted"
    assert [(found.id, found.message) for found in scenario.findings] == [
        (
            "run_interrupted",
            (
                "the harness was killed before it could end the run, or could not write run.json: what "
                "arrived until then is here; stop it with SIGINT or SIGTERM, and give it room"
            ),
        )
    ]
    assert [span.name for span in scenario.telemetry.spans] == ["home"]
    assert [segment.name for segment in scenario.telemetry.segments] == ["app"]


def test_what_a_killed_run_left_is_kept_when_the_next_one_starts(serving: Serving) -> None:
    send_all(serving)
    serving.stop(signal.SIGKILL)

    for number in (1, 2):
        again = Serving(serving.out)
        send_all(again)
        _, errors = again.stop(signal.SIGKILL)

        aside = serving.out / f"received.{number}.bin"
        assert errors == (
            f"harness: {serving.out}/received.bin holds a run that was killed; it is {aside.name} now: "
            f"harness report {aside} makes a report of it\n"
        )
        assert harness("report", str(aside), "--format", "json").returncode == 1
        (scenario,) = read_record(serving.out / f"received.{number}").scenarios
        assert (scenario.name, scenario.outcome) == ("harness serve", "interrupted")
        assert [span.name for span in scenario.telemetry.spans] == ["home"]


@pytest.mark.parametrize("left", ["finished", "nothing arrived"])
def test_what_needs_no_keeping_is_replaced(serving: Serving, left: str) -> None:
    if left == "finished":
        send_all(serving)
        (serving.out / "run.json").write_text('{"schema_version":1}')  # as --keep-received leaves both
    serving.stop(signal.SIGKILL)

    again = Serving(serving.out)
    again.stop(signal.SIGTERM)

    assert sorted(file.name for file in serving.out.iterdir()) == ["index.html", "run.json"]


def test_no_report_is_made_of_a_recording_that_goes_on(
    serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    send_all(serving)

    assert main(["report", str(serving.out)]) == 2
    assert capsys.readouterr().err == (
        f"harness: {serving.out}/received.bin: a harness is recording into it;"
        " stop that first (SIGINT or SIGTERM)\n"
    )
    assert serving.stop(signal.SIGTERM)[0] == 0


def test_two_do_not_record_into_one_directory(serving: Serving) -> None:
    send_all(serving)

    done = harness("serve", "--out", str(serving.out))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"harness: {serving.out}/received.bin: another harness is recording into it; "
        "stop it, or choose another directory (--out DIR)\n"
    )
    assert serving.stop(signal.SIGTERM)[0] == 0
    assert [span.name for span in serving.record().scenarios[0].telemetry.spans] == ["home"]


@pytest.mark.parametrize("tail", [b"garbage\n", b'{"size":9}\ncut'])
def test_what_is_before_a_damaged_tail_is_reported(
    serving: Serving, capsys: pytest.CaptureFixture[str], tail: bytes
) -> None:
    send_all(serving)
    serving.stop(signal.SIGKILL)
    file = serving.out / "received.bin"
    whole = file.stat().st_size
    with file.open("ab") as stream:
        stream.write(tail)

    assert main(["report", str(serving.out), "--format", "json"]) == 1  # it was interrupted

    record = read_record(serving.out)
    said = f"{file}: {len(tail)} bytes from byte {whole:,} on are left out: "
    assert [span.name for span in record.scenarios[0].telemetry.spans] == ["home"]
    assert [sentence[: len(said)] for sentence in record.cut] == [said]
    assert capsys.readouterr().err == f"harness: {record.cut[0]}\n"


def test_others_are_let_in_only_when_told_and_it_says_so(tmp_path: Path) -> None:
    serving = Serving(tmp_path, "--host", "0.0.0.0")
    host, _, port = serving.line["xray"].partition(":")

    with socket.create_connection((host, int(port)), timeout=10):
        pass
    code, errors = serving.stop(signal.SIGTERM)

    assert code == 0
    assert "harness: listening on 0.0.0.0: whoever can reach this machine can send telemetry\n" in errors


def test_a_directory_without_a_run_says_so(tmp_path: Path) -> None:
    done = harness("report", str(tmp_path))

    assert done.returncode == 2
    assert "no such run record" in done.stderr


def test_grpc_and_moto_are_not_loaded_before_they_are_used() -> None:
    code = (
        "import sys; from pathlib import Path; from tempfile import mkdtemp;"
        "from harness.launch.receivers import Receivers; from harness.launch.recording import Recording;"
        "receivers = Receivers(Recording(Path(mkdtemp()), 'x')); receivers.close();"
        "print([name for name in ('grpc', 'moto', 'boto3', 'lark', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"


HTTP_2 = PREFACE + bytes.fromhex("000000 04 00 00000000")
"""The preface and empty settings, to which a server answers."""


NOT_WRITTEN = (
    "arrivals could not be written ({}): File too large; "
    "free some space, or choose another directory (--out DIR)"
)


def answered(client: socket.socket) -> bool:
    """Return whether a client is served, and not refused; neither takes long."""
    try:
        client.sendall(HTTP_2)
        return client.recv(1) != b""
    except ConnectionError:
        return False


def test_what_cannot_be_written_is_answered_503_and_the_run_does_not_hold(serving: Serving) -> None:
    document = {
        "name": "s",
        "id": "1" * 16,
        "trace_id": f"1-{int(time.time()):08x}-{'a' * 24}",
        "start_time": time.time(),
        "end_time": time.time(),
    }
    put = json.dumps({"TraceSegmentDocuments": [json.dumps(document)]}).encode()
    requests = [
        (serving.line["otlp_http"] + "/v1/traces", traces("home"), "application/x-protobuf"),
        ("http://" + serving.line["xray"] + "/TraceSegments", put, "application/json"),
    ]
    size = (serving.out / "received.bin").stat().st_size
    resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    statuses = []
    for url, body, content_type in requests:
        parts = urlsplit(url)
        with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=20)) as connection:
            connection.request("POST", parts.path, body, {"Content-Type": content_type})
            statuses.append(connection.getresponse().status)
    resource.prlimit(
        serving.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )

    code, _ = serving.stop(signal.SIGTERM)

    assert (code, statuses) == (1, [503, 503])
    (finding,) = serving.record().findings
    assert (finding.id, finding.message) == ("arrivals_lost", NOT_WRITTEN.format("2 requests, 1 datagram"))
    assert not run_holds(serving.record())


def test_a_report_of_a_killed_run_says_what_a_full_disk_has_refused(
    serving: Serving, capsys: pytest.CaptureFixture[str]
) -> None:
    send_all(serving)
    size = (serving.out / "received.bin").stat().st_size
    resource.prlimit(serving.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    with pytest.raises(urllib.error.HTTPError, match="503"):
        send_all(serving)

    serving.process.kill()
    serving.process.communicate(timeout=20)
    code = main(["report", str(serving.out), "--format", "json"])

    findings = [(f.id, f.message) for f in serving.record().findings]
    assert (code, findings) == (1, [("arrivals_lost", NOT_WRITTEN.format("1 datagram, 1 request"))])
    assert "harness: arrivals could not be written (1 datagram, 1 request)" in capsys.readouterr().err


def test_connections_near_the_limit_of_descriptors_are_refused_and_told(serving: Serving) -> None:
    resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE, (128, 128))
    host, _, port = serving.line["otlp_grpc"].partition(":")
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection((host, int(port)), timeout=20)) for _ in range(60)
        ]
        with ThreadPoolExecutor(len(clients)) as pool:
            served = list(pool.map(answered, clients))

    serving.stop(signal.SIGTERM)

    assert set(served) == {True, False}
    (scenario,) = serving.record().scenarios
    findings = [finding for finding in scenario.findings if finding.id == "input_rejected"]
    assert findings
    assert "because nearly all of 128 file descriptors are in use; raise the limit (ulimit -n)" in (
        findings[0].message
    )


def test_http_is_answered_while_grpc_is_refused(serving: Serving) -> None:
    host, _, port = serving.line["otlp_http"].removeprefix("http://").partition(":")
    kept = http.client.HTTPConnection(host, int(port), timeout=20)
    kept.request("GET", "/")
    kept.getresponse().read()
    resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE, (32, 32))

    with socket.create_connection((host, int(port)), timeout=20) as client:
        assert not answered(client)
    kept.request("POST", "/v1/traces", traces("home"), {"Content-Type": "application/x-protobuf"})

    with contextlib.closing(kept):
        assert kept.getresponse().status == 200


SIGNED = (
    "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/nosuch/aws4_request, SignedHeaders=host, Signature=x"
)
ASK_AWS = f"""
import os, urllib.error, urllib.request
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + "/")
request.add_header("Authorization", "{SIGNED}")
try:
    urllib.request.urlopen(request, timeout=30)
except urllib.error.HTTPError:
    pass
"""
MOTO_PRINTS = "Unable to find appropriate backend for nosuch.us-east-1.amazonaws.com."


def test_what_moto_prints_goes_to_stderr(serving: Serving) -> None:
    subprocess.run([sys.executable, "-c", ASK_AWS], env=serving.environment(), check=True, timeout=60)  # noqa: S603

    serving.process.send_signal(signal.SIGTERM)
    out, errors = serving.process.communicate(timeout=30)

    assert out == ""
    assert MOTO_PRINTS in errors


def test_what_moto_prints_is_not_among_what_a_command_prints(tmp_path: Path) -> None:
    done = harness("run", "--out", str(tmp_path), "--", sys.executable, "-c", ASK_AWS + "print('own')")

    assert done.returncode == 1
    assert done.stdout == "own\n"
    assert MOTO_PRINTS in done.stderr
