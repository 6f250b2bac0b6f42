"""A sampling rule that X-Ray would not have is refused where it is written."""

from typing import Any

import pytest

from harness.capture.xray_rules import SamplingRule

RULE: dict[str, Any] = {"rule_name": "a", "priority": 1, "fixed_rate": 0.1, "reservoir_size": 1}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"fixed_rate": 7.0}, ValueError, "SamplingRule: fixed_rate: expected 0 to 1, 7.0 given"),
        ({"fixed_rate": "1"}, TypeError, "SamplingRule: fixed_rate: expected a number, '1' given"),
        ({"fixed_rate": True}, TypeError, "SamplingRule: fixed_rate: expected a number, True given"),
        ({"reservoir_size": -1}, ValueError, "SamplingRule: reservoir_size: expected at least 0, -1 given"),
        (
            {"reservoir_size": 1.5},
            TypeError,
            "SamplingRule: reservoir_size: expected a whole number, 1.5 given",
        ),
        ({"priority": 0}, ValueError, "SamplingRule: priority: expected 1 to 10000, 0 given"),
        ({"rule_name": ""}, ValueError, "SamplingRule: rule_name: expected a name, '' given"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        SamplingRule(**(RULE | given))

    assert str(caught.value) == message


def test_a_rate_may_be_a_whole_number() -> None:
    assert SamplingRule(**(RULE | {"fixed_rate": 1})).fixed_rate == 1
