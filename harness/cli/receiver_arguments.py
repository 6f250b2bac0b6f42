"""The options of `harness run` and `harness serve`; imports nothing that takes long."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Source: RFC 9110, 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _directory(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("is empty; give a directory, . for this one")
    return Path(text)


def add_receiver_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen and where to write."""
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=_directory,
        default=Path("reports"),
        help="where the run is written (default: reports)",
    )
    parser.add_argument(
        "--contract", metavar="FILE", type=Path, help="a *.contract.yaml that the run must hold"
    )
    parser.add_argument(
        "--keep-received",
        action="store_true",
        help="keep received.bin beside run.json: everything as it came, secrets included",
    )
    parser.add_argument(
        "--host",
        default=LOOPBACK,
        help="address to listen on (default: loopback; 0.0.0.0 lets containers in, and everybody else)",
    )
    parser.add_argument(
        "--require-header",
        metavar="NAME",
        type=_header,
        action="append",
        default=[],
        help="answer OTLP exports without this header 401, as Honeycomb does; may be repeated",
    )
    for name, words in (("otlp", "OTLP (HTTP and gRPC)"), ("xray", "X-Ray (UDP and TCP)"), ("aws", "AWS")):
        parser.add_argument(
            f"--{name}-port", metavar="PORT", type=_port, default=0, help=f"for {words} (default: a free one)"
        )


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _header(text: str) -> str:
    name = text.strip()
    if not _TOKEN.fullmatch(name):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name of a header; give it without its value, for example x-honeycomb-team"
        )
    return name
