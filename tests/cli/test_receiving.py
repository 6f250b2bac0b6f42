"""What is made of a recording at its end."""

import argparse
import gc
from pathlib import Path
from typing import Any

import pytest

from harness.cli import recorded
from harness.cli.receiving import conclude
from harness.launch.recording import Recording
from harness.model import Finding, RunRecord
from harness.report import read_record


def test_a_record_that_leaves_arrivals_out_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorded, "MAX_DECODED_BYTES", 1_000_000)
    recording = Recording(tmp_path, "app")
    recording.begin()
    for _ in range(3):
        recording.datagrams([b'{"format":"json","version":1}\n{}'.ljust(600_000)])

    holds = conclude(recording, argparse.Namespace(out=tmp_path, keep_received=False), None, outcome="passed")

    left_out = "2 arrivals (1 MB) after the first 1 MB are in received.bin and not in this record"
    record = read_record(tmp_path)
    assert not holds
    assert record.cut == (left_out,)
    assert record.findings == (
        Finding(
            id="arrivals_lost",
            signal="harness",
            message=f"{left_out}: whatever is wrong with them is not found; "
            "record less at once, in several runs",
        ),
    )
    assert (tmp_path / "received.bin").exists()
    assert f"cut: {left_out}\n" in capsys.readouterr().err


def test_what_is_damaged_is_left_out_and_the_run_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = Recording(tmp_path, "app")
    recording.begin()
    for number in range(3):
        recording.datagrams([b'{"format":"json","version":1}\n{"n":%d}' % number] * 1000)
    data = bytearray(recording.file.read_bytes())
    data[len(data) * 2 // 3 - 40] ^= 1  # in the second one
    recording.file.write_bytes(data)

    holds = conclude(recording, argparse.Namespace(out=tmp_path, keep_received=False), None, outcome="passed")

    record = read_record(tmp_path)
    (finding,) = (one for one in record.findings if one.id == "arrivals_lost")
    assert not holds
    assert f"{recording.file}: 1 damaged entry is left out, the first from byte " in finding.message
    assert len(record.scenarios[0].telemetry.rejected) == 2000
    assert recording.file.exists()
    assert "cut: " in capsys.readouterr().err


def test_garbage_is_looked_for_seldom_while_a_record_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    make = recorded.record_of

    def watched(*arguments: Any, **options: Any) -> RunRecord:
        seen.append(gc.get_threshold()[0])
        return make(*arguments, **options)

    monkeypatch.setattr("harness.cli.receiving.record_of", watched)
    usual = gc.get_threshold()
    recording = Recording(tmp_path, "app")
    recording.begin()

    conclude(recording, argparse.Namespace(out=tmp_path, keep_received=False), None, outcome="passed")

    assert seen[0] > usual[0]
    assert gc.get_threshold() == usual
