"""Waivers in ``pyproject.toml``: ``[[tool.telemetry-harness.waivers]]``."""

from __future__ import annotations

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
_NEEDED = ("finding", "owner", "reason", "expires")
_KNOWN = (*_NEEDED, "where")


def read_waivers(file: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a project; none when it has no such file or table.

    Raises:
        ContractError: The file is no TOML, or a waiver is not whole; all are told at once.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
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
    found = [_waiver(item, n, file, problems) for n, item in enumerate(waivers, 1)]
    if problems:
        raise ContractError(problems)
    return tuple(waiver for waiver in found if waiver is not None)


def _waiver(item: Any, number: int, file: Path, problems: list[str]) -> Waiver | None:
    place = f"{file.name}: {_TABLE}.waivers, number {number}"
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
    return Waiver(**{key: str(texts.get(key, "")) for key in _KNOWN}, site=Site(file.name, 1))
