"""Edits of a contract's text in each style of YAML that people write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.contract.accept.document import Document, entry_of, items_of
from harness.contract.accept.merge import plain
from harness.contract.write.yaml_text import Said

HEAD = "operations:\n  - span: A\n"
ATTRIBUTES = f"{HEAD}    attributes:"


def edited(text: str, edit: Callable[[Document], None]) -> str:
    document = Document(text)
    edit(document)
    after = document.text()
    assert plain(Document(after).root) is not None
    return after


def remove(*names: str) -> Callable[[Document], None]:
    """Return the edit that removes entries of the first operation, or of its attributes."""

    def edit(document: Document) -> None:
        (item,) = items_of(document.root, "operations")
        attributes = entry_of(item, "attributes")
        for name in names:
            entry = entry_of(item, name) or (attributes and entry_of(attributes.node, name))
            assert entry is not None
            document.remove(entry.key_node)

    return edit


def put(key: str, value: Any) -> Callable[[Document], None]:
    """Return the edit that adds an attribute to the first operation, or sets it."""

    def edit(document: Document) -> None:
        (item,) = items_of(document.root, "operations")
        attributes = entry_of(item, "attributes")
        assert attributes is not None
        entry = entry_of(attributes.node, key.partition("/")[0])
        if entry is None:
            document.put(attributes.node, key, value)
        else:
            document.replace(entry, key, value)

    return edit


def add(name: str, item: dict[str, Any]) -> Callable[[Document], None]:
    """Return the edit that adds an item to a list of the file, or of the first operation."""

    def edit(document: Document) -> None:
        items = items_of(document.root, "operations")
        document.add_item(document.root if name == "operations" else items[0], name, item)

    return edit


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("operations: []  # none\n", add("operations", {"span": "A"}), "operations:  # none\n  - span: A\n"),
        ("version: 1\n", add("operations", {"span": "A"}), f"version: 1\n{HEAD}"),
        ("version: 1", add("operations", {"span": "A"}), f"version: 1\n{HEAD}".rstrip()),
        (HEAD, add("children", {"span": "B"}), f"{HEAD}    children:\n      - span: B\n"),
        (
            f"{HEAD}    children: [{{span: B}}, {{span: D}}]  # c\n",
            add("children", {"span": "C", "attributes": {"a": "x, y"}}),
            f"{HEAD}    children: [{{span: B}}, {{span: C, attributes: {{a: 'x, y'}}}}, {{span: D}}]  # c\n",
        ),
        (
            "operations:\n- span: B  # b\n# end\n",
            add("operations", {"span": "A"}),
            "operations:\n- span: A\n- span: B  # b\n# end\n",
        ),
        (
            "operations:\n  - scope: s  # s\n    span: A  # a\n",
            remove("scope"),
            "operations:\n  - span: A  # a\n",
        ),
        (
            "operations:\n  - scope: s  # s\n    # a\n    span: A\n",
            remove("scope"),
            "operations:\n  -\n    # a\n    span: A\n",
        ),
        (
            "operations:\n  - scope: s\n    kind: server\n    span: A\n",
            remove("scope", "kind"),
            "operations:\n  -\n    span: A\n",
        ),
        (f"{ATTRIBUTES} {{a: 1, b: 2}}  # c\n", remove("a"), f"{ATTRIBUTES} {{b: 2}}  # c\n"),
        (f"{ATTRIBUTES} {{a: 1, b: 2}}  # c\n", remove("b"), f"{ATTRIBUTES} {{a: 1}}  # c\n"),
        (f"{ATTRIBUTES} {{a: 1, b: 2}}  # c\n", remove("a", "b"), f"{ATTRIBUTES} {{}}  # c\n"),
        (f"{ATTRIBUTES} {{a: 1}}\n", put("b", "x"), f"{ATTRIBUTES} {{a: 1, b: x}}\n"),
        (f"{ATTRIBUTES} {{b: 1}}\n", put("a", "x"), f"{ATTRIBUTES} {{a: x, b: 1}}\n"),
        (f"{ATTRIBUTES} {{a: 1}}\n", put("a/type", "str"), f"{ATTRIBUTES} {{a/type: str}}\n"),
        (f"{ATTRIBUTES} {{}}  # c\n", put("a", 1), f"{ATTRIBUTES}  # c\n      a: 1\n"),
        (
            f"{ATTRIBUTES} {{\n      a: 1,  # a\n      b: 2  # b\n    }}\n",
            remove("b"),
            f"{ATTRIBUTES} {{\n      a: 1  # a\n        # b\n    }}\n",
        ),
        (
            f"{ATTRIBUTES}\n      a:\n        - 1\n        # two\n        - 2\n\n      # b\n      b: 1\n",
            put("a/type", "list"),
            f"{ATTRIBUTES}\n      a/type: list\n\n      # b\n      b: 1\n",
        ),
        (
            f"{ATTRIBUTES}\n      a: |  # text\n        # no comment\n        x\n      b: 1\n",
            put("a", "y"),
            f"{ATTRIBUTES}\n      a: y  # text\n      b: 1\n",
        ),
        (
            f"{ATTRIBUTES}\n      a: |\n        # no comment\n        x\n      b: 1\n",
            remove("b"),
            f"{ATTRIBUTES}\n      a: |\n        # no comment\n        x\n",
        ),
        (
            f"{ATTRIBUTES}\n      # all of it\n\n      # a\n      a: 1\n      # end\n    # outer\n",
            remove("a"),
            f"{ATTRIBUTES} {{}}\n      # all of it\n\n      # end\n    # outer\n",
        ),
        (
            f"{ATTRIBUTES}\n      n/type: int  # 3 values, such as 1\n",
            put("n/type", Said("str", "2 values, such as a")),
            f"{ATTRIBUTES}\n      n/type: str  # 2 values, such as a\n",
        ),
        (
            f"{ATTRIBUTES}\n      n/type: int  # 3 values, such as 1\n",
            put("n", 1),
            f"{ATTRIBUTES}\n      n: 1\n",
        ),
        (
            f"{ATTRIBUTES}\n      n/type: int  # 3 values are promised\n",
            put("n", 1),
            f"{ATTRIBUTES}\n      n: 1  # 3 values are promised\n",
        ),
        (f"{ATTRIBUTES}\n      n:\n      b: 1\n", put("n", 1), f"{ATTRIBUTES}\n      n: 1\n      b: 1\n"),
        (f"{ATTRIBUTES}\n      'n': 1 # ours\n", put("n", 2), f"{ATTRIBUTES}\n      n: 2 # ours\n"),
    ],
)
def test_each_style_of_yaml(before: str, edit: Callable[[Document], None], after: str) -> None:
    assert edited(before, edit) == after
