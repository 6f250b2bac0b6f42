"""Log messages as the form that they have in every run."""

from __future__ import annotations

from collections.abc import Iterable

from harness.contract import forms

_SAME_FORM = 5
"""How many messages may differ in small numbers only before these are no part of the form."""


def forms_of(messages: Iterable[str]) -> list[tuple[str, str]]:
    r"""Return (operator, argument) for each form, sorted; every message has one.

    >>> forms_of(["took 1200 ms", "took 1300 ms", "ready"])
    [('is', 'ready'), ('regex', '\\Atook \\d+(?:\\.\\d+)? ms\\Z')]
    """
    by_rough: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for message in set(messages):
        by_rough.setdefault(_form(message, small=True), set()).add(_form(message, small=False))
    found: set[tuple[str, str]] = set()
    for rough, fine in by_rough.items():
        found |= fine if len(fine) <= _SAME_FORM else {rough}
    wide = forms.widened(argument for operator, argument in found if operator == "regex")
    return sorted({(o, wide[argument] if o == "regex" else argument) for o, argument in found})


def message_form(message: str) -> str:
    r"""Return a message's first line as it reads in every run: its variable parts are named.

    >>> message_form("[2026-Nov-24 12:31] 127.0.0.1 GET /orders/17 took 1.5 ms\nand more")
    '[‹stamp›] ‹address› GET /orders/‹number› took ‹number› ms …'
    """
    line, newline, _ = message.partition("\n")
    return forms.template_of(line, forms.MESSAGES) + (" …" if newline else "")


def _form(message: str, *, small: bool) -> tuple[str, str]:
    """Return the form of a message; of one with several lines, that of the first."""
    line, newline, _ = message.partition("\n")
    pattern = forms.pattern_of(line, forms.MESSAGES, but=() if small else ("small",))
    if pattern is None:
        return ("starts_with", line) if newline else ("is", message)
    return "regex", f"\\A{pattern}" + ("" if newline else "\\Z")
