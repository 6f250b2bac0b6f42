"""What an expression of Python code is, as far as its file alone says."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_READING = frozenset({"os.environ.get", "environ.get", "os.getenv", "getenv"})


class Variable(NamedTuple):
    """A variable of the environment, with the text that stands in for it where it is not set, if any does."""

    name: str
    default: str | None


class Text(NamedTuple):
    """A text of fixed parts and variables."""

    parts: tuple[str | Variable, ...]

    @property
    def variables(self) -> frozenset[str]:
        """Names of those in it."""
        return frozenset(part.name for part in self.parts if isinstance(part, Variable))

    def with_environment(self, environ: Mapping[str, str]) -> str | None:
        """Return the text that it is for a process of that environment; None where a variable has none."""
        texts = [
            environ.get(part.name, part.default) if isinstance(part, Variable) else part
            for part in self.parts
        ]
        return None if None in texts else "".join(map(str, texts))


class Constants:
    """The names of a file that are bound once, at the top of the module.

    What is bound anywhere else too, a parameter of the same name, say, is not known.
    """

    def __init__(self, module: ast.Module) -> None:
        bound = Counter(name for node in ast.walk(module) for name in _bound_by(node))
        self._values: dict[str, ast.expr] = {}
        for statement in module.body:
            if isinstance(statement, ast.Assign):
                targets, value = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets, value = [statement.target], statement.value
            else:
                continue
            for target in targets:
                if isinstance(target, ast.Name) and bound[target.id] == 1:
                    self._values[target.id] = value

    def text(self, node: ast.expr, *, seen: frozenset[str] = frozenset()) -> Text | None:
        """Return what an expression is: a literal, a constant, a variable, or an f-string of them."""
        if isinstance(node, ast.Constant):
            return Text((node.value,)) if isinstance(node.value, str) else None
        if isinstance(node, ast.Name) and node.id in self._values and node.id not in seen:
            return self.text(self._values[node.id], seen=seen | {node.id})
        if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            return self.text(node.value, seen=seen)
        if isinstance(node, ast.JoinedStr):
            return _joined(self.text(value, seen=seen) for value in node.values)
        return self._variable(_read_from_environment(node), seen)

    def _variable(self, given: list[ast.expr], seen: frozenset[str]) -> Text | None:
        """Return the variable of a name and a default, if there is one."""
        known = [text.with_environment({}) for one in given if (text := self.text(one, seen=seen))]
        if not given or len(known) != len(given) or None in known:
            return None
        name, default = [*known, None][:2]
        return Text((Variable(str(name), default),))


def _read_from_environment(node: ast.expr) -> list[ast.expr]:
    """Return the arguments with which an expression reads a variable; empty where it does something else."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("os.environ", "environ"):
        return [node.slice]
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in _READING:
        return []
    defaults = [keyword.value for keyword in node.keywords if keyword.arg == "default"]
    return [*node.args, *defaults] if len(defaults) == len(node.keywords) else []


def _joined(texts: Iterable[Text | None]) -> Text | None:
    parts: list[str | Variable] = []
    for text in texts:
        if text is None:
            return None
        parts += text.parts
    return Text(tuple(parts))


def _bound_by(node: ast.AST) -> list[str]:
    """Return the names that a node binds."""
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Store | ast.Del) else []
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if isinstance(node, ast.Global | ast.Nonlocal):
        return node.names
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    return []
