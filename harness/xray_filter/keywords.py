"""The keywords, and which operators each kind admits."""

from __future__ import annotations

import enum


class Kind(enum.Enum):
    """What a keyword's values are; the value is what messages call it."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    ANNOTATION = "annotation"


EQUALITY = ("=", "!=")
ORDER = ("<", "<=", ">", ">=")
TEXT = ("CONTAINS", "BEGINSWITH", "ENDSWITH")

OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: EQUALITY,
    Kind.NUMBER: (*EQUALITY, *ORDER),
    Kind.STRING: (*EQUALITY, *TEXT),
    Kind.ANNOTATION: (*EQUALITY, *ORDER, *TEXT),
}

KEYWORDS: dict[str, Kind] = {
    **dict.fromkeys(("ok", "error", "throttle", "fault", "partial", "inferred", "root"), Kind.BOOLEAN),
    **dict.fromkeys(("first", "last", "remote"), Kind.BOOLEAN),
    **dict.fromkeys(("responsetime", "duration", "http.status", "index", "coverage"), Kind.NUMBER),
    **dict.fromkeys(("http.url", "http.method", "http.useragent", "http.clientip"), Kind.STRING),
    **dict.fromkeys(("user", "name", "type", "message", "availabilityzone"), Kind.STRING),
    **dict.fromkeys(("instance.id", "resource.arn", "group.name", "group.arn"), Kind.STRING),
}
"""Keyword → its kind; annotations have names of their own."""

ROOT_CAUSE_KEYWORDS = ("json",)
"""Keywords of nothing but root causes, which X-Ray computes and we do not."""

WORDS = (*KEYWORDS, "annotation.key", "service", "edge", "AND", "OR", "NOT", *TEXT)
"""What may stand where a part begins, for suggestions."""
