import pytest

from harness.errors import ConfigurationError
from harness.model import Finding, Level
from harness.pytest_plugin.policy import FailurePolicy


def levels(fail_on: list[str]) -> dict[str, str]:
    findings = [
        Finding(id=f"{level.value}_finding", signal="span", message="m", level=level) for level in Level
    ]
    return {finding.id: finding.level.value for finding in FailurePolicy(fail_on).apply(findings)}


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        (["error"], ("error", "warning", "info")),
        (["warning"], ("error", "error", "info")),
        (["info"], ("error", "error", "error")),
        (["error", "info_finding"], ("error", "warning", "error")),
        (["warning_finding"], ("warning", "error", "info")),
        ([], ("warning", "warning", "info")),
    ],
)
def test_levels_include_the_graver_ones_and_ids_stand_alone(
    fail_on: list[str], expected: tuple[str, str, str]
) -> None:
    found = levels(fail_on)

    assert (found["error_finding"], found["warning_finding"], found["info_finding"]) == expected


def test_a_misspelt_level_is_named() -> None:
    with pytest.raises(ConfigurationError) as refused:
        FailurePolicy(["warnings"])

    assert str(refused.value) == (
        "telemetry_fail_on has 'warnings'; expected error, warning, info or a finding id; closest: 'warning'"
    )
