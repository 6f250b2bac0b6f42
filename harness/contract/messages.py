"""Log messages as the form that they have in every run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from harness.contract import forms
from harness.contract.json_line import json_line

Form = tuple[str, str]
"""Operator and argument."""
_FEW = 5
"""So many words with digits in one place are said; more are data."""
_WORD = r"\S+"
_CLASS = re.compile(r"(?:-\?)?\[[^\]]+\]\+")
"""What an id of a form that is known becomes."""
_MAY_BE_ID = re.compile(r"(?=\w*\d)\w{6,}|\w{16,}")


def forms_of(messages: Iterable[str]) -> list[tuple[str, str]]:
    r"""Return (operator, argument) for each form, sorted; every message has one.

    >>> forms_of(["took 1200 ms", "took -1.3 ms", "ready"])
    [('is', 'ready'), ('regex', '\\Atook [+-]?\\d[\\d.,_]*(?:[eE][+-]?\\d+)? ms\\Z')]
    """
    found = set(map(_form, set(messages)))
    wide = forms.widened(argument for operator, argument in found if operator == "regex")
    return sorted(_without_data({(o, wide[argument] if o == "regex" else argument) for o, argument in found}))


def _without_data(found: set[Form]) -> set[Form]:
    r"""Return forms in which a word that is data is any word.

    It is where more than a few words with digits are in its place; or an id, and others that may be one.

    >>> _without_data({("is", f"took lock b{number}f") for number in range(9)})
    {('regex', '\\Atook lock \\S+\\Z')}
    """
    alike: dict[tuple[str, ...], dict[Form, str]] = {}
    for form in found:
        words = _words(form)
        for number, word in enumerate(words):
            blanked = (*words[:number], _WORD, *words[number + 1 :])
            alike.setdefault(blanked, {})[form] = word
    for blanked, some in sorted(alike.items()):
        left = _data({form: word for form, word in some.items() if form in found})
        if left and _is_pattern(pattern := f"\\A{' '.join(blanked)}\\Z"):
            found = found.difference(left) | {("regex", pattern)}
    return found


def _data(words: Mapping[Form, str]) -> list[Form]:
    """Return which of the forms that differ in one word have data there."""
    if sum(any(map(str.isdigit, word)) for word in words.values()) > _FEW:
        return list(words)
    if not any(_CLASS.fullmatch(word) for word in words.values()):
        return []
    some = [form for form, word in words.items() if _CLASS.fullmatch(word) or _MAY_BE_ID.fullmatch(word)]
    return some if len(some) > 1 else []


def _words(form: Form) -> list[str]:
    operator, argument = form
    if operator == "regex":
        return argument.removeprefix("\\A").removesuffix("\\Z").split(" ") if argument.endswith("\\Z") else []
    return forms.literal(argument).split(" ") if operator == "is" else []


def _is_pattern(text: str) -> bool:
    """Return whether a pattern compiles: a space may have been in the middle of a class."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def message_form(message: str) -> str:
    r"""Return a message's first line as it reads in every run: its variable parts are named.

    >>> message_form("[2026-Nov-24 12:31] 127.0.0.1 GET /orders/17 took 1.5 ms\nand more")
    '[‹date›] ‹address› GET /orders/‹number› took ‹number› ms …'
    """
    line, newline, _ = message.partition("\n")
    parsed = json_line(line)
    form = parsed.template if parsed else forms.template_of(line, forms.MESSAGES)
    return form + (" …" if newline else "")


def _form(message: str) -> tuple[str, str]:
    """Return the form of a message; of one with several lines, that of the first."""
    line, newline, _ = message.partition("\n")
    parsed = json_line(line)
    pattern = parsed.pattern if parsed else forms.pattern_of(line, forms.MESSAGES)
    if pattern is None or pattern == forms.literal(line):
        return ("starts_with", line) if newline else ("is", message)
    return "regex", f"\\A{pattern}" + ("" if newline else "\\Z")
