"""What `harness run` and `harness serve` share: the receivers, and the record at the end."""

from __future__ import annotations

import argparse
import sys

from harness.capture.environment import LOOPBACK
from harness.cli.recorded import record_of
from harness.launch.packages import telemetry_packages
from harness.launch.receivers import Ports, Receivers
from harness.launch.recording import Recording

RUN_FILE = "run.json"


def begin(arguments: argparse.Namespace, name: str) -> tuple[Recording, Receivers]:
    """Start recording, in place of what an earlier run left in the directory.

    Raises:
        ConfigurationError: A port is taken, or the directory cannot be written.
    """
    recording = Recording(arguments.out, name)
    # A run that is killed must not be taken for the one before it.
    for stale in (RUN_FILE, "index.html"):
        (arguments.out / stale).unlink(missing_ok=True)
    ports = Ports(otlp=arguments.otlp_port, xray=arguments.xray_port, aws=arguments.aws_port)
    receivers = Receivers(
        recording, host=arguments.host, ports=ports, required_headers=arguments.require_header
    )
    _warn_if_public(arguments.host)
    return recording, receivers


def _warn_if_public(host: str) -> None:
    """Say so when others than this machine can send telemetry here."""
    if host not in (LOOPBACK, "localhost"):
        sys.stderr.write(f"harness: listening on {host}: whoever can reach this machine can send telemetry\n")


def conclude(recording: Recording, arguments: argparse.Namespace, *, outcome: str) -> bool:
    """Write the record and its report, sum them up on stderr; return whether telemetry holds.

    Raises:
        RecordError: A report cannot be written; `received.bin` stays.
    """
    from harness.analysis.outcome import run_holds
    from harness.report.terminal import summary_lines
    from harness.report.write import write_reports

    recording.close()
    record = record_of(arguments.out, outcome=outcome, cut=_losses(recording), packages=telemetry_packages())
    written = write_reports(record, arguments.out)
    if not (record.cut or arguments.keep_received):
        recording.file.unlink()  # all of it is in run.json now, without the secrets
    sys.stderr.write("\n".join(summary_lines(record, report=str(written["html"]))) + "\n")
    return run_holds(record) and not recording.lost


def _losses(recording: Recording) -> tuple[str, ...]:
    if not recording.lost:
        return ()
    return (f"{recording.lost:,} arrivals could not be written: {recording.reason}",)
