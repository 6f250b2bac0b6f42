"""From text to an expression, or to an error that points at the place."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from harness.errors import ConfigurationError, FilterError
from harness.xray_filter.check import closest_hint, root_cause
from harness.xray_filter.expression import Expression
from harness.xray_filter.keywords import WORDS

if TYPE_CHECKING:
    from lark import UnexpectedInput

MAX_NESTING = 100
"""Parentheses, braces and negations within each other: evaluation is recursive."""

_STRING = re.compile(r'"(\\.|[^"\\])*"', re.DOTALL)
_NESTING = re.compile(r"!(?!=)|[(){}]|[\w.]+")
_ROOT_CAUSE = re.compile(r"\brootcause[\w.]*", re.IGNORECASE)
_WORD = re.compile(r"[\w.]+")
_TERMINALS = {
    "NAME": "a keyword",
    "ANNOTATION": "a keyword",
    "_SERVICE": "a keyword",
    "_EDGE": "a keyword",
    "LPAR": "'('",
    "RPAR": "')'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "COLON": "':'",
    "STRING": "a string in double quotes",
    "NUMBER": "a number",
    "BOOLEAN": "true or false",
    "OPERATOR": "an operator",
    "_AND": "AND or OR",
    "_OR": "AND or OR",
    "_ID": "id(…)",
    "$END": "the end",
}
"""Terminal → what messages call it; what is not here (``!``, ``NOT``) goes without saying."""


@functools.lru_cache(maxsize=256)
def parse(text: str) -> Expression:
    """Return the expression of a filter's text.

    Raises:
        FilterError: It does not parse; the message shows the place.
        ConfigurationError: Package lark is not installed.

    Example:
        >>> parse("fault")
        Holds(keyword=Keyword(name='fault', key=None))
    """
    try:
        from lark import UnexpectedInput

        from harness.xray_filter.grammar import PARSER
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"filter expressions need package {error.name!r}; install telemetry-harness[xray]"
        ) from error
    _refuse(text)
    try:
        result: Expression = PARSER.parse(text)  # type: ignore[assignment]  # the transformer's value
    except FilterError as error:
        raise _pointed(text, str(error), error.column) from None
    except UnexpectedInput as error:
        raise _unexpected(text, error) from None
    return result


def _refuse(text: str) -> None:
    """Refuse what is not worth parsing: its own syntax (root causes), or nested too deeply."""
    outside_strings = _STRING.sub(lambda found: " " * len(found.group()), text)
    if found := _ROOT_CAUSE.search(outside_strings):
        raise _pointed(text, root_cause(found.group()), found.start() + 1)
    open_brackets = negations = 0
    for found in _NESTING.finditer(outside_strings):
        word = found.group()
        open_brackets += (word in "({") - (word in ")}")
        if word == "!" or word.upper() == "NOT":
            negations += 1
        elif word not in "({":
            negations = 0
        if open_brackets + negations > MAX_NESTING:
            message = (
                f"more than {MAX_NESTING} parentheses, braces and negations within each other; simplify it"
            )
            raise _pointed(text, message, found.start() + 1)


def _pointed(text: str, message: str, column: int) -> FilterError:
    """Return the error with the line of the text below it, and a caret."""
    before, after = text[: column - 1], text[column - 1 :]
    line = before.rpartition("\n")[2] + after.partition("\n")[0]
    caret = " " * len(before.rpartition("\n")[2]) + "^"
    return FilterError(f"filter expression, column {column}: {message}\n  {line}\n  {caret}", column)


def _unexpected(text: str, error: UnexpectedInput) -> FilterError:
    position = _position(text, error)
    accepted = set(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    accepted |= set(getattr(error, "allowed", None) or ())
    expected = list(dict.fromkeys(_TERMINALS[name] for name in _TERMINALS if name in accepted))
    if position >= len(text):
        return _pointed(text, f"expected {_either(expected)}, the filter ends here", len(text) + 1)
    word = _WORD.match(text, position)
    found = word.group() if word else text[position]
    return _pointed(
        text, f"expected {_either(expected)}, found {found!r}{_hint(found, accepted)}", position + 1
    )


def _position(text: str, error: UnexpectedInput) -> int:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return len(text)
    return error.pos_in_stream or 0


def _either(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _hint(found: str, accepted: set[str]) -> str:
    """Return what was probably meant."""
    if found == '"':
        return ": this string has no end" if "STRING" in accepted else "; a string is compared with a keyword"
    if "STRING" in accepted:
        return "; strings stand in double quotes"
    return closest_hint(found, WORDS)
