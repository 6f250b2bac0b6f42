import pytest

from harness.errors import ConfigurationError
from harness.model import Finding, Level
from harness.pytest_plugin.policy import FailurePolicy

IDS = ("span_missing", "name_changed", "scenario_vacuous")


def levels(fail_on: list[str]) -> dict[str, str]:
    findings = [
        Finding(id=identifier, signal="span", message="m", level=level)
        for identifier, level in zip(IDS, Level, strict=True)
    ]
    return {finding.id: finding.level.value for finding in FailurePolicy(fail_on).apply(findings)}


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        (["error"], ("error", "warning", "info")),
        (["warning"], ("error", "error", "info")),
        (["info"], ("error", "error", "error")),
        (["scenario_vacuous"], ("error", "warning", "error")),
        ([], ("error", "warning", "info")),
    ],
)
def test_errors_always_fail_and_the_rest_when_asked_to(
    fail_on: list[str], expected: tuple[str, str, str]
) -> None:
    found = levels(fail_on)

    assert tuple(found[identifier] for identifier in IDS) == expected


@pytest.mark.parametrize(
    ("word", "closest"),
    [("warnings", "warning"), ("span_mising", "span_missing"), ("scenario_vacuos", "scenario_vacuous")],
)
def test_a_misspelt_word_is_named(word: str, closest: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        FailurePolicy([word])

    assert str(refused.value) == (
        f"telemetry_fail_on has {word!r}; expected error, warning, info or a finding id; closest: {closest!r}"
    )
