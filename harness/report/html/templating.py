"""The templates' environment: every text escaped and visible, and compiled once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.runtime import Macro
from markupsafe import Markup

from harness.report.text import visible

_TEMPLATES = Path(__file__).with_name("templates")
_BREAKS = re.compile(r"(?<=[/_:])(?![/_:])")


@cache
def environment() -> jinja2.Environment:
    """Return the one environment of this process."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_Compiled(),
    )
    made.filters |= {"breakable": _breakable, "each": _each}
    return made


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates, where Python keeps compiled modules: compiling takes longer than rendering."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(str(_TEMPLATES / "any.py"))).parent))

    def get_source_checksum(self, source: str) -> str:
        # What a template compiles to depends on the options above as well.
        return super().get_source_checksum(jinja2.__version__ + Path(__file__).read_text("utf-8") + source)

    # An installation may be read-only; then every process compiles for itself.
    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


def _finalize(value: Any) -> Any:
    """Make every string visible, whichever template shows it; Markup is ours."""
    if type(value) is str:  # nearly always
        return value if value.isprintable() else visible(value)
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _breakable(name: str) -> Markup:
    """Return a node id that may be broken after a slash, a colon or an underscore, rather than in a word."""
    return Markup("<wbr>").join(map(visible, _BREAKS.split(name)))


def _each(items: Iterable[Any], macro: Macro) -> Markup:
    """Return what the macro makes of each item, a line each."""
    return Markup("\n".join([_shown(macro, item) for item in items]))  # noqa: S704  # a macro's text is escaped


@lru_cache(maxsize=4096)
def _shown(macro: Macro, item: Any) -> str:
    """Return what the macro makes of an item: most attributes of a request occur in many."""
    return macro(item)
