"""Why a text is not JSON, where parsers say it badly."""

from __future__ import annotations

import re

import msgspec

from harness.errors import in_our_words

_ESCAPE = re.compile(
    rb"\\(?:u(d[89ab][0-9a-f]{2})(\\ud[c-f][0-9a-f]{2})?|u(d[c-f][0-9a-f]{2})|.)", re.DOTALL | re.IGNORECASE
)


def why_not_json(error: Exception, body: bytes) -> str:
    r"""Return what is wrong with a body that does not parse.

    msgspec says "truncated" of a lone surrogate, which is whole and no character.

    Example:
        >>> why_not_json(msgspec.DecodeError("Input data was truncated"), rb'["\ud800"]')[:44]
        'the text at byte 2 is the lone surrogate \\ud'
    """
    if isinstance(error, msgspec.ValidationError):
        return in_our_words(error)
    for escape in _ESCAPE.finditer(body):
        if (escape[1] and not escape[2]) or escape[3]:
            return (
                f"the text at byte {escape.start()} is the lone surrogate {escape[0].decode()}, half of a "
                "character, which UTF-8 cannot hold; cut texts between characters, or replace it"
            )
    return in_our_words(error)
