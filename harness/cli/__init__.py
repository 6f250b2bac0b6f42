"""The command `harness`: one subcommand per file in `harness.cli.commands`.

Exit codes: 0 telemetry holds, 1 it does not, 2 usage or configuration.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from harness.errors import ContractError, HarnessError
from harness.registry import built_in_modules

HOLDS = 0
DOES_NOT_HOLD = 1
USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Args:
        argv: Without the program's name; None for the process's own.

    Raises:
        SystemExit: argparse wrote help or the version, or refused the usage.
    """
    if sys.stderr is None:  # closed: errors are told by the exit code alone
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        # Names come from the app; a terminal that cannot show one must not end us.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    if sys.stdout is None and arguments.command.NAME != "run":  # which leaves stdout to its command
        complain("stdout is closed, and the result goes there; redirect it, to /dev/null or a file")
        return USAGE
    try:
        code: int = arguments.command.run(arguments)
    except ContractError as error:
        for problem in error.problems:
            complain(problem)
        return USAGE
    except HarnessError as error:
        complain(error)
        return USAGE
    return code


def complain(what: object) -> None:
    """Write an error or a warning to stderr as one line, whatever it quotes."""
    sys.stderr.write(f"harness: {' '.join(str(what).split())}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness",
        description="Verify an app's telemetry: OpenTelemetry, AWS X-Ray and CloudWatch.",
        epilog="exit codes: 0 telemetry holds, 1 it does not, 2 usage or configuration",
    )
    parser.add_argument(
        "--version", action="version", version=f"telemetry-harness {version('telemetry-harness')}"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in built_in_modules("harness.cli.commands"):
        subparser = commands.add_parser(command.NAME, help=command.HELP, description=command.__doc__)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    return parser
