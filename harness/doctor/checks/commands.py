"""``aws`` commands as written: their required options, and the files that they are given.

Source: the AWS CLI's reference of ``xray`` and ``logs``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness.closest import closest
from harness.codec import xray_limits as limits
from harness.doctor.checks import finding
from harness.doctor.commands import Command
from harness.doctor.project import Project
from harness.doctor.text import read_if_possible, shown_path
from harness.errors import in_our_words
from harness.model import Finding, Level, Site

_REQUIRED = {
    ("logs", "create-log-group"): ("log-group-name",),
    ("logs", "create-log-stream"): ("log-group-name", "log-stream-name"),
    ("xray", "create-group"): ("group-name",),
    ("xray", "create-sampling-rule"): ("sampling-rule",),
    ("xray", "update-sampling-rule"): ("sampling-rule-update",),
}
_MEMBERS = {
    "create-sampling-rule": "SamplingRule",
    "update-sampling-rule": "SamplingRuleUpdate",
}
_BESIDE = {"create-sampling-rule": ("SamplingRule", "Tags"), "update-sampling-rule": ("SamplingRuleUpdate",)}
_RULE_MEMBERS = (
    "ResourceARN", "Priority", "FixedRate", "ReservoirSize", "ServiceName",
    "ServiceType", "Host", "HTTPMethod", "URLPath", "Version",
)  # fmt: skip
_OTHER_MEMBERS = ("RuleName", "RuleARN", "Attributes", "SamplingRateBoost")
_TEXTS: dict[str, Any] = {
    "ResourceARN": limits.ResourceArn,
    "ServiceName": limits.Text64,
    "ServiceType": limits.Text64,
    "Host": limits.Text64,
    "HTTPMethod": limits.Method,
    "URLPath": limits.UrlPath,
    "Attributes": limits.Attributes,
}
_LIMITS: dict[str, tuple[float, float]] = {
    "Priority": (1, 9999),
    "FixedRate": (0, 1),
    "ReservoirSize": (0, math.inf),
    "Version": (1, 1),
}
_INTEGERS = ("Priority", "ReservoirSize", "Version")


def check(project: Project) -> Iterator[Finding]:
    """Yield what AWS would answer with an error, and rules that match no segment of the code."""
    for command in project.commands:
        given = command.options.get("cli-input-json")
        if given is None:
            yield from _options(command)
        else:
            yield from _input(project, command, given)


def _options(command: Command) -> Iterator[Finding]:
    for option in _REQUIRED.get((command.service, command.operation), ()):
        if option not in command.options:
            yield finding(
                "cli_option_missing",
                command.site,
                f"aws {command.service} {command.operation} needs --{option}",
            )


def _input(project: Project, command: Command, given: str) -> Iterator[Finding]:
    if not given.startswith("file://"):
        if "$" not in given:  # of which a shell makes something else
            yield from _document(project, command, "--cli-input-json", given, command.site)
        return
    name = given.removeprefix("file://")
    file = _found(project.directory, command.file.parent, name)
    if file is None:
        yield finding(
            "cli_input_missing",
            command.site,
            f"--cli-input-json names {name!r}, which is not below {shown_path(project.directory)}",
        )
        return
    notes: list[Finding] = []
    text = read_if_possible(file, notes)
    yield from notes
    if not notes:
        yield from _document(project, command, repr(name), text, Site(shown_path(file), 1))


def _document(project: Project, command: Command, name: str, text: str, start: Site) -> Iterator[Finding]:
    """Yield what is wrong with the JSON that a command is given.

    Args:
        name: What messages call it.
        start: Where it begins.
    """
    try:
        document: Any = json.loads(text)
    except json.JSONDecodeError as error:
        site = Site(start.file, start.line + error.lineno - 1)
        yield finding("cli_input_invalid", site, f"{name} is not JSON: {error}")
        return
    except (RecursionError, ValueError) as error:  # the latter: a number of thousands of digits
        yield finding("cli_input_invalid", start, f"{name} is not JSON that AWS takes: {error}")
        return
    member = _MEMBERS.get(command.operation)
    if member is None:
        return
    if not isinstance(document, dict) or member not in document:
        has = ", ".join(document) if isinstance(document, dict) else type(document).__name__
        yield finding(
            "cli_input_invalid",
            command.site,
            f"{command.operation} needs {member!r} in {name}, which has {has}: AWS answers "
            f'Missing required parameter in input: "{member}"',
        )
        return
    yield from _unknown_members(command, document, _BESIDE[command.operation], text, start)
    if not isinstance(document[member], dict):
        yield finding(
            "cli_input_invalid",
            start,
            f"{member} is {document[member]!r}, expected an object with its members",
        )
    else:
        yield from _members(command, document[member], text, start)
        if command.operation == "create-sampling-rule":
            yield from _rule(project, document[member], text, start)


def _found(directory: Path, beside: Path, name: str) -> Path | None:
    """Return the file of a name; one outside of the project is not ours to read."""
    paths = ((place / name).resolve() for place in (directory, beside))
    return next((path for path in paths if path.is_relative_to(directory.resolve()) and path.is_file()), None)


def _site_of(member: str, text: str, start: Site) -> Site:
    lines = text.splitlines()
    before = next((n for n, line in enumerate(lines) if f'"{member}"' in line), 0)
    return Site(start.file, start.line + before)


def _members(command: Command, rule: dict[str, Any], text: str, start: Site) -> Iterator[Finding]:
    """Yield members that the AWS CLI does not know, and a name that X-Ray refuses."""
    update = command.operation == "update-sampling-rule"
    known = [m for m in (*_RULE_MEMBERS, *_OTHER_MEMBERS) if not (update and m == "Version")]
    yield from _unknown_members(command, rule, known, text, start, of=_MEMBERS[command.operation])
    for member in (member for member in rule if member in _TEXTS):
        try:
            msgspec.convert(rule[member], _TEXTS[member])
        except msgspec.ValidationError as error:
            yield finding(
                "sampling_rule_invalid",
                _site_of(member, text, start),
                f"{member} is {rule[member]!r:.80}: {in_our_words(error)}",
            )
    name = rule.get("RuleName")
    if name == "Default" and not update:
        yield finding(
            "sampling_rule_invalid",
            _site_of("RuleName", text, start),
            "RuleName is 'Default', which every account has already, and AWS does not create; "
            "choose another, or update-sampling-rule",
        )
    if name is not None and not (isinstance(name, str) and 1 <= len(name) <= limits.MAX_NAME):
        yield finding(
            "sampling_rule_invalid",
            _site_of("RuleName", text, start),
            f"RuleName is {name!r}, expected 1 to {limits.MAX_NAME} characters",
        )


def _unknown_members(
    command: Command, given: dict[str, Any], known: Sequence[str], text: str, start: Site, *, of: str = ""
) -> Iterator[Finding]:
    """Yield members that the AWS CLI does not know of an object, or of the whole input."""
    for member in given:
        if member not in known:
            close = closest(member, known)
            yield finding(
                "sampling_rule_invalid",
                _site_of(member, text, start),
                f"{of or command.operation} has no member {member!r}: AWS answers Unknown parameter in "
                f"input; {f'did you mean {close!r}?' if close else 'leave it out'}",
            )


def _matches(pattern: str, name: str) -> bool:
    """Return whether a rule's pattern is for a name: ``*`` and ``?`` are wildcards, and case does not count.

    Source: X-Ray developer guide, "Configuring sampling rules"; the SDKs' matchers lower both.
    """
    parts = {"*": ".*", "?": "."}
    regex = "".join(
        parts.get(character) or re.escape(character) for character in re.sub(r"\*+", "*", pattern)
    )
    return re.fullmatch(regex, name, re.IGNORECASE | re.DOTALL) is not None


def _rule(project: Project, rule: dict[str, Any], text: str, start: Site) -> Iterator[Finding]:
    def site(member: str) -> Site:
        return _site_of(member, text, start)

    if missing := [member for member in _RULE_MEMBERS if member not in rule]:
        words = ", ".join(missing)
        yield finding("sampling_rule_invalid", site("SamplingRule"), f"the sampling rule lacks {words}")
    for member, (low, high) in _LIMITS.items():
        value = rule.get(member)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if member in rule and not fits:
            words = f"{low} to {high}" if high < math.inf else f"{low} or more"
            words = f"{low}" if low == high else words
            yield finding("sampling_rule_invalid", site(member), f"{member} is {value!r}, expected {words}")
        elif isinstance(value, float) and member in _INTEGERS:
            yield finding(
                "sampling_rule_invalid",
                site(member),
                f"{member} is {value!r}, and AWS takes an integer: leave the decimals out",
            )
    names = {name.text for name in project.source.segments}
    pattern = str(rule.get("ServiceName", "*"))
    if names and not any(_matches(pattern, name) for name in names):
        yield finding(
            "sampling_rule_matches_nothing",
            site("ServiceName"),
            f"ServiceName is {pattern!r}, and the code's segments are named {', '.join(sorted(names))}",
        )
    rate, reservoir = rule.get("FixedRate"), rule.get("ReservoirSize")
    if isinstance(rate, float) and isinstance(reservoir, int) and reservoir > 0:
        yield finding(
            "sampling_reservoir",
            site("ReservoirSize"),
            f"the first {reservoir} requests of each second are sampled besides FixedRate {rate:g}: "
            f"a service with fewer than that is sampled whole",
            level=Level.INFO,
        )
