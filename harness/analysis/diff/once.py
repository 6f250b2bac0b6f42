"""What an app does once in a process: the scenario that happened to come first has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from harness.analysis.diff.edits import Edit, Step
from harness.contract.write.names import name_form
from harness.model import ExportRequest, Telemetry

_BY_THE_CLOCK = frozenset({"SamplingTargets", "GetSamplingTargets"})
"""SDKs report sampling every 10 seconds: whether a run has one says only how long it took."""

Root = tuple[str, str, str, str]


class Found(NamedTuple):
    """Edits of one tree: of which signal, in which scenarios, and how often it was captured."""

    signal: str
    scenarios: Sequence[str]
    edits: Sequence[Edit]
    times: int


def is_control(export: ExportRequest) -> bool:
    """Return whether a request carries no telemetry: a log group made, sampling rules asked for."""
    return export.channel != "otlp" and not export.items and not export.resent


def export_name(export: ExportRequest) -> str:
    """Return what exports are compared under."""
    return f"{export.channel} {name_form(export.path)}"


def control_calls(parts: Iterable[Telemetry]) -> frozenset[str]:
    """Return the names of the requests of a whole run that carry no telemetry, and are not the clock's."""
    calls = (export for part in parts for export in part.exports if is_control(export))
    return frozenset(export_name(call) for call in calls if call.path.removeprefix("/") not in _BY_THE_CLOCK)


def control_edits(before: frozenset[str], after: frozenset[str]) -> Iterator[Edit]:
    """Yield which of them only one run made: some are made by the first process only."""
    for name in sorted(before ^ after):
        counts = ("some", "none") if name in before else ("none", "some")
        yield Edit("count_changed", "export_request", Step(None, name), "count", *counts, "", 1)


def without_moves(found: Iterable[Found]) -> Iterator[Found]:
    """Yield edits; what one scenario has no more and others have as often instead is another count."""
    everything = list(found)
    lost: Counter[Root | None] = Counter()
    gained: Counter[Root | None] = Counter()
    for one in everything:
        for edit in one.edits:
            if edit.kind == "removed":
                lost[_root(one.signal, edit)] += edit.times * one.times
            elif gain := _gain(edit):
                gained[_root(one.signal, edit)] += gain * one.times
    moved = {root for root, times in lost.items() if root and gained[root] >= times}
    for one in everything:
        edits = [_counted(edit) if _root(one.signal, edit) in moved else edit for edit in one.edits]
        yield one._replace(edits=edits) if moved else one


def _root(signal: str, edit: Edit) -> Root | None:
    """Return what identifies the root that an edit removes, adds or counts; None when it does neither."""
    if edit.path is None or edit.path.parent is not None or edit.what not in ("", "count"):
        return None
    return signal, edit.noun, edit.path.name, edit.scope


def _gain(edit: Edit) -> int:
    if edit.kind == "count_changed" and isinstance(edit.before, int) and isinstance(edit.after, int):
        return max(edit.after - edit.before, 0)
    return edit.times if edit.kind == "added" else 0


def _counted(edit: Edit) -> Edit:
    if edit.kind not in ("removed", "added"):
        return edit
    before, after = (edit.times, 0) if edit.kind == "removed" else (0, edit.times)
    return edit._replace(kind="count_changed", what="count", before=before, after=after, below=0)
