"""How bad each kind of change is: the rules, and how they are overridden."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from harness.closest import closest
from harness.errors import ConfigurationError


class Severity(enum.StrEnum):
    """What a change does to whoever reads the telemetry."""

    BREAKING = "breaking"
    ADDITIVE = "additive"
    NEUTRAL = "neutral"


DEFAULTS: Mapping[str, Severity] = MappingProxyType(
    {
        "removed": Severity.BREAKING,
        "renamed": Severity.BREAKING,
        "retyped": Severity.BREAKING,
        "reparented": Severity.BREAKING,
        "moved": Severity.BREAKING,
        "kind_changed": Severity.BREAKING,
        "status_changed": Severity.BREAKING,
        "scope_changed": Severity.BREAKING,
        "service_changed": Severity.BREAKING,
        "unit_changed": Severity.BREAKING,
        "log_format_changed": Severity.BREAKING,
        "log_group_changed": Severity.BREAKING,
        "added": Severity.ADDITIVE,
        "value_changed": Severity.NEUTRAL,
        "count_changed": Severity.NEUTRAL,
    }
)
"""Kind of change → severity. Breaking: a query, an alarm or an expectation that held finds nothing now."""


def severities(overrides: Iterable[str] = ()) -> dict[str, Severity]:
    """Return kind → severity, with overrides of the form ``KIND=SEVERITY``, the last of a kind winning.

    Raises:
        ConfigurationError: An override is no such pair, or one of its words is unknown.

    >>> severities(["value_changed=breaking"])["value_changed"].value
    'breaking'
    """
    rules = dict(DEFAULTS)
    for override in overrides:
        kind, equals, word = override.partition("=")
        if not equals:
            raise ConfigurationError(
                f"--severity: expected KIND=SEVERITY, {override!r} given; such as value_changed=breaking"
            )
        if kind not in rules:
            raise ConfigurationError(f"--severity: no kind of change {kind!r}; {_instead(kind, rules)}")
        known = [severity.value for severity in Severity]
        if word not in known:
            raise ConfigurationError(f"--severity: no severity {word!r}; {_instead(word, known)}")
        rules[kind] = Severity(word)
    return rules


def _instead(word: str, known: Iterable[str]) -> str:
    names = list(known)
    near = closest(word, names)
    hint = f"closest: {near!r}; " if near else ""
    return f"{hint}expected one of {', '.join(names)}"
