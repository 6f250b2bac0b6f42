"""`telemetry.sarif`: findings for code scanning.

Source: SARIF 2.1.0, OASIS Standard.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

import msgspec

from harness.model import Level, RunRecord, Site
from harness.report.all_findings import Told, all_findings
from harness.report.text import visible

NAME = "sarif"
FILE_NAME = "telemetry.sarif"
FROM_ROOT = True
"""Its readers look for files from the root of the repository."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PROJECT = "pyproject.toml"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def render(record: RunRecord) -> bytes:
    """Return one result for each finding, at the line of the app, the contract or the check.

    One that is about none of them is at the contract's first line, or the project's: GitHub refuses a file in
    which one result has no location.
    """
    findings = all_findings(record)
    ids = sorted({told.finding.id for told in findings})
    run = {
        "tool": {
            "driver": {
                "name": "telemetry-harness",
                "version": version("telemetry-harness"),
                "rules": [{"id": id_, "name": _title(id_)} for id_ in ids],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(told, ids.index(told.finding.id), fingerprint, record)
            for told, fingerprint in zip(findings, _fingerprints(findings), strict=True)
        ],
    }
    return msgspec.json.encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + b"\n"


def _title(id_: str) -> str:
    return "".join(word.capitalize() for word in id_.split("_"))


def _result(told: Told, rule: int, fingerprint: str, record: RunRecord) -> dict[str, Any]:
    finding = told.finding
    text = visible(f"{told.text} ({told.scenario})" if told.scenario else told.text)
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": _LEVELS[finding.level],
        "message": {"text": text},
        "partialFingerprints": {"finding/v1": fingerprint},
        "locations": [_location(told.site or Site(record.contract or _PROJECT, 1), finding.where)],
    }
    if finding.acknowledged:
        result["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return result


def _fingerprints(findings: Iterable[Told]) -> Iterator[str]:
    """Yield what stays of each finding when lines move; those alike are numbered."""
    seen: Counter[tuple[str, ...]] = Counter()
    for told in findings:
        file = told.site.file if told.site else ""
        parts = (told.finding.id, told.finding.where, file, told.scenario)
        number = f"#{seen[parts]}" if seen[parts] else ""
        seen[parts] += 1
        text = "\0".join(parts) + number
        yield hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _location(site: Site, where: str) -> dict[str, Any]:
    physical = {
        "artifactLocation": {"uri": quote(visible(site.file).replace("\\", "/"))},
        "region": {"startLine": max(site.line, 1)},
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    if where:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(where)}]
    return location
