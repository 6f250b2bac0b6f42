"""Waivers in ``pyproject.toml``: ``[[tool.telemetry-harness.waivers]]``."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from harness.contract.items import Waiver
from harness.contract.problems import did_you_mean
from harness.contract.waivers import is_day
from harness.errors import ContractError
from harness.model import Site

_TABLE = "tool.telemetry-harness"
_HEADER = re.compile(r"\s*\[\[\s*tool\s*\.\s*telemetry-harness\s*\.\s*waivers\s*]]")
_NEEDED = ("finding", "owner", "reason", "expires")
_KNOWN = (*_NEEDED, "where")


def read_waivers(file: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a project; none when it has no such file or table.

    Raises:
        ContractError: The file is no TOML, or a waiver is not whole; all are told at once.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContractError([f"{file.name}: cannot be read: {error}"]) from error
    waivers: Any = document
    names = ("tool", "telemetry-harness", "waivers")
    for number, name in enumerate(names):
        if not isinstance(waivers, dict):
            place = ".".join(names[:number])
            raise ContractError([f"{file.name}: {place}: expected a table [{place}], {waivers!r} given"])
        waivers = waivers.get(name, [] if name == names[-1] else {})
    problems: list[str] = []
    if not isinstance(waivers, list):
        problems.append(f"{file.name}: {_TABLE}.waivers: expected [[{_TABLE}.waivers]] tables")
        waivers = []
    sites = _sites(file.name, text, len(waivers))
    found = [_waiver(item, site, problems) for item, site in zip(waivers, sites, strict=True)]
    if problems:
        raise ContractError(problems)
    return tuple(waiver for waiver in found if waiver is not None)


def _sites(file: str, text: str, number: int) -> list[Site]:
    """Return where each waiver is; the TOML parser does not tell. One written in another way is at line 1."""
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    return [Site(file, line) for line in (lines if len(lines) == number else [1] * number)]


def _waiver(item: Any, site: Site, problems: list[str]) -> Waiver | None:
    place = f"{site}: waiver"
    if not isinstance(item, dict):
        problems.append(f"{place}: expected a table, {item!r} given")
        return None
    # TOML knows days; quoted ones will do.
    texts = {key: value.isoformat() if isinstance(value, date) else value for key, value in item.items()}
    wrong = [f"unknown key {key!r}{did_you_mean(key, _KNOWN)}" for key in texts if key not in _KNOWN]
    missing = [key for key in _NEEDED if not isinstance(texts.get(key), str) or not texts[key]]
    if missing:
        wrong.append(f"{', '.join(missing)} missing; who waives what, why and until when?")
    if "expires" not in missing and not is_day(texts["expires"]):
        wrong.append(f"expires: expected a day such as 2027-01-31, {texts['expires']!r} given")
    problems += [f"{place}: {text}" for text in wrong]
    if wrong:
        return None
    return Waiver(**{key: str(texts.get(key, "")) for key in _KNOWN}, site=site)
