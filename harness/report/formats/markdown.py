"""`summary.md`: for a step summary or a comment on a pull request."""

from __future__ import annotations

from harness.analysis.coverage import coverage_of
from harness.model import RunRecord
from harness.report.all_findings import Told, all_findings
from harness.report.summary import captured, captured_words, count_failures, headline, state_of, tally
from harness.report.text import clipped, count_text, one_line

NAME = "markdown"
FILE_NAME = "summary.md"

_CHARACTERS = 60_000
"""A comment on GitHub has 65,536 at most."""
_MESSAGE = 600
_MARKS = {"holds": "✅", "fails": "❌", "unchecked": "⚠️"}


def render(record: RunRecord) -> str:
    """Return the verdict, what was captured and asserted, and the findings, those that fail first."""
    telemetries = [scenario.telemetry for scenario in record.scenarios] + [record.outside]
    lines = [
        f"## {_MARKS[state_of(record)]} {headline(record)}",
        "",
        f"{tally(record, count_failures(record))}. Captured: {captured_words(captured(telemetries))}.",
    ]
    names, attributes = coverage_of(record).names, coverage_of(record).attributes
    if names.percent is not None:
        lines.append(
            f"Asserted: {names.asserted:,} of {names.captured:,} span and segment names,"
            f" {attributes.asserted:,} of {attributes.captured:,} attributes."
        )
    if record.contract:
        lines.append(f"Checked against `{_code(record.contract)}`.")
    lines += [*(f"> left out: {_text(sentence)}" for sentence in record.cut)]
    return "\n".join((*lines, *_findings(all_findings(record), _CHARACTERS - sum(map(len, lines))))) + "\n"


def _findings(findings: list[Told], room: int) -> list[str]:
    if not findings:
        return []
    lines = ["", "| | finding | where |", "|---|---|---|"]
    for number, told in enumerate(findings):
        row = _row(told)
        room -= len(row) + 1
        if room < 200:
            return [*lines, "", f"and {count_text(len(findings) - number, 'more finding')}, in the report"]
        lines.append(row)
    return lines


def _row(told: Told) -> str:
    finding = told.finding
    level = "waived" if finding.acknowledged else finding.level.value
    places = [f"`{_code(str(place))}`" for place in (told.site, told.scenario) if place]
    name = _text(finding.id).replace("\\_", "_")
    return f"| {level} | **{name}** {_text(told.text)} | {'<br>'.join(places)} |"


def _text(text: str) -> str:
    """Return text in which nothing is markup: a cell is one line, and names come from the app."""
    safe = clipped(one_line(text), _MESSAGE).replace("\\", "\\\\")
    for character in "|*_`<>[]#@!":
        safe = safe.replace(character, f"\\{character}" if character not in "<>@" else _ENTITIES[character])
    return safe


_ENTITIES = {"<": "&lt;", ">": "&gt;", "@": "&#64;"}


def _code(text: str) -> str:
    return clipped(one_line(text), _MESSAGE).replace("`", "'").replace("|", "\\|")
