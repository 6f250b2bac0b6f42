"""What is wrong with a segment document: by X-Ray's own rules, its published schema, and good practice.

Source: AWS X-Ray developer guide, "Segment documents" and "Sending trace data", and its schema v1.0.0. The
schema is lax, and it refuses real traffic, so what it says alone is told apart from what X-Ray enforces. AWS
documents no list of error codes: MissingId, MissingEndTime, MissingParentId, InvalidName (aws-xray-daemon
issue 184) and InvalidTraceId are in public issue reports, the others are formed alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from harness.model.finding import Level
from harness.model.segment import Seconds, Segment, Subsegment
from harness.model.site import Site

Document = Segment | Subsegment

TRACE_ID = re.compile(r"1-([0-9a-f]{8})-[0-9a-f]{24}\Z", re.IGNORECASE)
MAX_ANNOTATIONS = 50
"""Indexed on a trace."""
_DAY_S = 24 * 3600
_MAX_TRACE_AGE_S = 30 * _DAY_S
_MAX_NAME = 200
_MAX_USER_AGENT = 250
_ID = re.compile(r"[0-9a-f]{16}\Z", re.IGNORECASE)
# No comma: X-Ray refuses it, whatever the schema says (opentelemetry-collector-contrib pull request 32610).
_NAME_CHARACTER = re.compile(r"[\w\s.:/%&#=+\\\-@]")
_NAME = re.compile(rf"{_NAME_CHARACTER.pattern}+\Z")
_ANNOTATION_TYPES = frozenset({str, int, float, bool})
_ANNOTATION_KEY = re.compile(r"[A-Za-z0-9_]+\Z")

Check = Callable[[Any, float], str | None]
"""Takes what has a document's fields as attributes, of any type, and a time; returns what is wrong."""


class Rule(NamedTuple):
    """One rule for documents.

    Attributes:
        code: X-Ray's error code, where it refuses; otherwise a name of ours.
        finding: Id of the finding.
        check: Says what is wrong with a document or an embedded subsegment.
        refused: Whether X-Ray refuses what breaks it.
        sent: Whether it holds only for what is sent by itself, and not for an embedded subsegment.
        demanded: Whether the model demands it, so that no captured document breaks it.
    """

    code: str
    finding: str
    level: Level
    check: Check
    refused: bool = False
    sent: bool = False
    demanded: bool = False


class Problem(NamedTuple):
    """One broken rule.

    Attributes:
        name: The segment's or subsegment's.
    """

    rule: Rule
    message: str
    name: str
    site: Site | None = None


def problems_of(document: Document) -> Iterator[Problem]:
    """Yield what is wrong with a captured document and the subsegments in it."""
    pending: list[Document] = [document]
    rules = _OF_CAPTURED
    while pending:
        item = pending.pop()
        # By its own clock: a record may be read later.
        now = item.end_time or item.start_time
        for check, rule in rules:
            if message := check(item, now):
                yield Problem(rule, message, item.name, item.site)
        rules = _OF_EMBEDDED
        pending += item.subsegments


def _missing(field: str) -> Check:
    return lambda item, _: f"has no {field}" if getattr(item, field) in (None, "") else None


def _not_hex(field: str) -> Check:
    def check(item: Any, _: float) -> str | None:
        value = getattr(item, field)
        if value in (None, "") or (isinstance(value, str) and _ID.match(value)):
            return None
        return f"{field} is {value!r}, expected 16 hex digits"

    return check


def _trace_id(item: Any, _: float) -> str | None:
    value = item.trace_id
    if value in (None, "") or (isinstance(value, str) and TRACE_ID.match(value)):
        return None
    return f"trace_id is {value!r}, expected '1-<8 hex>-<24 hex>'"


def _old_trace_id(item: Any, now: float) -> str | None:
    made = TRACE_ID.match(item.trace_id) if isinstance(item.trace_id, str) else None
    age = now - int(made[1], 16) if made else 0.0
    if age <= _MAX_TRACE_AGE_S:
        return None
    return (
        f"trace id {item.trace_id!r} was made {age / _DAY_S:,.0f} days before, and X-Ray takes at most 30;"
        " harmless for a fixed id in a test's header"
    )


def _name(item: Any, _: float) -> str | None:
    name = item.name
    if name in (None, "") or (isinstance(name, str) and len(name) <= _MAX_NAME and _NAME.match(name)):
        return None
    if not isinstance(name, str):
        return f"name is {name!r}, expected a string"
    if len(name) > _MAX_NAME:
        return f"name {name[:60]!r}… has {len(name)} characters, at most {_MAX_NAME} are allowed"
    odd = "".join(dict.fromkeys(_NAME_CHARACTER.sub("", name)))
    return f"name {name[:60]!r} has {odd!r}; letters, digits, spaces and _.:/%&#=+\\-@ are allowed"


def _missing_parent(item: Any, _: float) -> str | None:
    alone = item.type == "subsegment"
    return "was sent alone and has no parent_id" if alone and item.parent_id in (None, "") else None


def _not_a_time(field: str) -> Check:
    def check(item: Any, _: float) -> str | None:
        value = getattr(item, field)
        return None if value is None or _is_time(value) else f"{field} is {value!r}, expected seconds"

    return check


