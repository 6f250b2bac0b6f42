"""What is made of a recording at its end."""

import argparse
from pathlib import Path

import pytest

from harness.cli import recorded
from harness.cli.receiving import conclude
from harness.launch.recording import Recording
from harness.model import Finding
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
