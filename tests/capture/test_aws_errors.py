"""Errors in the protocol of the client that asks."""

import pytest

from harness.capture.aws_errors import error_response
from harness.capture.http_messages import Request

QUERY = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(("status", "fault"), [(400, "Sender"), (500, "Receiver")])
def test_an_error_of_the_query_protocol_says_whose_fault_it_is(status: int, fault: str) -> None:
    answer = error_response(Request("POST", "/", "", QUERY, b""), status, "Broken", "a < b")

    assert answer.status == status
    assert answer.body.decode() == (
        f"<ErrorResponse><Error><Type>{fault}</Type><Code>Broken</Code>"
        "<Message>a &lt; b</Message></Error></ErrorResponse>"
    )


def test_an_error_of_the_json_protocol() -> None:
    answer = error_response(Request("POST", "/", "", {}, b""), 400, "Broken", "a < b")

    assert answer.body == b'{"__type":"Broken","message":"a < b"}'
