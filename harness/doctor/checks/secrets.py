"""Secrets written in clear in the compose file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from harness.doctor.checks import finding
from harness.doctor.interpolation import places_in
from harness.doctor.project import Project
from harness.doctor.services import Setting
from harness.model import Finding

_SECRET = re.compile(
    r"(?:SECRETS?|PASSWORD|PASSWD|TOKENS?|API_?KEY|ACCESS_KEY)(?![A-Z])(?!.*_FILE\Z)", re.IGNORECASE
)
# What a secret's variables say about it.
_ABOUT = re.compile(
    r"_(?:TTL|URL|URI|HEADER|NAME|PATH|TYPE|ARN|EXPIRY|EXPIRES?|(?:MIN|MAX)_\w+|LENGTH|SECONDS)(?:_\w+)?\Z"
    r"|(?<!ACCESS_KEY)_ID\Z",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d{1,4}")
# Tokens by their form: AWS's, GitHub's, Stripe's, Slack's, npm's, and addresses that open a channel.
_TOKEN = re.compile(
    r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_\w{36,}|[sr]k_live_\w+|xox[abprs]-[\w-]{10,}"
    r"|npm_\w{36,}|hooks\.slack\.com/services/[\w/]{10,}|discord(?:app)?\.com/api/webhooks/[\w/-]{10,})"
)
_HEADERS = re.compile(r"OTLP_(?:\w+_)?HEADERS\Z")
_SECRET_HEADER = re.compile(r"auth|cookie|dsn|key|password|secret|team|token", re.IGNORECASE)
# The password, and what stands alone where a user would: Sentry's key.
_PASSWORD = re.compile(r"\w://(?:[^/\s:@]*:)?([^/\s@]+)@")
_SWITCHES = frozenset({"true", "false"})


def check(project: Project) -> Iterator[Finding]:
    """Yield secrets that come from no variable; what stands in an env_file is where it belongs."""
    for service in project.services.values():
        for name, setting in service.environment.items():
            if setting.site.file == service.site.file and _is_secret(name, setting.raw):
                yield _written(setting, f"{name} of service {service.name!r}", f"{name}: ${{{name}}}")
        for name, setting in service.build_args.items():
            if _is_secret(name, setting.raw):
                what = f"build argument {name} of service {service.name!r}"
                yield _written(setting, what, f"{name}: ${{{name}}}")
        for name, setting in _options(service.command):
            variable = name.replace("-", "_").upper()
            if _is_secret(variable, setting.raw):
                what = f"option --{name} in the command of service {service.name!r}"
                yield _written(setting, what, f"--{name}=${{{variable}}}")


def _written(setting: Setting, what: str, instead: str) -> Finding:
    words = f"{what} is written in clear; take it from the environment: {instead}"
    return finding("secret_in_clear", setting.site, words)


def _options(words: Sequence[Setting]) -> Iterator[tuple[str, Setting]]:
    """Yield each long option with its value: ``--name=value``, or ``--name value``."""
    for word, after in zip_longest(words, words[1:]):
        name, equals, value = word.raw.partition("=")
        if name.startswith("--") and equals:
            yield name[2:], msgspec.structs.replace(word, raw=value)
        elif name.startswith("--") and after is not None and not after.raw.startswith("-"):
            yield name[2:], after


def _is_secret(name: str, raw: str) -> bool:
    if _HEADERS.search(name):
        pairs = (part.partition("=") for part in raw.split(","))
        return any(_SECRET_HEADER.search(key) and _in_clear(value) for key, _, value in pairs)
    if any(_in_clear(password) for password in _PASSWORD.findall(raw)):
        return True
    if _TOKEN.search(raw):
        return True
    setting = _ABOUT.search(name) or raw.lower() in _SWITCHES or _COUNT.fullmatch(raw)
    return bool(_SECRET.search(name)) and not setting and _in_clear(raw)


def _in_clear(value: str) -> bool:
    """Return whether a value is written out, or the default of a variable is."""
    places = [place for place in places_in(value) if place.name]
    if not places:
        return bool(value.strip())
    return any(_in_clear(place.word) for place in places if place.how.endswith("-"))
