"""Bodies of `GetSamplingTargets` → statistics.

Two documents are on the wire: the X-Ray SDKs write ``SampledCount`` and a
whole ``Timestamp``, ADOT's sampler ``SampleCount`` and a fractional one.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from harness.codec.json_text import why_not_json
from harness.codec.xray_limits import Count, Name, Text64
from harness.errors import DecodeError
from harness.model.sampling import SamplingStatistics

# Source: botocore, xray 2016-04-12, the shapes' ``min`` and ``max``.
_ClientId = Annotated[str, Meta(min_length=24, max_length=24)]
_MOST = Meta(max_length=25)


class _Document(msgspec.Struct, rename="pascal"):
    rule_name: Name
    request_count: Count
    timestamp: float
    client_id: _ClientId = msgspec.field(name="ClientID")
    sampled_count: Count | None = None
    sample_count: Count | None = None
    borrow_count: Count = 0


class _BoostDocument(msgspec.Struct, rename="pascal"):
    rule_name: Name
    service_name: Text64
    timestamp: float
    anomaly_count: Count
    total_count: Count
    sampled_anomaly_count: Count


class _Body(msgspec.Struct, rename="pascal"):
    sampling_statistics_documents: Annotated[list[_Document], _MOST] = []
    sampling_boost_statistics_documents: Annotated[list[_BoostDocument], _MOST] = []


class _Page(msgspec.Struct, rename="pascal"):
    next_token: str | None = None


_BODY = msgspec.json.Decoder(_Body)
_PAGE = msgspec.json.Decoder(_Page)


def check_page(body: bytes) -> None:
    """Check the body of `GetSamplingRules` or `GetSamplingStatisticSummaries`, of which there is one page.

    Args:
        body: Empty for none.

    Raises:
        DecodeError: Not JSON, no object, or a NextToken that is no text.
    """
    try:
        _PAGE.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(why_not_json(error, body)) from error


def statistics_of(body: bytes) -> tuple[SamplingStatistics, ...]:
    """Return the statistics that a client reports, in order.

    Raises:
        DecodeError: Not JSON, or a document without rule, client, time or counts.
    """
    try:
        documents = _BODY.decode(body).sampling_statistics_documents
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(why_not_json(error, body)) from error
    return tuple(_statistics(document) for document in documents)


def _statistics(document: _Document) -> SamplingStatistics:
    sampled = document.sample_count if document.sampled_count is None else document.sampled_count
    if sampled is None:
        raise DecodeError(f"the document of rule {document.rule_name!r} has no SampledCount")
    return SamplingStatistics(
        rule_name=document.rule_name,
        client_id=document.client_id,
        request_count=document.request_count,
        sampled_count=sampled,
        borrow_count=document.borrow_count,
        timestamp=document.timestamp,
    )
