"""Stands in for Weaver's binary: its flags, OTLP over gRPC, SIGHUP and report, with one rule of its own.

An attribute that the registry, a file of names, does not list is ``missing_attribute``. It is what the
documentation of Weaver 0.25 says of `registry live-check`; no package registry has the binary.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc

from harness.codec.otlp import GRPC, GRPC_METHODS, log_records_of, metrics_of, parse_request, spans_of

FLAGS = ("registry", "input-source", "otlp-grpc-address", "otlp-grpc-port", "admin-port")
SAMPLES: list[dict[str, Any]] = []


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", nargs=2)
    for flag in (*FLAGS, "inactivity-timeout", "format", "output"):
        parser.add_argument(f"--{flag}", required=True)
    given = parser.parse_args()
    assert (given.command, given.input_source, given.format) == (["registry", "live-check"], "otlp", "json")
    assert int(given.inactivity_timeout) > 0
    if not Path(given.registry).is_dir():
        sys.stderr.write(f"\x1b[31m  ×\x1b[0m The registry `{given.registry}` is not found\n")
        return 1
    how = os.environ.get("STAND_IN", "")
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP, signal.SIGTERM])
    if how == "deaf":
        signal.sigwait([signal.SIGTERM])
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers(
        [Services(set((Path(given.registry) / "names").read_text().split()), how)]
    )
    assert server.add_insecure_port(f"{given.otlp_grpc_address}:{given.otlp_grpc_port}")
    server.start()
    with socket.create_server(("127.0.0.1", int(given.admin_port))):
        signal.sigwait([signal.SIGHUP])
    server.stop(grace=5).wait()
    report = {
        "samples": [] if how == "forgetful" else SAMPLES,
        "statistics": {"total_entities": len(SAMPLES)},
    }
    if how != "silent":
        text = "{" if how == "garbled" else json.dumps(report)
        (Path(given.output) / "live_check.json").write_text(text)
    return int("violation" in json.dumps(SAMPLES))


class Services(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio has no types
    def __init__(self, names: set[str], how: str) -> None:
        self._names = names
        self._how = how

    def service(self, details: Any) -> Any:
        def export(body: bytes, context: Any) -> bytes:
            if self._how == "refusing":
                context.abort(grpc.StatusCode.UNAVAILABLE, "the registry is on fire")
            self._take(parse_request(GRPC_METHODS[details.method], GRPC, body))
            return b""

        return grpc.unary_unary_rpc_method_handler(export)

    def _take(self, message: Any) -> None:
        kind = type(message).__name__
        if "Trace" in kind:
            for _, decode in spans_of(message):
                span = decode()
                self._sample("span", span.name, span.attributes)
                self._sample("resource", None, span.resource.attributes)
        elif "Metrics" in kind:
            for metric in metrics_of(message):
                self._sample(
                    "metric", metric.name, {k: v for p in metric.data_points for k, v in p.attributes.items()}
                )
        else:
            for record in log_records_of(message):
                self._sample("log", record.event_name, record.attributes)

    def _sample(self, kind: str, name: str | None, attributes: dict[str, Any]) -> None:
        judged = [
            {"name": key, "value": value, "live_check_result": self._result(key, kind, name)}
            for key, value in attributes.items()
        ]
        SAMPLES.append({kind: {"name": name, "attributes": judged, "live_check_result": None}})

    def _result(self, key: str, kind: str, name: str | None) -> dict[str, Any]:
        if key in self._names:
            return {"all_advice": [], "highest_advice_level": None}
        level = "violation" if "." in key else "improvement"
        advice = {
            "id": "missing_attribute" if "." in key else "missing_namespace",
            "level": level,
            "message": f"Attribute '{key}' does not exist in the registry.",
            "context": {"attribute_name": key},
            "signal_type": kind,
            "signal_name": name,
        }
        return {"all_advice": [advice], "highest_advice_level": level}


if __name__ == "__main__":
    sys.exit(main())
