"""The values the templates show: text, numbers and flags, already decided."""

from __future__ import annotations

import msgspec


class CountView(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its noun: ``3``, ``spans``."""

    number: str
    noun: str


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """One finding.

    Attributes:
        tone: ``fails``, ``warning``, ``info`` or ``acknowledged``.
        anchor: The scenario's, empty for a finding about the run.
        times: How often it came.
    """

    tone: str
    id: str
    signal: str
    where: str
    message: str
    site: str
    scenario: str = ""
    anchor: str = ""
    times: int = 1


class VerdictView(msgspec.Struct, frozen=True, kw_only=True):
    """One check: the expectation, and whether it holds."""

    passed: bool
    expectation: str
    site: str
    matched: str


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute, annotation, metadata or http value of a node."""

    path: str
    value: str
    type: str
    asserted: bool


class RowView(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a waterfall.

    Attributes:
        x: Where the bar begins, in percent of the time axis.
        width: How long it is, likewise; empty for a moment.
        facts: Empty for a log, and for a node without any.
        facts_left_out: How many more there are.
    """

    signal: str
    badge: str
    name: str
    depth: int
    x: str
    width: str
    start: str
    duration: str
    finished: bool
    failed: bool
    asserted: bool
    by_time: bool
    site: str
    facts: tuple[FactView, ...] = ()
    facts_left_out: int = 0


class WaterfallView(msgspec.Struct, frozen=True, kw_only=True):
    """One request on one time axis.

    Attributes:
        ticks: The labels at 0, 25, 50, 75 and 100 % of the axis.
        rows_left_out: How many rows this page does not show.
    """

    title: str
    trace_ids: tuple[str, ...]
    duration: str
    ticks: tuple[str, ...]
    by_time: bool
    rows: tuple[RowView, ...]
    rows_left_out: int = 0


class EvidenceView(msgspec.Struct, frozen=True, kw_only=True):
    """What is unfinished, rejected or lost, one line each."""

    kind: str
    name: str
    text: str
    site: str = ""


class ScenarioView(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario.

    Attributes:
        status: ``failed``, ``passed``, ``skipped`` or ``vacuous``.
        left_out: What of it this page does not show, as a sentence.
    """

    anchor: str
    name: str
    status: str
    opens: bool
    site: str
    duration: str
    captured: str
    checked: bool
    findings: tuple[FindingView, ...]
    verdicts: tuple[VerdictView, ...]
    evidence: tuple[EvidenceView, ...]
    waterfalls: tuple[WaterfallView, ...]
    left_out: str = ""

    @property
    def fails(self) -> bool:
        """True for a problem, which the keys j and k stop at."""
        return self.status == "failed"


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """One path of a coverage row."""

    path: str
    captured: str
    asserted: int
    types: str
    checked_by: str


class CoverageRowView(msgspec.Struct, frozen=True, kw_only=True):
    """One name with the paths of its nodes."""

    signal: str
    scope: str
    name: str
    captured: str
    asserted: str
    is_asserted: bool
    checked_by: str
    fields: tuple[FieldView, ...]

    @property
    def has_gap(self) -> bool:
        """True when nobody checks it, or something of it."""
        return not self.is_asserted or any(item.asserted == 0 for item in self.fields)


class ShareView(msgspec.Struct, frozen=True, kw_only=True):
    """Captured, asserted and unasserted of one kind of thing."""

    noun: str
    captured: str
    asserted: str
    unasserted: str
    percent: int | None


class CoverageView(msgspec.Struct, frozen=True, kw_only=True):
    """The coverage table with its totals."""

    shares: tuple[ShareView, ...]
    rows: tuple[CoverageRowView, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on `index.html`.

    Attributes:
        state: ``holds``, ``fails`` or ``unchecked``.
        failures: The findings that turn the build red.
        notices: The run's other findings, and its scenarios' warnings, each text once.
        cut: What the record itself does not hold.
        left_out: What the record holds and this page does not show.
    """

    state: str
    headline: str
    tally: str
    started: str
    counts: tuple[CountView, ...]
    failures: tuple[FindingView, ...]
    notices: tuple[FindingView, ...]
    scenarios: tuple[ScenarioView, ...]
    coverage: CoverageView
    outside: tuple[WaterfallView, ...]
    outside_evidence: tuple[EvidenceView, ...]
    outside_captured: str
    packages: tuple[tuple[str, str], ...]
    cut: tuple[str, ...]
    left_out: tuple[str, ...]
