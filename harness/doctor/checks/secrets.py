"""Secrets written in clear in the compose file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.interpolation import places_in
from harness.doctor.project import Project
from harness.model import Finding

_SECRET = re.compile(
    r"(?:SECRETS?|PASSWORD|PASSWD|TOKENS?|API_?KEY|ACCESS_KEY)(?![A-Z])(?!.*_FILE\Z)", re.IGNORECASE
)
_HEADERS = re.compile(r"OTLP_(?:\w+_)?HEADERS\Z")
_SECRET_HEADER = re.compile(r"auth|cookie|dsn|key|password|secret|team|token", re.IGNORECASE)
_PASSWORD = re.compile(r"\w://[^/\s:@]*:([^/\s@]+)@")
_SWITCHES = frozenset({"true", "false"})


def check(project: Project) -> Iterator[Finding]:
    """Yield secrets that come from no variable; what stands in an env_file is where it belongs."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            if setting.site.file == service.site.file and _is_secret(name, setting.raw):
                yield finding(
                    "secret_in_clear",
                    setting.site,
                    f"{name} of service {service.name!r} is written in clear; take it from the environment: "
                    f"{name}: ${{{name}}}",
                )


def _is_secret(name: str, raw: str) -> bool:
    if _HEADERS.search(name):
        pairs = (part.partition("=") for part in raw.split(","))
        return any(_SECRET_HEADER.search(key) and _in_clear(value) for key, _, value in pairs)
    if any(_in_clear(password) for password in _PASSWORD.findall(raw)):
        return True
    return bool(_SECRET.search(name)) and raw.lower() not in _SWITCHES and _in_clear(raw)


def _in_clear(value: str) -> bool:
    """Return whether a value is written out, or the default of a variable is."""
    places = [place for place in places_in(value) if place.name]
    if not places:
        return bool(value.strip())
    return any(_in_clear(place.word) for place in places if place.how.endswith("-"))
