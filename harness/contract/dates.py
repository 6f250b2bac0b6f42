"""Dates and times in text: how they are written, and the pattern that each way has on every day."""

from __future__ import annotations

import re

_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    "|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_WEEKDAY = (
    "Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?"
)
_HALF = r"[\ \u202f]?[AaPp]\.?[Mm]\b\.?"
_ZONE = r"\ ?(?:(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?(?:\ [A-Z]{3,4}\b)?|Z\b|UTC\b|GMT\b)"
_COLON = "(?::|%3[Aa])"
"""As it is, or in a URL."""
_SECONDS = rf"{_COLON}[0-5]\d(?:[.,]\d{{1,9}})?"
_TIME = rf"\d{{1,2}}{_COLON}[0-5]\d(?:{_SECONDS})?(?:{_HALF})?(?:{_ZONE})?"
_PARTS = {
    "Y": r"(?:19|20)\d\d",
    "y": r"\d\d",
    "m": "(?:0?[1-9]|1[0-2])",
    "mm": "(?:0[1-9]|1[0-2])",
    "b": rf"(?:{_MONTH})\.?",
    "d": r"(?:0?[1-9]|[12]\d|3[01])",
    "dth": r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?",
    "dd": r"(?:0[1-9]|[12]\d|3[01])",
    "of_year": r"(?:00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])",
    "quarter": "[Qq][1-4]",
    "HH": r"(?:[01]\d|2[0-3])",
    "MM": r"[0-5]\d",
    "time": _TIME,
}
"""What is written → the pattern that finds it; `mm` and `dd` have two digits."""


def _any_of(*ways: str) -> str:
    return "|".join(way.replace(" ", r"\ ").format_map(_PARTS) for way in ways)


_DAYS = _any_of(
    "{b} {{1,2}}{d} {time} {Y}",  # asctime, date(1)
    *("{Y}-{m}-{d}", "{Y}/{m}/{d}", "{Y}_{m}_{d}", r"{Y}\.{mm}\.{dd}"),
    *("{d}/{m}/{Y}", "{d}-{m}-{Y}", r"{d}\.{m}\.{Y}", "{d}_{m}_{Y}"),
    *("{m}/{d}/{Y}", "{m}-{d}-{Y}", r"{m}\.{d}\.{Y}", "{m}_{d}_{Y}"),
    *("{mm}/{dd}/{y}", "{dd}/{mm}/{y}", "{y}/{mm}/{dd}"),
    *("{Y}-{b}-{d}", "{dth}\\.?(?: of)?[ /-]?{b},?[ /-]?{Y}", "{b}[ -]{{1,2}}{dth},?[ -]{Y}", "{d}-{b}-{y}"),
    "{Y}{mm}{dd}(?=[T_-]{HH}{MM})",
    "{Y}-{of_year}",
)
_MONTHS = _any_of(
    *("{Y}[-._]{mm}", "(?<!\\d[/-]){mm}[/-]{Y}", "{b}[ -]{Y}", "{Y}-{b}"),
    *("{Y}[-_/ ]?{quarter}", "{quarter}[-_/ ]?{Y}"),
    # Without a year, as syslog writes it.
    *(f"{day}(?: {{time}}|(?=[,;)\\]]|\\Z))" for day in ("{b} {{1,2}}{d}", "{d} {b}")),
    f"(?:{_WEEKDAY}),? (?:{{time}}|{{b}} {{{{1,2}}}}{{d}}|{{d}} {{b}})",
)
_TIMES = _any_of(
    "(?:[T_:+-]|%20|,? |,? at ){time}",
    r"[T_-]{HH}[-_.]?{MM}(?:[-_.]?{MM}(?:[._-]\d{{3,9}})?)?Z?(?!\d)",
    "[T-]{HH}",
    "/{HH}(?:/{MM})?",
)
_BEFORE, _AFTER = r"(?<![0-9a-zA-Z])(?<!\d\.)", r"(?![0-9a-zA-Z]|\.\d)"
TIME_BEFORE, TIME_AFTER = r"(?<![0-9a-zA-Z])(?<!\d[.:])", r"(?![0-9a-zA-Z]|:\w|\.\d)"
FOUND = rf"""{_BEFORE}(?:
    (?:(?:{_WEEKDAY}),?\ )?(?:(?:{_DAYS})(?:(?:{_TIMES}){_AFTER}|{_ZONE}{_AFTER})?|{_MONTHS})){_AFTER}
    |{TIME_BEFORE}\d{{1,2}}:\d\d(?::\d\d)?[\ \u202f][AaPp]\.?[Mm]\b"""
"""Finds a date and what is said of the time; verbose, without groups."""

IN_PATHS = _any_of(
    "(?<![0-9a-zA-Z]){Y}/{mm}(?![0-9a-zA-Z])",
    "(?<![0-9a-zA-Z])y(?:ear)?={Y}/m(?:onth)?={m}(?:/d(?:ay)?={d}(?:/h(?:our|r)?={HH})?)?(?![0-9a-zA-Z])",
    r"(?<=\d/)h(?:our|r)?={HH}(?![0-9a-zA-Z])",
    r"(?<=[a-zA-Z][_.-])20\d\d{mm}(?![0-9a-zA-Z])",
)
"""Finds days, hours and months as folders and tables are named; verbose, without groups."""

_PIECE = re.compile(
    rf"""(?P<time>\d{{1,2}}(?P<colon>{_COLON})\d\d(?P<seconds>{_SECONDS})?(?P<half>{_HALF})?(?P<zone>{_ZONE})?)
    |(?P<ordinal>\d\d?(?:st|nd|rd|th)\b)|(?P<digits>\d+)|(?P<space>(?<=[a-z.])\ +(?=\d))
    |(?P<name>(?<![a-zA-Z])(?:{_MONTH}|{_WEEKDAY})(?![a-z])\.?)""",
    re.VERBOSE,
)
_SPECIAL = re.compile(r"[.+*?()\[\]{}|^$\\]")
_OFFSET = re.compile(r"[+-]\d\d(:?)(\d\d)?")


def pattern_of_date(text: str) -> str:
    r"""Return the pattern of a date that is written as this one.

    >>> print(pattern_of_date("29 Nov 2026, 9:05:07 PM"))
    \d\d? [A-Za-z]+\.? +\d{4}, \d\d?:\d\d:\d\d(?:[.,]\d+)?[ \u202f]?[AaPp]\.?[Mm]\.?
    """
    found, done = "", 0
    for match in _PIECE.finditer(text):
        found += _literal(text[done : match.start()]) + _pattern_of_piece(match)
        done = match.end()
    return found + _literal(text[done:])


def _literal(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _pattern_of_piece(match: re.Match[str]) -> str:
    if match["digits"]:
        count = len(match["digits"])
        return r"\d\d?" if count <= 2 else rf"\d{{{count}}}"
    if match["space"]:
        return " +"  # asctime has two before a day of one digit
    if match["name"]:
        return r"[A-Za-z]+\.?"
    if match["ordinal"]:
        return r"\d\d?(?:st|nd|rd|th)"
    pattern = rf"\d\d?{match['colon']}\d\d"
    if match["seconds"]:
        pattern += rf"{match['colon']}\d\d(?:[.,]\d+)?"
    if match["half"]:
        pattern += r"[ \u202f]?[AaPp]\.?[Mm]\.?"
    if match["zone"]:
        pattern += _OFFSET.sub(lambda found: r"[+-]\d\d" + found[1] + r"\d\d" * bool(found[2]), match["zone"])
    return pattern
