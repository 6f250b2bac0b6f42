"""YAML as nodes that know their place, and nothing that only YAML can do.

Anchors, aliases, merge keys and tags are refused: a contract is read in a
diff, line by line, and nothing in it may run code or grow when it is read.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from harness.contract.problems import Place, Problems
from harness.errors import ContractError

MAX_BYTES = 4_000_000
"""A contract of 100 operations has some 50,000."""
MAX_DEPTH = 60
_TOO_DEEP = f"nested too deeply; expected at most {MAX_DEPTH} levels"
_PREFIXES = ("0x", "0o")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAG + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)


def read_contract_text(file: Path) -> str:
    """Return the text of a contract file.

    Raises:
        ContractError: It is missing, cannot be read, is too large, or is not UTF-8.
    """
    try:
        found = file.stat()
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            raise ContractError([f"{file}: not a file; give a contract file"])
        if found.st_size > MAX_BYTES:
            raise ContractError(
                [f"{file}: {found.st_size:,} bytes, expected at most {MAX_BYTES:,}; split the contract"]
            )
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ContractError(
            [f"{file}: no such contract; write one with `harness contract write RUN`"]
        ) from error
    except UnicodeDecodeError as error:
        raise ContractError([f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8"]) from error
    except OSError as error:
        raise ContractError([f"{file}: cannot be read: {error.strerror}; give a contract file"]) from error


def compose(text: str, problems: Problems) -> Any | None:
    """Return the root node of a YAML document; None, with the problem added, when it is none."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    start = Place(1, 1)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else start
        # A problem may go on from its context: "expected a single document", "but found another document".
        said = f"{error.context} {error.problem}" if str(error.problem).startswith("but ") else error.problem
        problems.add(place, f"not YAML: {said}; fix the syntax here")
        return None
    except ReaderError as error:
        problems.add(*_unprintable(text, error.character))
        return None
    except YAMLError as error:
        problems.add(start, f"not YAML: {' '.join(str(error).split())}; fix the syntax")
        return None
    except RecursionError:
        problems.add(_too_deep(text) or start, _TOO_DEEP)
        return None
    if root is None:
        problems.add(start, "the file is empty; expected 'version: 1' and 'operations:'")
    return root


def _unprintable(text: str, character: int | str) -> tuple[Place, str]:
    """Return where a character is that YAML refuses, and what is wrong with it."""
    char = character if isinstance(character, str) else chr(character)
    before = text[: max(text.find(char), 0)]
    escape = repr(char)[1:-1]
    cure = f"remove it, or write {escape} in double quotes"
    place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
    return place, f"not YAML: the character {char!r} is not allowed; {cure}"


def _too_deep(text: str) -> Place | None:
    """Return where a text is nested deeper than may be: what cannot be composed can be scanned."""
    from ruamel.yaml import YAML

    depth = 0
    for token in YAML(typ="safe", pure=True).scan(text):
        name = type(token).__name__
        depth += name.endswith("StartToken") - name.endswith("EndToken")
        if depth > MAX_DEPTH + 1:  # a document's start counts, too
            return place_of(token)
    return None


def name_places(root: Any) -> None:
    """Give a value that is left out the place of its key: it has none of its own."""
    pending = [root]
    while pending:
        node = pending.pop()
        for key, value in node.value if node.id == "mapping" else ():
            if value.start_mark.index == value.end_mark.index:
                value.start_mark = value.end_mark = key.start_mark
        pending += _children(node)


def place_of(node: Any) -> Place:
    """Return where a node starts."""
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def is_plain(root: Any, problems: Problems) -> bool:
    """Return whether a tree has no anchors, tags or merge keys, and is not too deep; add what it has."""
    plain = True
    pending = [(root, 1)]
    while pending:
        node, depth = pending.pop()
        reason = _refusal(node, depth)
        if reason:
            problems.add(place_of(node), reason)
            plain = False
        else:
            pending += [(child, depth + 1) for child in _children(node)]
    return plain


def _refusal(node: Any, depth: int) -> str:
    if node.anchor:
        return f"anchor {node.anchor!r}: anchors and aliases are not read in a contract; write the value out"
    if node.tag == f"{_TAG}merge":
        return "'<<': merge keys are not read in a contract; write the keys out"
    if node.tag not in _PLAIN_TAGS:
        return f"tag {node.tag!r}: tags are not read in a contract; write a plain value"
    if depth > MAX_DEPTH:
        return _TOO_DEEP
    return ""


def _children(node: Any) -> list[Any]:
    if node.id == "mapping":
        return [child for pair in node.value for child in pair]
    return list(node.value) if node.id == "sequence" else []


def scalar(node: Any) -> Any:
    """Return the str, int, float, bool or None of a scalar node; a date stays text.

    Raises:
        ValueError: The text is no such number.
    """
    kind, text = node.tag.removeprefix(_TAG), node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        digits = text.replace("_", "")
        return int(digits, 0) if digits.lstrip("+-")[:2].lower() in _PREFIXES else int(digits)
    if kind == "float":
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
