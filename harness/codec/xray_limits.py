"""The sizes that X-Ray's API takes; what is longer, shorter or more is an InvalidRequestException.

Source: botocore, xray 2016-04-12, the shapes' ``min`` and ``max``.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_NAME = 32
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
"""Of a sampling rule, or a group."""
Text64 = Annotated[str, Meta(max_length=64)]
Method = Annotated[str, Meta(max_length=10)]
UrlPath = Annotated[str, Meta(max_length=128)]
ResourceArn = Annotated[str, Meta(max_length=500)]
GroupArn = Annotated[str, Meta(min_length=1, max_length=400)]
TraceId = Annotated[str, Meta(min_length=1, max_length=35)]
Priority = Annotated[int, Meta(ge=1, le=9999)]
Rate = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
_AttributeText = Annotated[str, Meta(min_length=1, max_length=32)]
Attributes = Annotated[dict[_AttributeText, _AttributeText], Meta(max_length=5)]


class RateBoost(msgspec.Struct, rename="pascal"):
    """``SamplingRateBoost`` of a rule."""

    max_rate: Rate
    cooldown_window_minutes: Count


class Tag(msgspec.Struct, rename="pascal"):
    """A tag, which nothing reads back."""

    key: Annotated[str, Meta(min_length=1, max_length=128)]
    value: Annotated[str, Meta(max_length=256)]


Tags = Annotated[list[Tag], Meta(max_length=200)]
