"""What differs between a document of the X-Ray SDK and the one that a span becomes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from harness.analysis.parity.difference import Difference, both, harmless
from harness.analysis.parity.pairing import Document
from harness.analysis.parity.requests import http_part
from harness.analysis.parity.volatile import same_form
from harness.contract.write.names import name_form
from harness.model import Segment, Subsegment

_FILTERED = (
    ("request", "method"),
    ("request", "url"),
    ("request", "user_agent"),
    ("request", "client_ip"),
    ("response", "status"),
)
"""What filter expressions and the console ask of an http block."""
_HTTP_CURE = "set it with an HTTP instrumentation, or by hand as the semantic conventions name it"
_CAUSE_CURE = "record the exception on this span: span.record_exception(error)"


def compare_documents(xray: Document, otel: Document) -> Iterator[Difference]:
    """Yield what differs between two documents, subsegments and annotations aside."""
    yield from _names(xray, otel)
    yield from _namespaces(xray, otel)
    yield from _http(xray, otel)
    yield from _outcomes(xray, otel)
    yield from _causes(xray, otel)
    if isinstance(xray, Segment) and isinstance(otel, Segment) and xray.user != otel.user and xray.user:
        what = both(xray.user, otel.user)
        yield Difference("parity_user", f"user: {what}; set the span attribute enduser.id")


def _names(xray: Document, otel: Document) -> Iterator[Difference]:
    if xray.name == otel.name:
        return
    what = both(xray.name, otel.name)
    if isinstance(xray, Segment):
        cure = "set service.name of the resource (OTEL_SERVICE_NAME)"
        yield Difference("parity_service_name", f"service name: {what}; {cure}")
    else:
        cure = "name the span so; a CLIENT span takes the name of peer.service"
        yield Difference("parity_subsegment_name", f"subsegment name: {what}; {cure}")


def _namespaces(xray: Document, otel: Document) -> Iterator[Difference]:
    if not (isinstance(xray, Subsegment) and isinstance(otel, Subsegment)):
        return
    if xray.namespace == otel.namespace:
        return
    if xray.namespace in (None, "local") and otel.namespace in (None, "local"):
        yield harmless("parity_namespace_local", f"namespace: {both(xray.namespace, otel.namespace)}")
        return
    cures = {
        "remote": "make it a CLIENT span",
        "aws": "instrument the AWS client (rpc.system = aws-api)",
    }
    cure = cures.get(xray.namespace or "", "make it an INTERNAL span")
    yield Difference("parity_namespace", f"namespace: {both(xray.namespace, otel.namespace)}; {cure}")


def _http(xray: Document, otel: Document) -> Iterator[Difference]:
    if xray.http and not otel.http:
        yield Difference("parity_http", f"http: {both(xray.http, None)}; {_HTTP_CURE}")
        return
    for part, key in _FILTERED:
        first, second = http_part(xray, part).get(key), http_part(otel, part).get(key)
        if first is not None and not _same(first, second):
            yield from _http_field(f"http.{part}.{key}", first, second)
    yield from _http_details(xray, otel)


def _http_field(field: str, xray: Any, otel: Any) -> Iterator[Difference]:
    message = f"{field}: {both(xray, otel)}"
    if field == "http.request.method" and str(xray).upper() == otel:
        yield harmless("parity_method_case", message)
        return
    urls = _urls(xray, otel) if field == "http.request.url" else None
    if urls is None or _bare(urls[0]) != _bare(urls[1]):
        yield Difference("parity_http", f"{message}; {_HTTP_CURE}")
        return
    if urls[0].query != urls[1].query:
        yield harmless("parity_url_query", message)
    if urls[0].netloc != urls[1].netloc:
        yield harmless("parity_url_port", message)


def _same(first: Any, second: Any) -> bool:
    return type(first) is type(second) and bool(first == second)


def _urls(xray: Any, otel: Any) -> tuple[SplitResult, SplitResult] | None:
    if not (isinstance(xray, str) and isinstance(otel, str)):
        return None
    try:
        return urlsplit(xray), urlsplit(otel)
    except ValueError:
        return None


def _bare(url: SplitResult) -> tuple[str, str, str]:
    """Return scheme, host and path without ids; on loopback the port is another each time."""
    try:
        host = url.hostname or ""
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return url.scheme, "loopback" if loopback else url.netloc, name_form(url.path or "/")


def _http_details(xray: Document, otel: Document) -> Iterator[Difference]:
    lengths = [http_part(each, "response").get("content_length") for each in (xray, otel)]
    if xray.http and not _same(*lengths):
        yield harmless("parity_content_length", f"http.response.content_length: {both(*lengths)}")
    names = [
        {f"{part}.{key}" for part in ("request", "response") for key in http_part(each, part)}
        for each in (xray, otel)
    ]
    # A filtered field that X-Ray has and OpenTelemetry has not was told above.
    told = {f"{part}.{key}" for part, key in _FILTERED} & names[0] | {"response.content_length"}
    if detail := sorted((names[0] ^ names[1]) - told):
        yield harmless("parity_http_detail", f"http fields of one form only: {', '.join(detail)}")


def _outcomes(xray: Document, otel: Document) -> Iterator[Difference]:
    cures = {
        "error": "set the HTTP status of 400 to 499 on the span: only that makes an error",
        "fault": "set the span's status to ERROR, or its HTTP status",
        "throttle": "set the HTTP status 429 on the span: only that makes a throttle",
    }
    for flag, cure in cures.items():
        first, second = getattr(xray, flag), getattr(otel, flag)
        if first != second:
            cured = cure if first else "the span's status is ERROR, or its HTTP status says so; set neither"
            yield Difference(f"parity_{flag}", f"{flag}: {both(first, second)}; {cured}")


def _causes(xray: Document, otel: Document) -> Iterator[Difference]:
    recorded = _exceptions(otel.cause)
    if isinstance(xray.cause, str):
        # What it points to is compared where it was recorded.
        yield harmless("parity_cause_form", "the SDK points to the exception that another document recorded")
        return
    found = False
    for type_, message in _exceptions(xray.cause):
        if not any(same_form((type_, message), each) for each in recorded):
            shown = [f"{each[0]}: {each[1]}" for each in recorded] or None
            yield Difference("parity_cause", f"cause: {both(f'{type_}: {message}', shown)}; {_CAUSE_CURE}")
        else:
            found = True
    if found:
        yield harmless("parity_cause_form", "the SDK's exceptions have ids, and stacks in another order")
    if recorded and not xray.cause:
        yield harmless("parity_cause_extra", f"cause: {both(None, [': '.join(each) for each in recorded])}")


def _exceptions(cause: Any) -> list[tuple[str, str]]:
    """Return type, without its module, and message of each: the SDKs know no modules."""
    exceptions = cause.get("exceptions") if isinstance(cause, dict) else None
    return [
        (str(each.get("type", "")).rpartition(".")[2], str(each.get("message", "")))
        for each in (exceptions if isinstance(exceptions, list | tuple) else ())
        if isinstance(each, dict)
    ]
