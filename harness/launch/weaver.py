"""OpenTelemetry Weaver's `registry live-check` on what a run captured.

Source: Weaver 0.25, "Weaver Live Check": it takes OTLP over gRPC, stops on SIGHUP once it has checked
what it acknowledged, and writes `live_check.json` into the directory of ``--output``.
"""

from __future__ import annotations

import re
import shutil
import signal
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.codec.otlp import GRPC_METHODS
from harness.codec.otlp_encode import export_requests
from harness.codec.weaver import findings_of_report
from harness.errors import ConfigurationError, DecodeError, LaunchError, RecordError
from harness.launch.app import with_last_lines
from harness.launch.process import AppProcess, free_port
from harness.model import Finding, Telemetry

READY_TIMEOUT_S = 120.0
"""Weaver may clone the registry first."""
CHECK_TIMEOUT_S = 120.0
"""For each request, and for the end."""

_REPORT = "live_check.json"
_METHODS = {path: method for method, path in GRPC_METHODS.items()}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_NOTHING = Finding(
    id="run_empty",
    signal="harness",
    message="the run captured no spans, metrics or log records, so Weaver had nothing to check;"
    " run the scenarios",
)


def live_check(
    telemetries: Iterable[Telemetry], registry: str, *, ready_timeout_s: float = READY_TIMEOUT_S
) -> tuple[Finding, ...]:
    """Return what Weaver finds in the spans, metrics and log records of a run.

    Args:
        telemetries: Of each scenario.
        registry: A directory, or the URL of a git repository or an archive, as Weaver takes it.

    Raises:
        ConfigurationError: Weaver or grpcio is not installed.
        LaunchError: Weaver does not start, refuses an export, or ends without a report that can be read.
        RecordError: The run holds values that OTLP has no place for.
    """
    if shutil.which("weaver") is None:
        raise ConfigurationError(
            "--semconv needs OpenTelemetry Weaver, and no 'weaver' is on PATH: nothing was checked;"
            " install a release of https://github.com/open-telemetry/weaver/releases (0.22 or newer)"
        )
    try:
        requests = [request for telemetry in telemetries for request in export_requests(telemetry)]
    except ValueError as error:
        raise RecordError(f"the run cannot be sent to weaver as OTLP: {error}; record it again") from error
    if not requests:
        return (_NOTHING,)
    with tempfile.TemporaryDirectory(prefix="harness-weaver-") as directory:
        try:
            return _checked(requests, registry, Path(directory), ready_timeout_s)
        except LaunchError as error:
            raise LaunchError(_COLOURS.sub("", str(error))) from error


def _checked(
    requests: Sequence[tuple[str, Any]], registry: str, directory: Path, ready_timeout_s: float
) -> tuple[Finding, ...]:
    port = free_port()
    options = {
        "--registry": registry,
        "--input-source": "otlp",
        "--otlp-grpc-address": "127.0.0.1",
        "--otlp-grpc-port": str(port),
        "--admin-port": "{port}",
        "--inactivity-timeout": f"{CHECK_TIMEOUT_S:.0f}",
        "--format": "json",
        "--output": str(directory),
    }
    arguments = (word for option in options.items() for word in option)
    weaver = AppProcess(("weaver", "registry", "live-check", *arguments), ready_timeout_s=ready_timeout_s)
    try:
        _send(requests, port, weaver)
    except BaseException:
        weaver.stop(signal.SIGKILL)
        raise
    code = weaver.stop(signal.SIGHUP, timeout_s=CHECK_TIMEOUT_S)
    try:
        return findings_of_report((directory / _REPORT).read_bytes())
    except OSError as error:
        raise LaunchError(
            with_last_lines(f"weaver wrote no report and ended with code {code}", weaver.output)
        ) from error
    except DecodeError as error:
        raise LaunchError(with_last_lines(f"weaver's report: {error}", weaver.output)) from error


def _send(requests: Iterable[tuple[str, Any]], port: int, weaver: AppProcess) -> None:
    try:
        import grpc
    except ImportError as error:
        raise ConfigurationError(
            "--semconv sends OTLP over gRPC, and grpcio is not installed;"
            " pip install 'telemetry-harness[otlp]'"
        ) from error
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
        for path, message in requests:
            export = channel.unary_unary(_METHODS[path])
            try:
                export(message.SerializeToString(), timeout=CHECK_TIMEOUT_S)
            except grpc.RpcError as error:
                what = f"weaver did not take an export: {error.code().name}: {error.details()}"
                raise LaunchError(with_last_lines(what, weaver.output)) from error
