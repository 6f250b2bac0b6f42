"""A recording that cannot be written, in a process whose files may not grow."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.codec import arrivals_file
from harness.errors import ConfigurationError
from harness.launch.recording import Recording

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from harness.launch.recording import Recording
from harness.model import ExportRequest

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recording = Recording(Path(sys.argv[1]), "app")
recording.begin()
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for number in range(30):
    recording.datagrams([b"%03d" % number * 30])
assert not recording.export(ExportRequest(channel="otlp", path="/v1/traces"), b"body" * 500)
print(*recording.start.lost.values(), recording.start.reason)
"""


def test_a_full_disk_is_said_once_and_what_had_arrived_is_readable(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-B", "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    lost, requests, reason = done.stdout.strip().split(" ", 2)
    with (tmp_path / "received.bin").open("rb") as stream:
        start, *datagrams = arrivals_file.read(stream)
    assert start[0].start is not None
    assert start[0].start.name == "app"
    assert start[0].start.lost == {"datagrams": int(lost), "requests": 1}
    assert start[0].start.reason == reason
    assert (len(datagrams) + int(lost), requests) == (30, "1")
    assert [body[:3] for _, body in datagrams] == [b"%03d" % number for number in range(len(datagrams))]
    assert reason == "File too large"
    assert done.stderr.count("telemetry is not recorded while this lasts") == 1
    assert "free some space, or choose another directory (--out DIR)" in done.stderr


FULL_AT_FIRST = """
import resource, signal, sys
from pathlib import Path
from harness.launch.recording import Recording

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recording = Recording(Path(sys.argv[1]), "app")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, most))
recording.begin()
refused = recording.datagrams([b"early"])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
for sent in sys.argv[2:]:
    assert recording.datagrams([sent.encode()])
recording.complete()
print(refused, recording.start.lost, recording.start.reason)
"""


@pytest.mark.parametrize("sent", [(), ("one", "two")])
def test_a_disk_that_is_full_at_first_leaves_a_recording_that_is_read(
    tmp_path: Path, sent: tuple[str, ...]
) -> None:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-B", "-c", FULL_AT_FIRST, str(tmp_path), *sent],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == "False {'datagrams': 1} File too large\n"
    assert names(tmp_path) == ["app"]
    assert started(tmp_path).lost == {"datagrams": 1}
    assert bodies(tmp_path) == [text.encode() for text in sent]


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match=r"choose another directory \(--out DIR\)"):
        Recording(tmp_path / "file" / "run", "app")


def started(directory: Path) -> arrivals_file.Start:
    with (directory / "received.bin").open("rb") as stream:
        start = next(arrivals_file.read(stream))[0].start
    assert start is not None
    return start


def names(directory: Path) -> list[str]:
    with (directory / "received.bin").open("rb") as stream:
        return [arrival.start.name for arrival, _ in arrivals_file.read(stream) if arrival.start]


def bodies(directory: Path) -> list[bytes]:
    with (directory / "received.bin").open("rb") as stream:
        return [body for arrival, body in arrivals_file.read(stream) if not arrival.start]


def test_a_directory_is_recorded_into_by_one_at_a_time(tmp_path: Path) -> None:
    first = Recording(tmp_path, "first")
    first.begin()

    refusal = (
        f"{tmp_path}/received.bin: another harness is recording into it; "
        "stop it, or choose another directory (--out DIR)"
    )
    with pytest.raises(ConfigurationError, match=f"^{re.escape(refusal)}$"):
        Recording(tmp_path, "second")

    first.datagrams([b"kept"])
    first.close()
    assert names(tmp_path) == ["first"]
    second = Recording(tmp_path, "second")
    second.begin()
    second.close()
    assert names(tmp_path) == ["second"]


def test_a_file_that_was_removed_before_the_lock_was_let_go_is_made_again(tmp_path: Path) -> None:
    first = Recording(tmp_path, "first")
    first.file.unlink()

    second = Recording(tmp_path, "second")
    second.begin()

    assert names(tmp_path) == ["second"]
    first.close()
    second.close()


def test_an_earlier_recording_stays_until_the_next_begins(tmp_path: Path) -> None:
    earlier = Recording(tmp_path, "earlier")
    earlier.begin()
    earlier.close()

    abandoned = Recording(tmp_path, "abandoned")
    abandoned.datagrams([b"lost"])
    abandoned.abandon()
    assert names(tmp_path) == ["earlier"]

    later = Recording(tmp_path, "later")
    later.datagrams([b"early"])
    assert names(tmp_path) == ["earlier"]
    later.begin()
    later.datagrams([b"late"])
    later.close()
    assert (names(tmp_path), bodies(tmp_path)) == (["later"], [b"early", b"late"])


def test_nothing_is_left_of_a_recording_that_never_begins(tmp_path: Path) -> None:
    Recording(tmp_path, "abandoned").abandon()

    assert list(tmp_path.iterdir()) == []


def test_without_file_locks_a_recording_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)

    recording = Recording(tmp_path, "app")
    recording.begin()
    recording.close()

    assert names(tmp_path) == ["app"]


def test_what_comes_after_the_end_is_written_nowhere(tmp_path: Path) -> None:
    recording = Recording(tmp_path, "app")
    recording.begin()
    recording.close()

    recording.datagrams([b"late"])

    assert (bodies(tmp_path), recording.start.lost) == ([], {})
