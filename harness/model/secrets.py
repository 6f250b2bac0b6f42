"""Keys whose values are secrets: no message and no report shows what they hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

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
_DONE = re.compile(r"redacted \(\d+ (?:chars|bytes)\)")
_LITERAL = re.compile(r"(?P<quote>['\"])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)", re.DOTALL)


@lru_cache(maxsize=4096)
def is_secret_key(key: Any) -> bool:
    """Return whether the value of a key, or of the last part of a path, is a secret.

    >>> is_secret_key("http.request.header.authorization[0]"), is_secret_key("app.password.length")
    (True, False)
    """
    last = str(key).rpartition(".")[2].partition("[")[0].lower().replace("_", "-")
    return last in SECRET_KEYS


def is_hidden(text: str) -> bool:
    """Return whether a text stands for a secret already."""
    return _DONE.fullmatch(text) is not None


def hidden(secret: str) -> str:
    """Return what is shown of a secret; that it is empty is none.

    >>> hidden("hunter2"), hidden("")
    ('redacted (7 chars)', '')
    """
    return secret if not secret or is_hidden(secret) else f"redacted ({len(secret)} chars)"


def without_literals(source: str) -> str:
    """Return Python source, or a sentence that quotes some, with each quoted text hidden.

    >>> without_literals("one_of('hunter2', 3)")
    "one_of('redacted (7 chars)', 3)"
    """
    return _LITERAL.sub(lambda found: f"{found['quote']}{hidden(found['text'])}{found['quote']}", source)
