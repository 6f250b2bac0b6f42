"""Run a command with every receiver up, and write what it emits as a run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.launch.command import CommandEnd
    from harness.launch.receivers import Receivers

NAME = "run"
HELP = "run a command and record its telemetry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    from harness.cli.receiver_arguments import add_receiver_arguments

    add_receiver_arguments(parser)
    parser.usage = "%(prog)s [options] [--] CMD [ARGUMENT ...]"
    # What follows CMD is CMD's, options too.
    parser.add_argument(
        "program", metavar="CMD", nargs=argparse.REMAINDER, help="the command and its arguments"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return its exit code, or 1 when it is 0 and the telemetry does not hold.

    Raises:
        ConfigurationError: A port is taken, the command cannot be started, or DIR cannot be written.
        RecordError: A report cannot be written.
    """
    import shlex

    from harness.capture.environment import silenced
    from harness.cli import DOES_NOT_HOLD, complain
    from harness.cli.receiving import begin, conclude, contract_of
    from harness.errors import HarnessError
    from harness.launch.packages import packages_of

    command = arguments.program
    if command[:1] == ["--"]:  # some versions of argparse leave it here
        command = command[1:]
    program = _program_of(command)
    for warning in silenced(os.environ):
        complain(warning)
    # An argument may be any bytes; a record holds text.
    name = os.fsencode(shlex.join(command)).decode(errors="backslashreplace")
    contract = contract_of(arguments)
    recording, receivers = begin(arguments, name)
    end = _run(command, receivers)
    code = end.code
    try:
        holds = conclude(
            recording,
            arguments,
            contract,
            outcome="failed" if code and not end.stopped else "passed",
            code=code,
            packages=packages_of(program),
            killed_by=end.killed_by,
        )
    except HarnessError as error:
        if not code:
            raise
        complain(error)  # and still tell how the command ended
        return code
    if code:
        complain(f"the command ended with exit code {code}")
    return code if code or holds else DOES_NOT_HOLD


def _run(command: Sequence[str], receivers: Receivers) -> CommandEnd:
    """Return how a command ended; the receivers are closed."""
    from harness.capture.environment import Environment
    from harness.cli import complain
    from harness.cli.streams import only_stderr
    from harness.launch.command import run_command

    environment = Environment(dict(os.environ))
    environment.update(receivers.environment(environment.environ))
    with only_stderr():  # stdout is the command's
        try:
            end = run_command(command, environment.environ)
        finally:
            receivers.close()
    if end.left:
        complain(
            f"still running after the command ended: {', '.join(end.left)}; what it sends from now on is not "
            "recorded: let the command wait for its processes"
        )
    return end


def _program_of(command: Sequence[str]) -> Path:
    """Return the file that a command runs.

    Raises:
        ConfigurationError: It cannot be run, which is said before an earlier run is replaced.
    """
    import shutil

    from harness.errors import ConfigurationError
    from harness.launch.programs import why_not_executed, why_not_run

    if not command:
        raise ConfigurationError("no command to run; give it after the options: harness run [options] -- CMD")
    found = shutil.which(command[0])
    reason = why_not_executed(Path(found)) if found else why_not_run(command[0])
    if found is None or reason:
        raise ConfigurationError(f"cannot run {command[0]!r}: {reason}")
    return Path(found)
