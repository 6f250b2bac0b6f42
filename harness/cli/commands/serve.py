"""Keep every receiver up until a signal stops it, and write what arrived as a run."""

from __future__ import annotations

import argparse
import os
import sys

NAME = "serve"
HELP = "keep the receivers up and record what arrives"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from harness.cli.receiver_arguments import add_receiver_arguments

    add_receiver_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print one line of JSON with the endpoints and the environment, then receive.

    Raises:
        ConfigurationError: A port is taken, or DIR cannot be written.
        RecordError: A report cannot be written.
    """
    import signal

    import msgspec

    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.cli.receiving import begin, conclude, contract_of
    from harness.cli.streams import only_stderr

    # By default a thread that computes keeps the others waiting for 5 ms, in which a UDP socket overflows.
    sys.setswitchinterval(0.0002)
    stopping = {signal.SIGINT, signal.SIGTERM, signal.SIGQUIT}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # a closed terminal stops it, but under nohup
        stopping.add(signal.SIGHUP)
    # Blocked before any thread is made, so that none of them takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    contract = contract_of(arguments)
    recording, receivers = begin(arguments, "harness serve")
    variables = receivers.environment(dict(os.environ))
    line = {**receivers.endpoints, "env": {k: v for k, v in variables.items() if v is not None}}
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
    with only_stderr():
        signal.sigwait(stopping)
        receivers.close()
    return HOLDS if conclude(recording, arguments, contract, outcome="passed") else DOES_NOT_HOLD
