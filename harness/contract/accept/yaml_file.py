"""Editing YAML that keeps its comments, its order and its quotes."""

from __future__ import annotations

import io
from typing import Any

from harness.contract.operators import split_key
from harness.contract.write.yaml_text import Said


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def load(text: str) -> Any:
    """Return a document that can be edited and dumped again."""
    return _yaml().load(text)


def dump(document: Any) -> str:
    """Return a document as text: where it was not edited, as it was written, but for the indentation."""
    stream = io.StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def key_of(node: Any, name: str) -> str | None:
    """Return the key of a mapping that has this name, whatever its operator."""
    return next((key for key in node if split_key(str(key))[0] == name), None)


def put(node: Any, name: str, key: str, value: Any) -> None:
    """Set a name to a key and value: in its place if it has one, else sorted in among its like."""
    plain, comment = _plain(value)
    old = key_of(node, name)
    if old == key:
        node[key] = plain
    elif old is not None:
        position = list(node).index(old)
        del node[old]
        node.insert(position, key, plain)
    else:
        after = [n for n, other in enumerate(node) if split_key(str(other))[0] < name]
        node.insert(after[-1] + 1 if after else 0, key, plain)
    if comment:
        node.yaml_add_eol_comment(comment, key)


def add_item(nodes: Any, value: dict[str, Any]) -> None:
    """Add an item to a list, before the first of its kind with a later name."""
    kind, name = _identity(value)
    later = [n for n, node in enumerate(nodes) if _identity(node)[0] == kind and _identity(node)[1] > name]
    nodes.insert(later[0] if later else len(nodes), _plain(value)[0])


def _identity(node: Any) -> tuple[str, str]:
    key = next(iter(node), "")
    return split_key(str(key))[0], str(node[key])


def _plain(value: Any) -> tuple[Any, str]:
    """Return a value as the document holds it, and the comment behind it."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, Said):
        return _plain(value.value)[0], value.comment
    if isinstance(value, dict):
        made = CommentedMap()
        for key, item in value.items():
            made[key], comment = _plain(item)
            if comment:
                made.yaml_add_eol_comment(comment, key)
        return made, ""
    if isinstance(value, list):
        return CommentedSeq([_plain(item)[0] for item in value]), ""
    if isinstance(value, str) and not value.isprintable():
        return DoubleQuotedScalarString(value), ""  # else line breaks such as U+0085 are read as spaces
    return value, ""
