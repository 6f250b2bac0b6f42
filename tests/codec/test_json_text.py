import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import cloudwatch, otlp
from harness.codec.json_text import why_not_json
from harness.codec.xray import HEADER, parse_document, split_datagram
from harness.errors import DecodeError
from tests.codec.test_xray_refusals import GOOD

HALF = (
    "the text at byte {} is the lone surrogate {}, half of a character, which UTF-8 cannot hold; "
    "cut texts between characters, or replace it"
)


def decode(body: bytes) -> str:
    try:
        msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        return why_not_json(error, body)
    return ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (rb'["\ud800"]', HALF.format(2, r"\ud800")),
        (rb'["\\ok\uD83D more"]', HALF.format(6, r"\uD83D")),
        (rb'["\ud83d\ude00 \udc00"]', HALF.format(15, r"\udc00")),
        (rb'["\ud83d\u0041"]', HALF.format(2, r"\ud83d")),
        (rb'["\ud83d\ude00"', "Input data was truncated"),
        (rb'["\\ud800"', "Input data was truncated"),
        (b'["a', "Input data was truncated"),
        (rb'["\ud83d\ude00"]', ""),
    ],
)
def test_a_lone_surrogate_is_told_from_a_cut(body: bytes, why: str) -> None:
    assert decode(body) == why


@given(st.text(st.characters(codec=None), max_size=8))
def test_no_text_with_half_a_character_is_told_as_cut(text: str) -> None:
    try:
        text.encode("utf-16", "surrogatepass").decode("utf-16")
        expected = False
    except UnicodeDecodeError:
        expected = True

    assert ("lone surrogate" in decode(json.dumps([text]).encode())) is expected


def test_each_channel_says_it() -> None:
    document = json.dumps({**GOOD, "user": "\ud800"}).encode()
    with pytest.raises(
        DecodeError, match=r"^document is not JSON: the text at byte .* is the lone surrogate"
    ):
        parse_document(split_datagram(HEADER + document))

    event = {"timestamp": 1, "message": "\ud800"}
    events = json.dumps({"logGroupName": "g", "logStreamName": "s", "logEvents": [event]}).encode()
    with pytest.raises(DecodeError, match=r"does not parse: the text at byte .* is the lone surrogate"):
        cloudwatch.log_events_of("application/x-amz-json-1.1", events)

    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "\ud800"}]}]}]}
    with pytest.raises(DecodeError, match=r"/v1/traces: the text at byte .* is the lone surrogate"):
        otlp.parse_request("/v1/traces", "application/json", json.dumps(spans).encode())
