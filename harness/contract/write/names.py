"""Names and keys as they are in every run: their variable parts become forms, as those of values do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from harness.contract.forms import key_of, pattern_of, template_of, widened

Named = tuple[str, str]
"""The operator of a name, and its argument."""


def names_of(names: Iterable[str | None]) -> dict[str | None, Named]:
    r"""Return what is written of each name: itself, or the pattern that it has in every run.

    >>> names_of(["GET /", "cart 1-69244e4f-0123456789abcdef01234567"])["GET /"]
    ('is', 'GET /')
    >>> names_of(["/tmp/tmpk2_8w0qz"])
    {'/tmp/tmpk2_8w0qz': ('regex', '\\A/tmp/tmp\\w{8}\\Z')}
    """
    different = dict.fromkeys(names)
    patterns = {name: pattern_of(name) for name in different if name}
    wide = widened(pattern for pattern in patterns.values() if pattern)
    return {
        name: ("regex", f"\\A{wide[pattern]}\\Z")
        if (pattern := patterns.get(name or ""))
        else ("is", name or "")
        for name in different
    }


def entry(key: str, named: Named) -> dict[str, str]:
    """Return the entry of a name.

    >>> entry("span", ("is", "GET /")), entry("span", ("regex", "a.c"))
    ({'span': 'GET /'}, {'span/regex': 'a.c'})
    """
    operator, argument = named
    return {key if operator == "is" else f"{key}/{operator}": argument}


def unkeyed(named: Named) -> str | dict[str, str]:
    """Return a name as an item of a list.

    >>> unkeyed(("is", "GET /")), unkeyed(("regex", "a.c"))
    ('GET /', {'regex': 'a.c'})
    """
    operator, argument = named
    return argument if operator == "is" else {operator: argument}


def written(key: str, *names: str) -> dict[str, str]:
    """Return the entry of names that have one form.

    >>> written("log_group", "app")
    {'log_group': 'app'}
    """
    return entry(key, names_of(names)[names[0]])


@lru_cache(maxsize=65_536)
def name_form(name: str) -> str:
    """Return a name as it reads in every run: what `names_of` writes as a pattern, for people.

    >>> name_form("order 17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e"), name_form("GET /")
    ('order ‹uuid›', 'GET /')
    """
    return template_of(name)


@lru_cache(maxsize=4096)
def key_form(key: str) -> str:
    """Return a key as a contract names it in every run.

    >>> key_form("app.rows"), key_form("app.17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e")
    ('app.rows', 'app.‹uuid›')
    """
    form = template_of(key)
    return form if form != key and key_of(form) is not form else key
