"""What was checked and what does not hold."""

from __future__ import annotations

import enum

import msgspec

from harness.model.site import Site


class Level(enum.StrEnum):
    """How bad a finding is: an error turns the build red."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that does not hold.

    Attributes:
        id: Stable id (``attribute_mismatch``, ``segment_unfinished``, …).
        signal: ``span``, ``segment``, ``log_event``, ``log_record``,
            ``metric``, ``export_request``, ``resource`` or ``harness``.
        message: What, expected against captured, closest candidate, next step.
        where: The node it is about, as a path from its root:
            ``GET /x › child``; empty when it is about the whole scenario.
        site: Where in the app's source, when that is known.
        acknowledged: A scenario said that it expects this finding.
    """

    id: str
    signal: str
    message: str
    level: Level = Level.ERROR
    where: str = ""
    site: Site | None = None
    trace_id: str | None = None
    acknowledged: bool = False


class Match(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One captured value that an expectation matched, and what it checked.

    Attributes:
        signal: As in `Finding`.
        node_id: ``trace_id/span_id`` of a span or segment; for other signals
            ``index`` into the scenario's tuple of that signal, as a string.
        fields: The paths it checked: ``name``, ``kind``,
            ``attributes.app.now``, ``metadata.namespace.key``, …
    """

    signal: str
    node_id: str
    fields: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The outcome of one check.

    Attributes:
        expectation: The expectation as Python source.
        findings: What does not hold; empty when the check passed.
        matched: What was checked.
        site: The line of the scenario that made the check.
    """

    expectation: str = ""
    findings: tuple[Finding, ...] = ()
    matched: tuple[Match, ...] = ()
    site: Site | None = None

    @property
    def passed(self) -> bool:
        """True when nothing of error level was found."""
        return not any(f.level is Level.ERROR for f in self.findings)


def is_failure(finding: Finding) -> bool:
    """Return True for a finding that turns the build red.

    >>> is_failure(Finding(id="span_missing", signal="span", message="…", acknowledged=True))
    False
    """
    return finding.level is Level.ERROR and not finding.acknowledged
