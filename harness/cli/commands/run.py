"""Run a command with every receiver up, and write what it emits as a run."""

from __future__ import annotations

import argparse
import os

NAME = "run"
HELP = "run a command and record its telemetry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from harness.cli.receiver_arguments import add_receiver_arguments

    add_receiver_arguments(parser)
    parser.add_argument("program", metavar="CMD", nargs="+", help="the command and its arguments")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return its exit code, or 1 when it is 0 and the telemetry does not hold.

    Raises:
        ConfigurationError: A port is taken, the command cannot be started, or DIR cannot be written.
        RecordError: A report cannot be written.
    """
    import shlex
    import shutil

    from harness.capture.environment import Environment
    from harness.cli import DOES_NOT_HOLD
    from harness.cli.receiving import begin, conclude
    from harness.errors import ConfigurationError
    from harness.launch.command import run_command

    program = arguments.program[0]
    if shutil.which(program) is None:  # said before an earlier run in the directory is replaced
        raise ConfigurationError(f"cannot run {program!r}: no such program; check the spelling and PATH")
    recording, receivers = begin(arguments, shlex.join(arguments.program))
    environment = Environment(dict(os.environ))
    environment.update(receivers.environment(environment.environ))
    try:
        code, stopped = run_command(arguments.program, environment.environ)
    finally:
        receivers.close()
    holds = conclude(recording, arguments, outcome="failed" if code and not stopped else "passed")
    return code if code or holds else DOES_NOT_HOLD
