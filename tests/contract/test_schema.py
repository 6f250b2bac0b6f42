"""The JSON Schema of contracts: as shipped, and of one mind with the reader."""

import json

import jsonschema
import pytest
from ruamel.yaml import YAML

from harness.contract import parse_contract
from harness.contract.schema import SCHEMA_FILE, json_schema, schema_text
from harness.errors import ContractError
from tests.contract.test_load import WHOLE, body


def errors_of(text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return [error.json_path for error in validator.iter_errors(YAML(typ="safe", pure=True).load(text))]


def test_the_shipped_file_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


def test_it_takes_what_the_reader_takes() -> None:
    assert errors_of(WHOLE) == []


@pytest.mark.parametrize(
    "details",
    [
        "events: [a, {event: a}, {event/regex: a}, {event/starts_with: a, attributes: {b/type: int}}]",
        "kind/one_of: [server, client]",
        "status/one_of: [ok, error]",
        "links: [{}, {attributes: {}}, {attributes: {a/optional: 1}}]",
        "attributes: {a/b/is: 1, c/d/optional/type: int, a/optional: 2, 'c.‹uuid›': 3}",
    ],
)
def test_it_takes_events_and_links_as_the_reader_does(details: str) -> None:
    text = body(f"  - span: a\n    {details}")
    parse_contract(text)
    assert errors_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "operations: []",
        body("  - span: a\n    kind: servr"),
        body("  - span: a\n    kind/one_of: [server, servr]"),
        body("  - span: a\n    status/one_of: [okay]"),
        body("  - span: a\n    coutn: 1"),
        body("  - span: a\n    events: [{}]"),
        body("  - span: a\n    events: []"),
        body("  - span: a\n    links: []"),
        body("  - span: a\n    events: [{event/regexx: a}]"),
        body("  - span: a\n    links: [{spam: 1}]"),
        body("  - span: a\n    count: 1"),
        body("  - segment: a\n    count/ge: 1"),
        body("  - span: a\n    attributes: {b/format: day}"),
        body("  - span: a\n    attributes: {b/typ: int}"),
        "version: 1\nresource:\n  - b/typ: int\n",
        "version: 1\nresource: []\n",
        body("  - span: a\n    children: [{scope: 3, spam: 1}]"),
    ],
)
def test_it_refuses_what_the_reader_refuses(text: str) -> None:
    with pytest.raises(ContractError):
        parse_contract(text)
    assert errors_of(text)
