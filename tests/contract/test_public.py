"""Items that a dashboard or an alarm relies on: what is missing of them fails, and says whose it is."""

from __future__ import annotations

import pytest

from harness.contract.accept import accepted_text
from harness.errors import ContractError
from harness.model import ExportRequest, Telemetry
from tests.contract.test_check import a_run, contract_of, found, home

PUBLIC = [("tier: public", "it is public"), ("used_by: [Home, Pager]", "used by Home, Pager")]


@pytest.mark.parametrize(("says", "told"), PUBLIC)
def test_a_mismatch_says_who_relies_on_the_item(says: str, told: str) -> None:
    operations = f"  - span: GET /home\n    {says}\n    attributes: {{http.status_code: 404}}\n"
    findings = found(home(("query", {"rows": 3})), operations)
    assert findings[0] == (
        "error attribute_mismatch GET /home: http.status_code: expected 404, captured 200;"
        f" {told} (in test_1) @3"
    )
    # What it has more than is declared breaks nobody.
    assert findings[1].startswith("warning span_undeclared")
    assert told not in findings[1]


@pytest.mark.parametrize(("says", "told"), PUBLIC)
def test_a_span_that_is_missing_takes_what_is_below_it_along(says: str, told: str) -> None:
    below = f"{{span: cache, children: [{{span: read, {says}}}]}}"
    operations = f"  - span: GET /home\n    children:\n      - {below}\n      - span: query\n"
    (finding,) = found(home(), operations)
    assert finding.startswith("error span_missing GET /home: no span 'cache' was captured below it")
    assert f"; {told} (in test_1)" in finding


@pytest.mark.parametrize(("says", "told"), PUBLIC)
def test_what_is_public_must_be_exercised(says: str, told: str) -> None:
    operations = (
        "  - span: GET /home\n    children:\n      - span: query\n"
        f"      - {{span: cache, presence: optional, {says}}}\n"
        f"  - span: GET /a\n    children: [{{span: read, {says}}}]\n"
        "  - span: GET /b\n"
    )
    rest = f"exports:\n  - {{export: /v1/logs, presence: optional, {says}}}\n  - export: /v1/traces\n"
    export = ExportRequest(channel="otlp", path="/v1/traces", items=1)
    telemetry = Telemetry(spans=home().spans, exports=(export,))
    assert {finding.partition(" @")[0] for finding in found(telemetry, operations, rest)} == {
        (
            "error item_unexercised GET /home: no scenario captured optional span 'cache';"
            f" add one, or remove the item; {told}"
        ),
        (
            "error operation_unexercised GET /a: no scenario exercised span 'GET /a';"
            f" add one, or remove the operation; {told}"
        ),
        (
            "warning operation_unexercised GET /b: no scenario exercised span 'GET /b';"
            " add one, or remove the operation"
        ),
        (
            "error item_unexercised export request /v1/logs: no scenario captured optional export request"
            f" '/v1/logs'; add one, or remove the item; {told}"
        ),
    }


def test_what_has_users_is_not_internal() -> None:
    with pytest.raises(ContractError) as caught:
        contract_of("  - {span: GET /home, tier: internal, used_by: Home}\n")
    assert str(caught.value) == "c.yaml:3:23: tier: an item with 'used_by' is public; remove one of them"


def test_accepting_names_who_relies_on_what_is_changed() -> None:
    text = (
        "version: 1\noperations:\n  - span: GET /home\n    attributes:\n      http.status_code: 404\n"
        "    used_by: Home\n    children:\n      - {span: cache, tier: public}\n"
    )
    _, changes, _ = accepted_text(text, a_run(home()))
    assert [str(change).partition("  ")[2] for change in changes] == [
        "GET /home: http.status_code: 404 → http.status_code: 200; used by Home",
        "GET /home › cache: - span 'cache'; it is public",
        "GET /home: + children: span: query",
    ]
