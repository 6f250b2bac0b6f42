"""Compare a run on the X-Ray SDK with the same on OpenTelemetry, as X-Ray would show them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "parity"
HELP = "compare a run on the X-Ray SDK with the same on OpenTelemetry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "xray", metavar="RUN_XRAY", type=Path, help="the run with X-Ray segments: run.json or its directory"
    )
    parser.add_argument(
        "otel", metavar="RUN_OTEL", type=Path, help="the run with OpenTelemetry spans; may be the same run"
    )
    parser.add_argument(
        "--indexed-attribute",
        metavar="KEY",
        action="append",
        default=[],
        help="one of the exporter's indexed_attributes; may be repeated",
    )
    parser.add_argument(
        "--index-all-attributes", action="store_true", help="the exporter has index_all_attributes set"
    )
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the gaps, then the harmless differences; return 0 when there is no gap, else 1.

    Raises:
        ConfigurationError: A run has nothing to compare.
        RecordError: A run cannot be read.
    """
    import msgspec

    from harness.analysis.parity import Indexed, compare_runs, parity_lines
    from harness.cli import DOES_NOT_HOLD, HOLDS, complain
    from harness.cli.recorded import read_run
    from harness.errors import ConfigurationError
    from harness.report import redact

    xray, otel = (redact(read_run(file)) for file in (arguments.xray, arguments.otel))
    for file, record, signal in ((arguments.xray, xray, "segments"), (arguments.otel, otel, "spans")):
        if not any(getattr(scenario.telemetry, signal) for scenario in record.scenarios):
            raise ConfigurationError(
                f"{file}: no scenario captured {signal}; give the run on the X-Ray SDK first,"
                " then the one on OpenTelemetry"
            )
        for sentence in record.cut:
            complain(f"{file}: {sentence}")
    indexed = Indexed(frozenset(arguments.indexed_attribute), arguments.index_all_attributes)
    parity = compare_runs(xray, otel, indexed)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(parity).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in parity_lines(parity))
    return HOLDS if parity.holds else DOES_NOT_HOLD
