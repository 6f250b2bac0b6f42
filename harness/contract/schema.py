"""The JSON Schema of contract files, so that editors complete and check them.

The package ships the result as `contract.schema.json`, and
``harness contract write`` puts it beside the contract that names it.
``python -m harness.contract.schema`` writes it anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from harness.contract.items import VERSION, Presence, Tier
from harness.contract.kinds import EVENTS, KINDS, LINKS, OPERATIONS, OPERATIONS_OF, SECTIONS, Kind
from harness.contract.load import LEVELS
from harness.contract.operators import OPERATORS, OPTIONAL
from harness.contract.part_reader import PART_PRESENCE
from harness.model import Level

TITLE = "telemetry-harness contract"
SCHEMA_FILE = Path(__file__).with_name("contract.schema.json")
_TEXT = {"type": "string"}


def json_schema() -> dict[str, Any]:
    """Return the schema of a contract.

    >>> json_schema()["required"]
    ['version']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "type": "object",
        "required": ["version"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": VERSION},
            "levels": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: {"enum": [level.value for level in Level]} for name in LEVELS},
            },
            "resource": {
                "anyOf": [
                    {"$ref": "#/$defs/values"},
                    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/values"}},
                ]
            },
            "operations": {
                "type": "array",
                "items": {"anyOf": [{"$ref": f"#/$defs/{name}-operation"} for name in OPERATIONS]},
            },
            **{
                section: {"type": "array", "items": {"$ref": f"#/$defs/{kind}"}}
                for section, kind in SECTIONS.items()
            },
            "waivers": {"type": "array", "items": {"$ref": "#/$defs/waiver"}},
        },
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = {name: _item(kind) for name, kind in KINDS.items()}
    for name in OPERATIONS:
        when = {"type": "object", "additionalProperties": False, **_details(KINDS[name])}
        definitions[f"{name}-operation"] = _item(KINDS[name], when=when)
    definitions["waiver"] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["finding", "owner", "reason", "expires"],
        "properties": {
            **dict.fromkeys(("finding", "where", "owner", "reason"), _TEXT),
            "expires": {"type": "string", "format": "date"},
        },
    }
    behind_a_slash = "|".join((*OPERATORS, OPTIONAL))
    definitions["values"] = {
        "type": "object",
        "propertyNames": {"pattern": f"^([^/]*|.*/({behind_a_slash}))$"},
        "patternProperties": _operator_patterns(".+"),
    }
    part = {
        "attributes": {"$ref": "#/$defs/values"},
        "presence": {"enum": [presence.value for presence in PART_PRESENCE]},
    }
    definitions["event"] = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {"event": _TEXT, **part},
        "patternProperties": _operator_patterns("event"),
    }
    definitions["link"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": part,
    }
    return definitions


def _item(kind: Kind, *, when: dict[str, Any] | None = None) -> dict[str, Any]:
    details = _details(kind)
    properties = {
        kind.name: _TEXT if kind.is_named else {},
        **details["properties"],
        "presence": {"enum": [presence.value for presence in Presence]},
        "tier": {"enum": [tier.value for tier in Tier]},
        "used_by": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
    }
    if OPERATIONS_OF in kind.keys and kind.name not in OPERATIONS:
        name = {"anyOf": [_TEXT, {"type": "object", "minProperties": 1}]}
        properties[OPERATIONS_OF] = {"type": "array", "minItems": 1, "items": name}
    if kind.children:
        properties[kind.children[0]] = {"type": "array", "items": {"$ref": f"#/$defs/{kind.children[1]}"}}
    counted = re.escape(kind.name)
    if when is not None:
        properties["when"] = when
    else:
        properties["count"] = {"type": "integer", "minimum": 0}
        counted += "|count"
    patterns = {**details["patternProperties"], **_operator_patterns(counted)}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "patternProperties": patterns,
    }


def _details(kind: Kind) -> dict[str, Any]:
    known = {
        name: {"enum": [constant.value for constant in constants]}
        for name, constants in kind.constants.items()
    }
    properties: dict[str, Any] = {
        **known,
        **{f"{name}/one_of": {"items": enum} for name, enum in known.items()},
        **{f"{name}/{OPTIONAL}/one_of": {"items": enum} for name, enum in known.items()},
        **{name: {} for name in kind.plain},
        **{name: {"$ref": "#/$defs/values"} for name in kind.mappings},
    }
    if kind.name == "span":
        event = {"anyOf": [_TEXT, {"$ref": "#/$defs/event"}]}
        properties[EVENTS] = {"type": "array", "minItems": 1, "items": event}
        properties[LINKS] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/link"}}
    return {"properties": properties, "patternProperties": _operator_patterns("|".join(kind.details))}


def _operator_patterns(names: str) -> dict[str, Any]:
    """Return the pattern of each key with an operator → the schema of its argument."""
    alike: dict[str, list[str]] = {}
    for name, operator in OPERATORS.items():
        alike.setdefault(json.dumps(operator.schema), []).append(name)
    patterns = {
        f"^({names})(/{OPTIONAL})?/({'|'.join(operators)})$": json.loads(schema)
        for schema, operators in alike.items()
    }
    return {f"^({names})/{OPTIONAL}$": {}, **patterns}


def schema_text() -> str:
    """Return the schema as the text of `contract.schema.json`."""
    return json.dumps(json_schema(), indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
