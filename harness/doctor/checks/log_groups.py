"""Log groups: one name in code, commands and compose file; case counts."""

from __future__ import annotations

from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.model import Finding, Level, Site


def check(project: Project) -> Iterator[Finding]:
    """Yield log groups that commands create and the code does not write to, and deprecated arguments."""
    names = sorted({name.text for name in project.source.log_groups})
    for words, group, site in _other_places(project):
        if group and names and group not in names:
            same = [name for name in names if name.lower() == group.lower()]
            hint = f"; {same[0]!r} differs in case only, and CloudWatch keeps them apart" if same else ""
            yield finding(
                "log_group_mismatch",
                site,
                f"{words} log group {group!r}, the code writes to {', '.join(map(repr, names))} "
                f"({project.source.log_groups[0].site}){hint}",
            )
    for argument in project.source.deprecated:
        yield finding(
            "watchtower_argument_deprecated",
            argument.site,
            f"watchtower's {argument.text!r} is deprecated; use "
            f"{'log_group_name' if argument.text == 'log_group' else 'log_stream_name'!r}",
            level=Level.WARNING,
        )


def _other_places(project: Project) -> Iterator[tuple[str, str, Site]]:
    for command in project.commands:
        if command.operation == "create-log-group":
            yield "the command creates", command.options.get("log-group-name", ""), command.site
    for service in project.services.values():
        if service.log_group is not None:
            words = f"service {service.name!r} logs to"
            yield words, service.log_group.value, service.log_group.site
