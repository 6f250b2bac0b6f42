"""What is wrong with a segment document: by X-Ray's own rules, its published schema, and good practice.

Source: AWS X-Ray developer guide, "Segment documents", and its schema v1.0.0. The schema is lax, and
it refuses real traffic, so what it says alone is told apart from what X-Ray enforces.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from harness.model.segment import Segment, Subsegment
from harness.model.site import Site

Document = Segment | Subsegment

MAX_TRACE_AGE_S = 30 * 24 * 3600
"""A document whose trace id is older is refused."""
MAX_ANNOTATIONS = 50
"""Indexed on a trace."""
_DAY_S = 24 * 3600
_MAX_NAME = 200
_MAX_USER_AGENT = 250
_ID = re.compile(r"[0-9a-fA-F]{16}\Z")
_TRACE_TIME = re.compile(r"1-([0-9a-fA-F]{8})-")
_NAME = re.compile(r"[\w\s.:/%&#=+\\\-@,]+\Z")
_ANNOTATION_KEY = re.compile(r"[A-Za-z0-9_]+\Z")


class Rule(enum.StrEnum):
    """Whose rule a document breaks."""

    ENFORCED = "enforced"
    SCHEMA = "schema"
    PRACTICE = "practice"


class Problem(NamedTuple):
    """One broken rule.

    Attributes:
        code: What X-Ray's API calls it, as far as it names one (``MissingEndTime``).
        name: The segment's or subsegment's.
    """

    rule: Rule
    code: str
    message: str
    name: str
    site: Site | None = None


def problems_of(document: Document) -> Iterator[Problem]:
    """Yield what is wrong with a document and the subsegments in it."""
    pending: list[Document] = [document]
    while pending:
        item = pending.pop()
        for rule, code, message in (*_enforced(item), *_schema(item), *_practice(item)):
            yield Problem(rule, code, message, item.name, item.site)
        pending += item.subsegments


def _enforced(item: Document) -> Iterator[tuple[Rule, str, str]]:
    if not _ID.match(item.id):
        yield Rule.ENFORCED, "InvalidId", f"id is {item.id!r}, expected 16 hex digits"
    if item.end_time is None and not item.in_progress:
        yield Rule.ENFORCED, "MissingEndTime", "has neither end_time nor in_progress: true"
    if item.end_time is not None and item.in_progress:
        yield Rule.ENFORCED, "InProgressEndTime", "has both end_time and in_progress: true"
    if not item.name:
        yield Rule.ENFORCED, "MissingName", "has an empty name"


def _schema(item: Document) -> Iterator[tuple[Rule, str, str]]:
    if len(item.name) > _MAX_NAME or (item.name and not _NAME.match(item.name)):
        message = f"name {item.name[:60]!r} is over {_MAX_NAME} characters, or has some that are not allowed"
        yield Rule.SCHEMA, "InvalidName", message
    status = _in(item.http, "response", "status")
    if status is not None and type(status) is not int:
        yield Rule.SCHEMA, "InvalidHttp", f"http.response.status is {status!r}, expected an integer"
    agent = _in(item.http, "request", "user_agent")
    if isinstance(agent, str) and len(agent) > _MAX_USER_AGENT:
        message = f"http.request.user_agent has {len(agent)} characters, at most {_MAX_USER_AGENT}"
        yield Rule.SCHEMA, "InvalidHttp", message
    if isinstance(item, Subsegment) and item.namespace not in (None, "aws", "remote", "local"):
        yield Rule.SCHEMA, "InvalidNamespace", f"namespace is {item.namespace!r}, expected 'aws' or 'remote'"


def _practice(item: Document) -> Iterator[tuple[Rule, str, str]]:
    for key in item.annotations:
        if not _ANNOTATION_KEY.match(key):
            message = f"annotation key {key!r} is not indexed; only letters, digits and '_' are"
            yield Rule.PRACTICE, "AnnotationKey", message
    if len(item.annotations) > MAX_ANNOTATIONS:
        message = f"has {len(item.annotations)} annotations, X-Ray indexes {MAX_ANNOTATIONS} of a trace"
        yield Rule.PRACTICE, "TooManyAnnotations", message
    if item.end_time is not None and item.end_time < item.start_time:
        yield Rule.PRACTICE, "EndBeforeStart", "ends before it starts; take both times from one clock"
    if "?" in str(_in(item.http, "request", "url")):
        message = "http.request.url has a query, which may hold secrets; send it without"
        yield Rule.PRACTICE, "UrlWithQuery", message
    if isinstance(item, Segment) and (days := _days_after_its_trace(item)) > MAX_TRACE_AGE_S / _DAY_S:
        message = (
            f"trace id {item.trace_id!r} was made {days:,.0f} days before, and X-Ray takes at most 30;"
            " harmless for a fixed id in a test's header"
        )
        yield Rule.PRACTICE, "OldTraceId", message


def _days_after_its_trace(segment: Segment) -> float:
    """Return how old a segment's trace id was when it ended, by its own clock: a record may be read later."""
    made = _TRACE_TIME.match(segment.trace_id)
    return ((segment.end_time or segment.start_time) - int(made[1], 16)) / _DAY_S if made else 0.0


def _in(http: dict[str, Any], part: str, key: str) -> Any:
    """Return a member of a part of ``http``, which an SDK may have filled with anything."""
    value = http.get(part)
    return value.get(key) if isinstance(value, dict) else None
