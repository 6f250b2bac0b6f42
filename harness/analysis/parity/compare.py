"""Two runs of the same scenarios, one with the X-Ray SDK and one with OpenTelemetry, as X-Ray shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from harness.analysis.parity.attributes import Indexed
from harness.analysis.parity.difference import Difference, harmless
from harness.analysis.parity.documents import compare_documents
from harness.analysis.parity.exported import Exported, exported
from harness.analysis.parity.kept import compare_kept
from harness.analysis.parity.pairing import CALLING, Document, Place, paired
from harness.analysis.parity.requests import pair_requests, request_name
from harness.model import Finding, Level, RunRecord, ScenarioRecord, Segment, Site, Subsegment
from harness.xray_filter.service_map import documents_of

_RERUN = "run the same scenarios in both forms"
_SAMPLE = (
    "let both decide alike: X-Ray's sampling rules for both, or the caller's decision"
    " (the propagator xray and a parent-based sampler)"
)


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """What a comparison found.

    Attributes:
        requests: How many were compared.
        findings: Gaps (errors), lost details (warnings), harmless differences (info).
    """

    requests: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """True when there is no gap that a dashboard, a group or a filter would notice."""
        return not any(finding.level is Level.ERROR for finding in self.findings)


def compare_runs(xray: RunRecord, otel: RunRecord, indexed: Indexed = Indexed()) -> Parity:  # noqa: B008
    """Compare the segments of the one run with what the spans of the other become in X-Ray.

    Scenarios are the same when they have the same name, or when each run has just one.

    Args:
        indexed: What the exporter is configured to index.

    >>> compare_runs(RunRecord(), RunRecord()).holds
    True
    """
    first = [scenario for scenario in xray.scenarios if scenario.telemetry.segments]
    second = [scenario for scenario in otel.scenarios if scenario.telemetry.spans]
    alone: tuple[Finding, ...] = ()
    if len(first) == len(second) == 1:
        pairs = [(first[0], second[0])]
    else:
        named = {scenario.name: scenario for scenario in second}
        pairs = [(each, named[each.name]) for each in first if each.name in named]
        alone = (*_alone(first, second, "X-Ray"), *_alone(second, first, "OpenTelemetry"))
    compared = [_scenario(*pair, indexed) for pair in pairs]
    return Parity(
        requests=sum(parity.requests for parity in compared),
        findings=(*alone, *(finding for parity in compared for finding in parity.findings)),
    )


def _alone(
    scenarios: Sequence[ScenarioRecord], others: Sequence[ScenarioRecord], form: str
) -> Iterator[Finding]:
    known = {scenario.name for scenario in others}
    for scenario in scenarios:
        if scenario.name not in known:
            message = f"scenario {scenario.name!r} has telemetry in the run of {form} only; {_RERUN}"
            yield Finding(id="parity_scenario_missing", signal="harness", message=message, site=scenario.site)


def _scenario(xray: ScenarioRecord, otel: ScenarioRecord, indexed: Indexed) -> Parity:
    sent = exported(otel.telemetry.spans, indexed)
    requests = pair_requests(xray.telemetry.segments, sent.segments)
    findings = [
        *_left_over(requests.paired, requests.only_xray, requests.only_otel),
        *_orphans(sent),
        *_calls(xray.telemetry.segments, sent.segments, requests.paired),
        *(finding for pair in requests.paired for finding in _request(*pair)),
    ]
    inside = f" (in {xray.name})" if xray.name == otel.name else ""
    told = tuple(msgspec.structs.replace(each, message=each.message + inside) for each in findings)
    return Parity(requests=len(requests.paired), findings=told)


def _left_over(
    pairs: Sequence[tuple[Segment, Segment]], only_xray: Sequence[Segment], only_otel: Sequence[Segment]
) -> Iterator[Finding]:
    """Yield a finding for each kind of request that one form has, or has more often."""
    both = Counter(request_name(first) for first, _ in pairs)
    missing, extra = Counter(map(request_name, only_xray)), Counter(map(request_name, only_otel))
    for name in dict.fromkeys((*missing, *extra)):
        if both[name]:
            found, sent = both[name] + missing[name], both[name] + extra[name]
            difference = Difference(
                "parity_sampling", f"sampling: X-Ray {found} times, OpenTelemetry {sent}; {_SAMPLE}"
            )
        elif missing[name]:
            difference = Difference(
                "parity_request_missing",
                f"{missing[name]} segments in X-Ray, none in OpenTelemetry;"
                " instrument the server, and sample it",
            )
        else:
            difference = Difference(
                "parity_request_extra",
                f"no segment in X-Ray, {extra[name]} in OpenTelemetry;"
                " the X-Ray SDK did not sample it, or lost it: see the findings of that run",
            )
        yield _finding(difference, name)


def _orphans(sent: Exported) -> Iterator[Finding]:
    for orphan in sent.orphans:
        message = (
            f"its parent {orphan.parent_id} was not captured, so that X-Ray has no request to show it in;"
            " export the parent, too"
        )
        yield _finding(Difference("parity_subsegment_orphaned", message), orphan.name, site=orphan.site)


def _calls(
    xray: Sequence[Segment], otel: Sequence[Segment], pairs: Sequence[tuple[Segment, Segment]]
) -> Iterator[Finding]:
    """Yield a finding for each request that another service of the run made in X-Ray only."""
    callers, others = _documents(xray), _documents(otel)
    for first, second in pairs:
        caller = callers.get((first.trace_id, first.parent_id))
        if caller is not None and (second.trace_id, second.parent_id) not in others:
            message = (
                f"called by {caller.name!r} in X-Ray, the beginning of a trace in OpenTelemetry;"
                " propagate the context: the same propagators in both services"
            )
            yield _finding(Difference("parity_hierarchy", message), request_name(first), site=second.site)


def _documents(segments: Sequence[Segment]) -> dict[tuple[str, str | None], Document]:
    """Return the documents of all segments by trace and id."""
    return {
        (segment.trace_id, document.id): document
        for segment in segments
        for document in documents_of(segment)
    }


def _request(xray: Segment, otel: Segment) -> Iterator[Finding]:
    name = request_name(xray)
    first, second = paired(xray, otel)
    if len(second) > 1:
        message = f"the exporter sends {len(second)} documents, the SDK embeds subsegments"
        yield _finding(harmless("parity_documents", message), name)
    message = "the exporter sends error, fault and throttle when they are false, too"
    yield _finding(harmless("parity_explicit_false", message), name)
    for place in first:
        where = " › ".join((name, *place.path))
        if place.partner is None:
            yield _finding(_missing(place), where, site=place.document.site)
            continue
        captured = place.partner.document
        site = captured.site or place.document.site
        differences = [*_hierarchy(place, place.partner), *compare_documents(place.document, captured)]
        for difference in (*differences, *compare_kept(place.document, captured)):
            yield _finding(difference, where, site=site)
    for place in second:
        if place.partner is None:
            yield _finding(_extra(place), " › ".join((name, *place.path)), site=place.document.site)


def _missing(place: Place) -> Difference:
    namespace = place.document.namespace if isinstance(place.document, Subsegment) else None
    kind = "a CLIENT span" if namespace in CALLING else "a span"
    return Difference(
        "parity_subsegment_missing",
        f"subsegment {place.document.name!r} of X-Ray is no span in OpenTelemetry;"
        f" start {kind} named {place.document.name!r} there",
    )


def _extra(place: Place) -> Difference:
    namespace = place.document.namespace if isinstance(place.document, Subsegment) else None
    message = f"span {place.document.name!r} of OpenTelemetry is no subsegment in X-Ray"
    if namespace in CALLING:
        more = f"{message}; the service map shows a call that it did not show before"
        return Difference("parity_subsegment_extra", more, Level.WARNING)
    return harmless("parity_subsegment_extra", message)


def _hierarchy(xray: Place, otel: Place) -> Iterator[Difference]:
    if xray.moved and xray.parent and otel.parent:
        places = f"below {xray.parent.document.name!r} in X-Ray, below {otel.parent.document.name!r} in"
        message = f"{places} OpenTelemetry; start the span while its parent is the current one"
        yield Difference("parity_hierarchy", message)


def _finding(difference: Difference, where: str, *, site: Site | None = None) -> Finding:
    return Finding(
        id=difference.id,
        signal="segment",
        message=difference.message,
        level=difference.level,
        where=where,
        site=site,
    )
