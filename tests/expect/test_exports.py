from __future__ import annotations

import pytest

from harness import absent, contains, export_request, ge, present
from harness.expect import ExportExpectation
from tests.builders import a_telemetry, an_export

TELEMETRY = a_telemetry(
    an_export(
        "/v1/traces", headers={"x-honeycomb-team": "", "content-type": "application/x-protobuf"}, items=2
    ),
    an_export("PutLogEvents", channel="aws"),
)


def findings(expectation: ExportExpectation) -> list[str]:
    verdict = expectation.check(TELEMETRY)
    return [f"{f.signal} | {f.where} | {f.id}: {f.message}" for f in verdict.findings]


@pytest.mark.parametrize(
    "expectation",
    [
        export_request("/v1/traces", headers={"X-Honeycomb-Team": present, "authorization": absent}),
        export_request("/v1/traces", channel="otlp", items=ge(1)),
        export_request(contains("Log"), channel="aws"),
    ],
)
def test_what_is_named_holds(expectation: ExportExpectation) -> None:
    assert findings(expectation) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            export_request("/v1/traces", headers={"X-Honeycomb-Team": "key"}),
            (
                "/v1/traces | header_mismatch: x-honeycomb-team: expected 'redacted (3 chars)', captured ''"
                " (first difference at character 0)"
            ),
        ),
        (
            export_request("/v1/traces", headers={"X-Honeycomb": "key"}),
            "/v1/traces | header_missing: no header 'x-honeycomb'; closest: 'x-honeycomb-team' = ''",
        ),
        (
            export_request("/v1/traces", channel="xray", items=3),
            "/v1/traces | channel_mismatch: channel: expected 'xray', captured 'otlp'",
        ),
        (
            export_request("/v1/metrics"),
            (
                "/v1/metrics | export_missing: no export request '/v1/metrics' was captured;"
                " closest: '/v1/traces'"
            ),
        ),
    ],
)
def test_what_does_not_hold(expectation: ExportExpectation, message: str) -> None:
    assert findings(expectation)[0] == f"export_request | export request {message}"


def test_a_match_is_an_index_with_paths() -> None:
    (match,) = (
        export_request("/v1/traces", headers={"X-Honeycomb-Team": ""}, items=2).check(TELEMETRY).matched
    )
    assert (match.node_id, match.fields) == ("0", ("path", "headers.x-honeycomb-team", "items"))


def test_its_repr_is_source() -> None:
    assert (
        repr(export_request("/v1/traces", headers={"A": 1}))
        == "export_request('/v1/traces', headers={'a': 1})"
    )
