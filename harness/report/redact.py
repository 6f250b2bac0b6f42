"""Secrets out of a record, before it reaches a disk or a page.

Reports become CI artifacts that many people can read, and telemetry carries
what the app put into it: tokens in ``http.target``, headers of exports.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from harness.model import RunRecord
from harness.report.walk import rebuild

SECRET_KEYS = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie",
        "x-api-key", "x-honeycomb-team", "x-auth-token", "x-csrf-token",
        "x-amz-security-token", "x-amz-signature", "x-amz-credential",
        "token", "access-token", "refresh-token", "id-token", "session-token",
        "api-key", "apikey", "password", "passwd", "secret", "client-secret",
        "secret-key", "secret-access-key", "aws-secret-access-key", "private-key",
    }
)  # fmt: skip

_NAMES = r"(?:[a-z_-]*token|api[_-]?key|pass(?:word|wd)|[a-z_-]*secret|x-amz-(?:signature|credential))"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE if fold else 0)
    for pattern, fold in (
        # name=value, as in a query or a key-value log line
        (rf"(?<![\w-]){_NAMES}=(?P<secret>(?!redacted \()[^&\s\"'#,;<>]+)", True),
        # "name": "value", as in JSON and in a dict's repr
        (rf"[\"']{_NAMES}[\"']\s*:\s*[\"'](?P<secret>(?!redacted \()[^\"']+)[\"']", True),
        (r"\b(?:bearer|basic)\s+(?P<secret>(?!redacted \()[\w.~+/=-]{8,})", True),
        # the password of ``scheme://user:password@host``
        (r"://[^\s/:@]+:(?P<secret>(?!redacted \()[^\s/@]+)@", False),
        # AWS access key ids. Source: IAM user guide, "Unique identifiers".
        (r"\b(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16})\b", False),
        # JSON Web Tokens
        (r"\b(?P<secret>eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?)", False),
    )
)
# Most strings hold none of these, and one search is cheaper than six.
_SUSPICIOUS = re.compile(r"token|key|passw|secret|bearer|basic|://|AKIA|ASIA|eyJ|x-amz-", re.IGNORECASE)
# Hiding one secret can uncover another; text that needs more rounds is made to.
_ROUNDS = 10
_DONE = re.compile(r"redacted \(\d+ (?:chars|bytes)\)")
# A secret is hidden wherever it recurs; one so short that it may be a word, only where it is quoted.
_MIN_RECURRING = 12
_MIN_QUOTED = 4


def redact(record: RunRecord) -> RunRecord:
    """Return the record with secrets replaced by ``redacted (22 chars)``.

    A secret is the value of a key in `SECRET_KEYS` (a header, the last part of
    an attribute's name, a key in metadata), what a pattern recognises (query
    parameters, bearer tokens, AWS access key ids, JSON Web Tokens, passwords
    in URLs), and any other place where such a keyed value recurs.

    >>> from harness.model import ExportRequest, Telemetry
    >>> headers = {"x-honeycomb-team": "hcaik_0123456789"}
    >>> export = ExportRequest(channel="otlp", path="/v1/traces", headers=headers)
    >>> redact(RunRecord(outside=Telemetry(exports=(export,)))).outside.exports[0].headers
    {'x-honeycomb-team': 'redacted (16 chars)'}
    """
    keyed = _KeyedSecrets()
    rebuild(record, keyed.field)
    return rebuild(record, _Redaction(keyed.secrets).field)


def redact_text(text: str) -> str:
    """Return the text with what the patterns recognise replaced.

    >>> redact_text("GET /x?token=abc&page=2")
    'GET /x?token=redacted (3 chars)&page=2'
    """
    if not _SUSPICIOUS.search(text):
        return text
    for _ in range(_ROUNDS):
        before = text
        for pattern in _PATTERNS:
            text = pattern.sub(_hidden_part, text)
        if text == before:
            break
    return text


def _hidden(secret: str) -> str:
    return secret if _DONE.fullmatch(secret) else f"redacted ({len(secret)} chars)"


def _hidden_part(match: re.Match[str]) -> str:
    start, end = match.span("secret")
    offset = match.start()
    whole = match.group()
    return whole[: start - offset] + _hidden(match.group("secret")) + whole[end - offset :]


class _Values(ABC):
    """Strings of a value, however deep, each through `text`, once per string."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    @abstractmethod
    def text(self, value: str) -> str: ...

    def field(self, _: str, value: Any) -> Any:
        # An enum is a str with a meaning of its own.
        if type(value) is str:
            if value not in self._known:
                self._known[value] = self.text(value)
            return self._known[value]
        if isinstance(value, bytes):
            # Latin-1 maps every byte to a character and back.
            before = value.decode("latin-1")
            after = self.text(before)
            return value if after == before else after.encode("latin-1")
        if isinstance(value, dict):
            return _same_or(value, {key: self.item(key, item) for key, item in value.items()})
        if isinstance(value, list | tuple):
            return _same_or(value, type(value)(self.field("", item) for item in value))
        return value

    def item(self, key: Any, value: Any) -> Any:
        return self.secret(value) if _is_secret_key(key) else self.field("", value)

    def secret(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.secret_text(value)
        if isinstance(value, bytes):
            return f"redacted ({len(value)} bytes)"
        if isinstance(value, list | tuple):
            return type(value)(self.secret(item) for item in value)
        return self.field("", value)

    @abstractmethod
    def secret_text(self, value: str) -> str: ...


class _KeyedSecrets(_Values):
    """The first pass, which changes nothing: the values of secret keys."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = set()

    def text(self, value: str) -> str:
        return value

    def secret_text(self, value: str) -> str:
        if not _DONE.fullmatch(value):
            self.secrets.add(value)
        return value


class _Redaction(_Values):
    """The second pass: keyed secrets wherever they are, then the patterns."""

    def __init__(self, secrets: set[str]) -> None:
        super().__init__()
        # Each signed request has a secret of its own, and they differ at their ends: one
        # pattern of all would be searched, and compiled, in quadratic time.
        self._by_head: dict[str, list[str]] = {}
        for secret in sorted((s for s in secrets if len(s) >= _MIN_RECURRING), key=lambda s: (-len(s), s)):
            self._by_head.setdefault(secret[:_MIN_RECURRING], []).append(secret)
        self._heads = re.compile("|".join(map(re.escape, self._by_head))) if self._by_head else None
        short = sorted(s for s in secrets if _MIN_QUOTED <= len(s) < _MIN_RECURRING)
        self._quoted = (
            re.compile(rf"(?<=['\"])(?:{'|'.join(map(re.escape, short))})(?=['\"])") if short else None
        )

    def text(self, value: str) -> str:
        if self._quoted:
            value = self._quoted.sub(lambda match: _hidden(match.group()), value)
        return redact_text(self._without_recurring(value, self._heads) if self._heads else value)

    def secret_text(self, value: str) -> str:
        return _hidden(value)

    def _without_recurring(self, value: str, heads: re.Pattern[str]) -> str:
        parts: list[str] = []
        done = at = 0
        while match := heads.search(value, at):
            start = match.start()
            secret = next((s for s in self._by_head[match.group()] if value.startswith(s, start)), None)
            if secret is None:
                at = start + 1
                continue
            parts += (value[done:start], _hidden(secret))
            done = at = start + len(secret)
        return "".join((*parts, value[done:])) if parts else value


def _is_secret_key(key: Any) -> bool:
    last = str(key).rpartition(".")[2].lower().replace("_", "-")
    return last in SECRET_KEYS


def _same_or(before: Any, after: Any) -> Any:
    return before if before == after and type(before) is type(after) else after