def _is_time(value: object) -> bool:
    try:
        msgspec.convert(value, Seconds)
    except msgspec.ValidationError:
        return False
    return True


def _no_end(item: Any, _: float) -> str | None:
    open_ = item.end_time is None and item.in_progress is not True
    return "has neither end_time nor in_progress: true" if open_ else None


def _two_ends(item: Any, _: float) -> str | None:
    both = item.end_time is not None and item.in_progress is True
    return "has both end_time and in_progress: true" if both else None


def _status(item: Any, _: float) -> str | None:
    status = _in(item.http, "response", "status")
    wrong = status is not None and type(status) is not int
    return f"http.response.status is {status!r}, expected an integer" if wrong else None


def _user_agent(item: Any, _: float) -> str | None:
    agent = _in(item.http, "request", "user_agent")
    if not isinstance(agent, str) or len(agent) <= _MAX_USER_AGENT:
        return None
    return f"http.request.user_agent has {len(agent)} characters, at most {_MAX_USER_AGENT}"


def _namespace(item: Any, _: float) -> str | None:
    namespace = item.namespace if isinstance(item, Subsegment) else None
    known = namespace in (None, "aws", "remote", "local")
    return None if known else f"namespace is {namespace!r}, expected 'aws' or 'remote'"


def _annotation_keys(item: Any, _: float) -> str | None:
    odd = [key for key in item.annotations if not _ANNOTATION_KEY.match(key)]
    if not odd:
        return None
    subject = f"key {odd[0]!r} is" if len(odd) == 1 else f"keys {', '.join(map(repr, odd))} are"
    return f"annotation {subject} not indexed; only letters, digits and '_' are"


def _annotation_values(item: Any, _: float) -> str | None:
    odd = [key for key, value in item.annotations.items() if type(value) not in _ANNOTATION_TYPES]
    if not odd:
        return None
    return (
        f"annotation {', '.join(map(repr, odd))} holds no string, number or boolean, which is all that X-Ray"
        " indexes; put it into metadata"
    )


def _many_annotations(item: Any, _: float) -> str | None:
    count = len(item.annotations)
    if count <= MAX_ANNOTATIONS:
        return None
    return f"has {count} annotations, X-Ray indexes {MAX_ANNOTATIONS} of a trace"


def _ends_first(item: Any, _: float) -> str | None:
    backwards = item.end_time is not None and item.end_time < item.start_time
    return "ends before it starts; take both times from one clock" if backwards else None


def _url_query(item: Any, _: float) -> str | None:
    query = "?" in str(_in(item.http, "request", "url"))
    return "http.request.url has a query, which may hold secrets; send it without" if query else None


def _in(http: dict[str, Any], part: str, key: str) -> Any:
    """Return a member of a part of ``http``, which an SDK may have filled with anything."""
    value = http.get(part) if http else None
    return value.get(key) if isinstance(value, dict) else None


def _enforced(
    code: str, check: Check, *, sent: bool = False, demanded: bool = False, level: Level = Level.ERROR
) -> Rule:
    return Rule(code, "document_invalid", level, check, refused=True, sent=sent, demanded=demanded)


def _schema(code: str, check: Check) -> Rule:
    return Rule(code, "document_schema", Level.INFO, check)


def _practice(code: str, check: Check) -> Rule:
    return Rule(code, "document_practice", Level.WARNING, check)


RULES = (
    _enforced("MissingId", _missing("id")),
    _enforced("MissingTraceId", _missing("trace_id"), sent=True, demanded=True),
    _enforced("MissingName", _missing("name")),
    _enforced("MissingStartTime", _missing("start_time"), demanded=True),
    _enforced("InvalidId", _not_hex("id")),
    _enforced("InvalidTraceId", _trace_id),
    # Every test with a fixed id in a header breaks it: a warning.
    _enforced("InvalidTraceId", _old_trace_id, sent=True, level=Level.WARNING),
    _enforced("InvalidName", _name),
    _enforced("MissingParentId", _missing_parent, sent=True, demanded=True),
    _enforced("InvalidParentId", _not_hex("parent_id")),
    _enforced("InvalidStartTime", _not_a_time("start_time"), demanded=True),
    _enforced("InvalidEndTime", _not_a_time("end_time"), demanded=True),
    _enforced("MissingEndTime", _no_end),
    _enforced("InvalidEndTime", _two_ends),
    _schema("InvalidHttp", _status),
    _schema("InvalidHttp", _user_agent),
    _schema("InvalidNamespace", _namespace),
    _practice("AnnotationKey", _annotation_keys),
    _practice("AnnotationValue", _annotation_values),
    _practice("TooManyAnnotations", _many_annotations),
    _practice("EndBeforeStart", _ends_first),
    _practice("UrlWithQuery", _url_query),
)
"""In the order in which X-Ray's API names the first that is broken."""
_OF_CAPTURED = tuple((rule.check, rule) for rule in RULES if not rule.demanded)
_OF_EMBEDDED = tuple((check, rule) for check, rule in _OF_CAPTURED if not rule.sent)
ENFORCED = tuple(rule for rule in RULES if rule.refused)
