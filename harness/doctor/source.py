"""What Python code says of its telemetry, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.doctor.constants import Constants, Text
from harness.doctor.text import left_out, read_bytes, shown_path
from harness.model import Finding, Site

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "tests"})
_SPAN_STARTERS = frozenset({"start_span", "start_as_current_span"})


class Name(msgspec.Struct, frozen=True):
    """A name that the code gives, and where."""

    text: str
    site: Site


class LogGroup(msgspec.Struct, frozen=True):
    """The log group of a watchtower handler, and where; `text` is None where the file does not say it."""

    text: Text | None
    site: Site


class Source(msgspec.Struct, frozen=True):
    """Names in a tree of Python code.

    Attributes:
        log_groups: Of watchtower handlers.
        deprecated: Arguments of watchtower that are deprecated: `log_group`, `stream_name`.
        segments: The X-Ray SDK's `service`.
        dynamic_naming: Where the X-Ray SDK is given `dynamic_naming`.
        spans: Of spans that the code starts.
        imports: Top-level modules.
        words: How often each lower-case word occurs in identifiers and strings that are not span names.
    """

    log_groups: list[LogGroup] = []
    deprecated: list[Name] = []
    segments: list[Name] = []
    dynamic_naming: list[Name] = []
    spans: list[Name] = []
    imports: set[str] = set()
    words: dict[str, int] = {}


def read_source(directory: Path, notes: list[Finding]) -> Source:
    """Return what the Python files below a directory say.

    Args:
        notes: Gets the files that cannot be read, or do not parse.
    """
    source = Source()
    for file in _python_files(directory):
        try:
            module = ast.parse(read_bytes(file))
            _Reader(source, shown_path(file), Constants(module)).visit(module)
        except (SyntaxError, ValueError) as error:
            where = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
            notes.append(left_out(file, f"is no Python that this interpreter reads{where}"))
        except OSError as error:
            notes.append(left_out(file, f"cannot be read: {error.strerror}"))
        except (RecursionError, MemoryError):  # the latter is the parser's own limit
            notes.append(left_out(file, "is nested too deeply"))
    return source


def _python_files(directory: Path) -> Iterator[Path]:
    for file in sorted(directory.rglob("*.py")):
        parents = file.relative_to(directory).parts[:-1]
        if not any(part in _SKIPPED or part.startswith(".") for part in parents):
            yield file


class _Reader(ast.NodeVisitor):
    def __init__(self, source: Source, file: str, constants: Constants) -> None:
        self._source = source
        self._constants = constants
        self._file = file

    def visit_Import(self, node: ast.Import) -> None:
        self._source.imports.update(alias.name.partition(".")[0] for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._source.imports.add((node.module or "").partition(".")[0])

    def visit_Name(self, node: ast.Name) -> None:
        self._count(node.id)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._count(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._count(node.name)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if function == "CloudWatchLogHandler":
            self._log_handler(node)
        elif function == "configure":
            self._xray_configure(node)
        elif function in _SPAN_STARTERS and node.args and _text(node.args[0]) is not None:
            self._source.spans.append(self._name(node.args[0]))
            node = ast.Call(func=node.func, args=node.args[1:], keywords=node.keywords)
        self.generic_visit(node)

    def _log_handler(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg in ("log_group", "log_group_name", None):  # the last: **options
                self._log_group(keyword.value)
            if keyword.arg in ("log_group", "stream_name"):
                self._source.deprecated.append(Name(keyword.arg, self._site(keyword.value)))
        if node.args:
            self._log_group(node.args[0])

    def _log_group(self, node: ast.expr) -> None:
        self._source.log_groups.append(LogGroup(self._constants.text(node), self._site(node)))

    def _xray_configure(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg == "service" and _text(keyword.value) is not None:
                self._source.segments.append(self._name(keyword.value))
            elif keyword.arg == "dynamic_naming":
                self._source.dynamic_naming.append(Name("dynamic_naming", self._site(keyword.value)))

    def _name(self, node: ast.expr) -> Name:
        return Name(_text(node) or "", self._site(node))

    def _site(self, node: ast.expr) -> Site:
        return Site(self._file, node.lineno)

    def _count(self, text: str) -> None:
        for word in words_of(text):
            self._source.words[word] = self._source.words.get(word, 0) + 1


def words_of(text: str) -> list[str]:
    """Return the words of an identifier or name, in lower case.

    >>> words_of("HomeActivities /api/home-data")
    ['home', 'activities', 'api', 'home', 'data']
    """
    import re

    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
