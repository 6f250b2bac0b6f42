"""The JSON Schema of `run.json`, generated from the structs.

The package ships the result as `run.schema.json`, for editors and for readers
in other languages. ``python -m harness.report.schema`` writes it anew.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import msgspec

from harness.model import RunRecord

SCHEMA_FILE = Path(__file__).with_name("run.schema.json")
_NON_FINITE = {
    "type": "object",
    "description": "A number that JSON cannot say.",
    "properties": {"$float": {"enum": ["nan", "inf", "-inf"]}},
    "required": ["$float"],
}


def json_schema() -> dict[str, Any]:
    """Return the schema of a run record.

    msgspec's, with two things it cannot know: a reader requires
    ``schema_version``, and a number may be ``{"$float": "nan"}``.

    >>> json_schema()["$defs"]["RunRecord"]["required"]
    ['schema_version']
    """
    # Through JSON, so that it equals the file: the structs' defaults are tuples.
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(RunRecord)))
    schema = _with_non_finite(_the_same_everywhere(schema))
    schema["$defs"]["NonFinite"] = _NON_FINITE
    schema["$defs"]["RunRecord"]["required"] = ["schema_version"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _the_same_everywhere(schema: Any) -> Any:
    """Return a schema as every version of msgspec and Python says it.

    Some dedent docstrings, and the order of a union's members has changed.
    """
    if isinstance(schema, list):
        return [_the_same_everywhere(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    same = {key: _the_same_everywhere(value) for key, value in schema.items()}
    if isinstance(text := same.get("description"), str):
        same["description"] = inspect.cleandoc(text)
    if "anyOf" in same:
        same["anyOf"] = sorted(same["anyOf"], key=repr)
    return same


def _with_non_finite(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_with_non_finite(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        other = {key: value for key, value in schema.items() if key != "type"}
        return {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/NonFinite"}], **other}
    return {key: _with_non_finite(value) for key, value in schema.items()}


def schema_text() -> str:
    """Return the schema as the text of `run.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
