"""The rules of severity, and which package carries a change."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.diff import DEFAULTS, Severity, diff_records, severities
from harness.errors import ConfigurationError
from harness.model import Resource, Scope, Span
from tests.analysis.diff.runs import a_run
from tests.builders import a_log_event, a_metric, a_segment, a_span, an_export

KINDS = ", ".join(DEFAULTS)


def test_the_last_override_of_a_kind_wins() -> None:
    rules = severities(["added=breaking", "added=neutral", "removed=additive"])

    assert (rules["added"], rules["removed"]) == (Severity.NEUTRAL, Severity.ADDITIVE)
    assert severities() == DEFAULTS


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("added", "expected KIND=SEVERITY, 'added' given; such as value_changed=breaking"),
        ("add=neutral", f"no kind of change 'add'; closest: 'added'; expected one of {KINDS}"),
        ("xyz=neutral", f"no kind of change 'xyz'; expected one of {KINDS}"),
        (
            "added=braking",
            "no severity 'braking'; closest: 'breaking'; expected one of breaking, additive, neutral",
        ),
    ],
)
def test_words_that_are_unknown(override: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        severities([override])

    assert str(caught.value) == f"--severity: {message}"


def test_the_packages_that_carry_changes() -> None:
    flask = "opentelemetry.instrumentation.flask"
    before = a_run(
        a_span(scope=flask, attributes={"a": 1}),
        a_segment(annotations={"a": 1}),
        a_log_event("ready"),
        an_export(headers={"x": "1"}),
        packages={
            "opentelemetry-instrumentation-flask": "0.66b1",
            "aws-xray-sdk": "2.14",
            "flask": "3.1",
            "requests": "2.32",
        },
    )
    after = a_run(
        a_span(scope=flask),
        a_segment(),
        an_export(),
        packages={
            "opentelemetry-instrumentation-flask": "0.67b0",
            "aws-xray-sdk": "2.15",
            "flask": "3.1",
            "requests": "2.33",
        },
    )

    diff = diff_records(before, after)

    assert [str(package) for package in diff.packages] == [
        "aws-xray-sdk 2.14 → 2.15",
        "opentelemetry-instrumentation-flask 0.66b1 → 0.67b0",
        "requests 2.32 → 2.33",
    ]
    assert [(change.signal, change.package) for change in diff.changes] == [
        ("export_request", "requests"),
        ("log_event", ""),
        ("segment", "aws-xray-sdk"),
        ("span", "opentelemetry-instrumentation-flask"),
    ]


def test_a_run_that_does_not_say_its_packages() -> None:
    assert diff_records(a_run(), a_run(packages={"flask": "3.1"})).packages == ()


def test_an_instrumentation_that_was_installed() -> None:
    new = a_span("GET", scope="opentelemetry.instrumentation.requests")
    diff = diff_records(
        a_run(packages={"flask": "3.1"}),
        a_run(new, packages={"flask": "3.1", "opentelemetry-instrumentation-requests": "0.66b1"}),
    )

    assert [change.package for change in diff.changes] == ["opentelemetry-instrumentation-requests"]
    assert [str(package) for package in diff.packages] == [
        "opentelemetry-instrumentation-requests added: 0.66b1"
    ]


def told(version: str, sdk: str, **attributes: Any) -> Span:
    """Return a span that says which instrumentation and which SDK made it."""
    resource = {"telemetry.sdk.language": "python", "telemetry.sdk.version": sdk}
    scope = Scope(name="opentelemetry.instrumentation.flask", version=version)
    return a_span(scope=scope, resource=Resource(attributes=resource), attributes=attributes)


@pytest.mark.parametrize("recorded", [{}, {"opentelemetry-sdk": "1.41.0", "boto3": "1"}])
def test_versions_that_the_telemetry_says(recorded: dict[str, str]) -> None:
    """Of an app in an environment of its own, the run knows nothing, or what the harness has."""
    diff = diff_records(
        a_run(told("0.60b1", "1.39.1", a=1)),
        a_run(told("0.61b0", "1.40.0"), a_metric("live", scope="opentelemetry-sdk"), packages=recorded),
    )

    assert [str(package) for package in diff.packages] == [
        "opentelemetry-instrumentation-flask 0.60b1 → 0.61b0",
        "opentelemetry-sdk 1.39.1 → 1.40.0",
    ]
    assert {(change.signal, change.package) for change in diff.changes} == {
        ("span", "opentelemetry-instrumentation-flask"),
        ("metric", "opentelemetry-sdk"),
    }
