"""Check the wiring of a project's telemetry in its compose file, code and commands, without running it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

NAME = "doctor"
HELP = "check the wiring of a project's telemetry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--compose",
        metavar="FILE",
        type=Path,
        required=True,
        help="the compose file; code, scripts and documents are looked for below its directory",
    )
    parser.add_argument("--gitpod", metavar="FILE", type=Path, help="the .gitpod.yml, if there is one")
    parser.add_argument(
        "--env-file",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="variables for the compose file's ${…}; may be repeated (.env beside it is read anyway)",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings, the gravest first; return 1 when one of them is an error, else 0.

    Raises:
        ConfigurationError: A file cannot be read, or is not what it should be.
    """
    import msgspec

    from harness.cli import DOES_NOT_HOLD, HOLDS
    from harness.doctor import diagnose, read_project
    from harness.expect.render import plural
    from harness.model import Level

    project = read_project(arguments.compose, gitpod=arguments.gitpod, env_files=arguments.env_file)
    findings = diagnose(project)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(findings).decode() + "\n")
    else:
        for finding in findings:
            sys.stdout.write(f"{finding.site}: {finding.level.value} {finding.id}: {finding.message}\n")
        errors = sum(finding.level is Level.ERROR for finding in findings)
        sys.stdout.write(f"{plural(len(findings), 'finding')}, {plural(errors, 'error')}\n")
    return DOES_NOT_HOLD if any(finding.level is Level.ERROR for finding in findings) else HOLDS
