"""The command `harness`: one subcommand per file in `harness.cli.commands`.

Exit codes: 0 telemetry holds, 1 it does not, 2 usage or configuration.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from harness.cli.streams import abandon_stdout, is_unwritable, lenient_streams
from harness.errors import ContractError, HarnessError
from harness.registry import built_in_modules

HOLDS = 0
DOES_NOT_HOLD = 1
USAGE = 2
INTERRUPTED = 130
_TOO_DEEP = "a value in the input is nested too deeply; look for it in the file, and shorten it"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Args:
        argv: Without the program's name; None for the process's own.

    Raises:
        SystemExit: argparse wrote help or the version, or refused the usage.
    """
    with lenient_streams():
        arguments = _parser().parse_args(argv)
        if sys.stdout is None and arguments.command.NAME != "run":  # which leaves stdout to its command
            complain("stdout is closed, and the result goes there; redirect it, to /dev/null or a file")
            return USAGE
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    try:
        code: int = arguments.command.run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except ContractError as error:
        for problem in error.problems:
            complain(problem)
        return USAGE
    except (HarnessError, RecursionError) as error:
        complain(_TOO_DEEP if isinstance(error, RecursionError) else error)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if not is_unwritable(error):
            raise
        abandon_stdout()
        complain(f"the result cannot be written to stdout: {error.strerror}")
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
