"""Log messages as the form that they have in every run."""

from __future__ import annotations

from collections.abc import Iterable

from harness.contract import forms
from harness.contract.json_line import json_line


def forms_of(messages: Iterable[str]) -> list[tuple[str, str]]:
    r"""Return (operator, argument) for each form, sorted; every message has one.

    >>> forms_of(["took 1200 ms", "took -1.3 ms", "ready"])
    [('is', 'ready'), ('regex', '\\Atook [+-]?\\d[\\d.,_]*(?:[eE][+-]?\\d+)? ms\\Z')]
    """
    found = set(map(_form, set(messages)))
    wide = forms.widened(argument for operator, argument in found if operator == "regex")
    return sorted({(o, wide[argument] if o == "regex" else argument) for o, argument in found})


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
