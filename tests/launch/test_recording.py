"""A recording that cannot be written, in a process whose files may not grow."""

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

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recording = Recording(Path(sys.argv[1]), "app")
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
for number in range(30):
    recording.datagrams([b"%03d" % number * 30])
print(recording.lost, recording.reason)
"""


def test_a_full_disk_is_said_once_and_what_had_arrived_is_readable(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    lost, _, reason = done.stdout.strip().partition(" ")
    with (tmp_path / "received.bin").open("rb") as stream:
        start, *datagrams = arrivals_file.read(stream)
    assert start[0].start is not None
    assert start[0].start.name == "app"
    assert len(datagrams) + int(lost) == 30
    assert [body[:3] for _, body in datagrams] == [b"%03d" % number for number in range(len(datagrams))]
    assert reason == "File too large"
    assert done.stderr.count("telemetry is not recorded while this lasts") == 1
    assert "free some space, or choose another directory (--out DIR)" in done.stderr


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match=r"choose another directory \(--out DIR\)"):
        Recording(tmp_path / "file" / "run", "app")
