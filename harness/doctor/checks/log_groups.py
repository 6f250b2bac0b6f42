"""Log groups: one name in code, commands and compose file; case counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.model import Finding, Level, Site

_VARIABLE = re.compile(r"LOGS?_?GROUP(?:_NAME)?\Z")


class _Use(NamedTuple):
    words: str
    group: str
    site: Site


def check(project: Project) -> Iterator[Finding]:
    """Yield log groups that are not those of the code or its variables, and deprecated arguments."""
    code = _of_code(project)
    variables = list(_variables(project))
    for use in variables:
        yield from _mismatch(use, code)
    for use in _other_places(project):
        yield from _mismatch(use, [*code, *variables])
    for argument in project.source.deprecated:
        yield finding(
            "watchtower_argument_deprecated",
            argument.site,
            f"watchtower's {argument.text!r} is deprecated; use "
            f"{'log_group_name' if argument.text == 'log_group' else 'log_stream_name'!r}",
            level=Level.WARNING,
        )


def _of_code(project: Project) -> list[_Use]:
    """Return the log groups of the code; none where one of them is not known, which may be any."""
    uses = []
    for group in project.source.log_groups:
        if group.text is None:
            return []
        setting = [
            {name: setting.value for name, setting in service.environment.items()}
            for service in project.services.values()
            if group.text.variables & service.environment.keys()
        ]
        for name in dict.fromkeys(group.text.with_environment(environ) for environ in setting or [{}]):
            if not name or "$" in name:
                return []
            uses.append(_Use("the code writes to", name, group.site))
    return uses


def _mismatch(use: _Use, others: list[_Use]) -> Iterator[Finding]:
    """Yield that a log group is none of the others'."""
    names = sorted({other.group for other in others})
    # A shell's variable is not known here.
    if not use.group or "$" in use.group or not names or use.group in names:
        return
    same = [name for name in names if name.lower() == use.group.lower()]
    hint = f"; {same[0]!r} differs in case only, and CloudWatch keeps them apart" if same else ""
    yield finding(
        "log_group_mismatch",
        use.site,
        f"{use.words} log group {use.group!r}, {others[0].words} {', '.join(map(repr, names))} "
        f"({others[0].site}){hint}",
    )


def _variables(project: Project) -> Iterator[_Use]:
    """Yield the log groups that services are given by a variable, as LOG_GROUP or AWS_LOG_GROUP_NAME."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            if _VARIABLE.search(name.upper()) and setting.value.strip():
                yield _Use(f"{name} of service {service.name!r} is", setting.value.strip(), setting.site)


def _other_places(project: Project) -> Iterator[_Use]:
    for command in project.commands:
        if command.operation == "create-log-group":
            yield _Use("the command creates", command.options.get("log-group-name", ""), command.site)
    for service in project.services.values():
        if service.log_group is not None:
            words = f"service {service.name!r} logs to"
            yield _Use(words, service.log_group.value, service.log_group.site)
