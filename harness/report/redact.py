"""Secrets out of a record, before it reaches a disk or a page.

Reports become CI artifacts that many people can read, and telemetry carries
what the app put into it: tokens in ``http.target``, headers of exports.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from msgspec.structs import replace

from harness.model import RunRecord
from harness.model.nesting import MAX_DEPTH, TOO_DEEP
from harness.model.secrets import hidden, is_hidden, is_secret_key
from harness.report.walk import FLAT, SETTLED, containers, rebuild

T = TypeVar("T")
_FIXED = SETTLED | {float}
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
# In lower case: a pattern that ignores case takes five times as long.
_SUSPICIOUS = re.compile(r"token|key|passw|secret|bearer|basic|://|akia|asia|eyj|x-amz-")
# Hiding one secret can uncover another; text that needs more rounds is made to.
_ROUNDS = 10
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
    if record.redacted:
        return record
    redaction = _Redaction(keyed_secrets(record))
    safe = rebuild(record, redaction.field, _FIXED, unchanged=redaction.unchanged)
    return replace(safe, redacted=True)


def redact_derived(value: T, secrets: set[str]) -> T:
    """Return a struct that was made of a record with the secrets of that record replaced.

    Args:
        secrets: What `keyed_secrets` says of the record.
    """
    redaction = _Redaction(secrets)
    return rebuild(value, redaction.field, unchanged=redaction.unchanged)


def redact_text(text: str) -> str:
    """Return the text with what the patterns recognise replaced.

    >>> redact_text("GET /x?token=abc&page=2")
    'GET /x?token=redacted (3 chars)&page=2'
    """
    if not _is_suspicious(text):
        return text
    for _ in range(_ROUNDS):
        before = text
        for pattern in _PATTERNS:
            text = pattern.sub(_hidden_part, text)
        if text == before:
            break
    return text


def _is_suspicious(text: str) -> bool:
    """Return False for most texts: one search is cheaper than six."""
    # A pattern that ignores case also takes ſ for s, which lower() does not.
    return not text.isascii() or _SUSPICIOUS.search(text.lower()) is not None


def _hidden_part(match: re.Match[str]) -> str:
    start, end = match.span("secret")
    offset = match.start()
    whole = match.group()
    return whole[: start - offset] + hidden(match.group("secret")) + whole[end - offset :]


def keyed_secrets(record: RunRecord) -> set[str]:
    """Return the values of secret keys: the first pass of `redact`."""
    secrets: set[str] = set()
    # Each once: most scenarios share a resource and the headers of an export.
    for value in {id(value): value for value in containers(record)}.values():
        _collect(value, secrets)
    return secrets


def _collect(value: Any, secrets: set[str], depth: int = 0, *, is_secret: bool = False) -> None:
    if depth >= MAX_DEPTH:
        return  # `_Redaction` cuts it
    if isinstance(value, dict):
        secret_keys = _secret_keys(tuple(value))
        if secret_keys or not FLAT.issuperset(map(type, value.values())):
            for key, item in value.items():
                _collect(item, secrets, depth + 1, is_secret=key in secret_keys)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, secrets, depth + 1, is_secret=is_secret)
    elif is_secret and isinstance(value, str) and not is_hidden(value):
        secrets.add(value)


class _Redaction:
    """The second pass: keyed secrets wherever they are, then the patterns.

    Attributes:
        unchanged: Texts that were looked at, and hold no secret.
    """

    def __init__(self, secrets: set[str]) -> None:
        self.unchanged: set[str] = set()
        self._known = _Known(self._text)
        # By id, as the record outlives this: its scenarios share the headers of one export.
        self._mappings: dict[int, dict[Any, Any]] = {}
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

    def field(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        # An enum is a str with a meaning of its own.
        if kind is str:
            known = self._known[value]
            if known != value:
                return known
            self.unchanged.add(value)  # an equal text is no change, too: the struct around it is shared
            return value
        if kind in SETTLED:
            return value
        if depth >= MAX_DEPTH and isinstance(value, (dict, list, tuple)):
            return TOO_DEEP
        if isinstance(value, dict):
            if not value:
                return value
            return self._mapping(value, depth) if depth else self._mapping_of_field(value)
        if isinstance(value, list | tuple):
            return _same_or(value, kind(self.field(item, depth + 1) for item in value))
        return self._bytes(value) if isinstance(value, bytes) else value

    def _mapping_of_field(self, value: dict[Any, Any]) -> dict[Any, Any]:
        after = self._mappings.get(id(value))
        if after is None:
            after = self._mappings[id(value)] = self._mapping(value, 0)
        return after

    def _mapping(self, value: dict[Any, Any], depth: int) -> dict[Any, Any]:
        known, inner = self._known, depth + 1
        after = {
            key: known[item]
            if (kind := type(item)) is str
            else (item if kind in _FIXED else self.field(item, inner))
            for key, item in value.items()
        }
        for key in _secret_keys(tuple(value)):
            after[key] = self._secret(value[key], inner)
        return _same_or(value, after)

    def _bytes(self, value: bytes) -> bytes:
        # Latin-1 maps every byte to a character and back.
        before = value.decode("latin-1")
        after = self._text(before)
        return value if after == before else after.encode("latin-1")

    def _secret(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return hidden(value)
        if isinstance(value, bytes):
            return f"redacted ({len(value)} bytes)"
        if isinstance(value, list | tuple) and depth < MAX_DEPTH:
            return type(value)(self._secret(item, depth + 1) for item in value)
        return self.field(value, depth)

    def _text(self, value: str) -> str:
        if self._quoted:
            value = self._quoted.sub(lambda match: hidden(match.group()), value)
        return redact_text(self._without_recurring(value, self._heads) if self._heads else value)

    def _without_recurring(self, value: str, heads: re.Pattern[str]) -> str:
        parts: list[str] = []
        done = at = 0
        while match := heads.search(value, at):
            start = match.start()
            secret = next((s for s in self._by_head[match.group()] if value.startswith(s, start)), None)
            if secret is None:
                at = start + 1
                continue
            parts += (value[done:start], hidden(secret))
            done = at = start + len(secret)
        return "".join((*parts, value[done:])) if parts else value


class _Known(dict[str, str]):
    """Text → what is shown of it: most texts of a record occur in many places."""

    def __init__(self, redacted: Callable[[str], str]) -> None:
        super().__init__()
        self._redacted = redacted

    def __missing__(self, text: str) -> str:
        after = self[text] = self._redacted(text)
        return after


@lru_cache(maxsize=4096)
def _secret_keys(keys: tuple[Any, ...]) -> frozenset[Any]:
    """Return those whose value is a secret; most mappings have the same few sets of keys."""
    return frozenset(filter(is_secret_key, keys))


def _same_or(before: T, after: T) -> T:
    return before if before == after and type(before) is type(after) else after
