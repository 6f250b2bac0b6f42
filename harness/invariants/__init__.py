"""Rules that hold for any app, checked for every scenario without being asked for.

An invariant is one file that defines ``check(telemetry, verdicts)`` and
returns findings; third parties register that function as an entry point of
group ``harness.invariants``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness import registry
from harness.expect import finding_ids
from harness.model import Finding, Telemetry, Verdict

Invariant = Callable[[Telemetry, tuple[Verdict, ...]], Iterable[Finding]]


FINDING_IDS = (
    "annotation_dropped",
    "arrivals_lost",
    "command_failed",
    "command_killed",
    "context_leaked",
    "context_missing",
    "datagrams_dropped",
    "document_conflicting",
    "document_invalid",
    "document_not_sent",
    "document_practice",
    "document_schema",
    "exception_unasserted",
    "export_differs",
    "export_refused",
    "flush_failed",
    "input_rejected",
    "log_event_refused",
    "log_event_rejected",
    "log_event_unsent",
    "lost_at_exit",
    "metadata_dropped",
    "metric_refused",
    "name_changed",
    "outbound_refused",
    "phantom_trace_id",
    "run_interrupted",
    "scenario_vacuous",
    "sdk_warning",
    "segment_replaced",
    "segment_unfinished",
    "span_conflicting",
    "span_ids_repeated",
    "span_processor_unattached",
    "span_unexported",
    "span_unfinished",
    "subsegment_orphaned",
    "subsegment_too_deep",
    "subsegment_unfinished",
    "trace_begun_elsewhere",
    "trace_context_lost",
    "worker_lost",
)
"""What the built-in invariants, and the plugin, find without being asked for."""


def known_ids() -> tuple[str, ...]:
    """Return every finding id, those of third-party invariants that name theirs in `FINDING_IDS` too."""
    others = (
        getattr(check, "FINDING_IDS", ()) for check in registry.third_party("harness.invariants").values()
    )
    return (*FINDING_IDS, *finding_ids(), *(identifier for ids in others for identifier in ids))


def all_invariants() -> dict[str, Invariant]:
    """Return name → invariant, built-in and third-party."""
    built_in = {
        m.__name__.rpartition(".")[2]: m.check for m in registry.built_in_modules("harness.invariants")
    }
    return built_in | registry.third_party("harness.invariants")


def check_invariants(
    telemetry: Telemetry, verdicts: tuple[Verdict, ...], invariants: Iterable[Invariant] | None = None
) -> tuple[Finding, ...]:
    """Return what the invariants find in a scenario, equal findings once.

    Args:
        telemetry: The scenario's.
        verdicts: Its checks: an exception that one of them asserts is no finding.
        invariants: `all_invariants` by default.
    """
    rules = all_invariants().values() if invariants is None else invariants
    return tuple(dict.fromkeys(finding for rule in rules for finding in rule(telemetry, verdicts)))
