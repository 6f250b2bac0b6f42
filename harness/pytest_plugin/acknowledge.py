"""Findings that a scenario expects: it passes because the harness reports them."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import msgspec

from harness.closest import closest
from harness.errors import ConfigurationError
from harness.expect.argument import TEXT, WHOLE_NUMBER
from harness.expect.render import some
from harness.model import Finding, Site, Verdict

_MOST = 10
"""Kinds of findings that a message names."""
_CONTRACT = (
    "is known only after the last scenario, when the run is checked against its contract; waive it there, "
    "or in pyproject.toml ([[tool.telemetry-harness.waivers]])"
)
_KNOWN_LATER = {
    "scenario_vacuous": (
        "is known only after the test, and a scenario that calls expect_finding is not vacuous; "
        "leave it out of telemetry_fail_on instead"
    ),
    "operation_undeclared": _CONTRACT,
    "operation_unexercised": _CONTRACT,
    "variant_undeclared": _CONTRACT,
    "item_unexercised": _CONTRACT,
    "run_empty": _CONTRACT,
    "waiver_expired": "is known only after the last scenario; correct the waiver instead",
    "waiver_stale": "is known only after the last scenario; correct the waiver instead",
    "arrivals_lost": "is found by `harness run` and `harness serve` only; there is none in pytest",
}
"""Ids that no scenario can find → why, and what to do instead."""


def require_finding(id_: object, at: object, count: object) -> None:
    """Refuse what no finding can be.

    Raises:
        TypeError: The id or place is no text, or the count no whole number.
        ValueError: The count is negative.
        ConfigurationError: The finding is known only after the scenario.
    """
    TEXT.require("expect_finding", id_)
    TEXT.require("expect_finding: at", at)
    if count is not None:
        WHOLE_NUMBER.require("expect_finding: count", count)
        if isinstance(count, int) and count < 0:
            raise ValueError(f"expect_finding: expected a count >= 0, {count!r} given")
    if why := _KNOWN_LATER.get(str(id_)):
        raise ConfigurationError(f"expect_finding: {id_!r} {why}")


class Acknowledgement(NamedTuple):
    """A finding id, and the place or node it must be at (empty: anywhere)."""

    id: str
    at: str

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is one of those expected."""
        return finding.id == self.id and (_is_at(finding.site, self.at) or _is_node(finding.where, self.at))

    def mark(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return the findings with those expected marked as acknowledged."""
        return tuple(
            msgspec.structs.replace(finding, acknowledged=True) if self.covers(finding) else finding
            for finding in findings
        )

    def verdict(self, findings: tuple[Finding, ...], count: int | None, *, site: Site | None) -> Verdict:
        """Return whether the expected findings are there."""
        covered = sum(self.covers(finding) for finding in findings)
        place = f", at={self.at!r}" if self.at else ""
        expectation = f"expect_finding({self.id!r}{place})"
        if covered == count or (count is None and covered):
            return Verdict(expectation=expectation, site=site)
        expected = "at least 1" if count is None else str(count)
        at = f" at {self.at}" if self.at else ""
        missing = Finding(
            id="finding_missing",
            signal="harness",
            message=f"expected {expected} × {self.id}{at}, found {covered}; {self._others(findings)}",
        )
        return Verdict(expectation=expectation, findings=(missing,), site=site)

    def _others(self, findings: tuple[Finding, ...]) -> str:
        if not findings:
            return "nothing at all was found"
        counts = Counter(f.id + _place(f) for f in findings)
        shown = [text if number == 1 else f"{number} × {text}" for text, number in counts.items()]
        near = closest(self.id, [f.id for f in findings])
        hint = f"; closest: {near}" if near and near != self.id else ""
        return f"found: {some(shown, _MOST)}{hint}"


def _place(finding: Finding) -> str:
    if finding.where and finding.site:
        return f" at {finding.where} ({finding.site})"
    return f" at {finding.where or finding.site}" if finding.where or finding.site else ""


def _is_node(where: str, at: str) -> bool:
    """Return whether a node's path is a place, or ends in it: ``GET / › query``, ``query``."""
    return where == at or where.endswith(f" › {at}")


def _is_at(site: Site | None, at: str) -> bool:
    if not at:
        return True
    if site is None:
        return False
    places = (str(site), site.file)
    return any(place == at or place.endswith(f"/{at}") for place in places)
