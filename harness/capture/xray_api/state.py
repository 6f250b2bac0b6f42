"""What X-Ray's service side knows: one value, shared by the daemon and the AWS endpoint."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from harness.capture.xray_api.documents import DocumentStore
from harness.capture.xray_api.groups import Groups
from harness.capture.xray_api.reports import SamplingReports
from harness.capture.xray_api.reservoirs import Reservoirs, targets_response
from harness.capture.xray_api.rules import RuleBook
from harness.model import SamplingStatistics, XRayTrace


class XRayState:
    """Rules, reservoirs and statistics of this process.

    It lives as long as the receivers: a rule created in one scenario is there
    in the next, as it would be in AWS.

    Attributes:
        clock: Seconds since the epoch.
        groups: Names for filter expressions.
        documents: What the read API looks at.
        catch_up: Reads what was sent before a question; set by the daemon.
        reports: What SDKs have reported of their sampling.
        take_document: Takes a datagram that came through the API; set by the daemon.
        keep_refused: Takes why a document was refused, and the document; set by the daemon.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.rules = RuleBook(clock)
        self.reservoirs = Reservoirs()
        self.reports = SamplingReports()
        self.groups = Groups()
        self.documents = DocumentStore()
        self.catch_up: Callable[[], object] = lambda: None
        self.take_document: Callable[[bytes], None] = lambda datagram: self.documents.extend([datagram])
        self.keep_refused: Callable[[str, bytes], None] = lambda reason, document: None  # noqa: ARG005

    def traces(self, trace_ids: Sequence[str] | None = None) -> tuple[XRayTrace, ...]:
        """Return the traces of what was sent before this question; see `DocumentStore.traces`."""
        self.catch_up()
        return self.documents.traces(trace_ids)

    def targets(self, statistics: Sequence[SamplingStatistics]) -> dict[str, Any]:
        """Take what a client reports; return the body of `GetSamplingTargets`."""
        records = (*self.rules.served(), *self.rules.existing())
        self.reports.add(statistics, [record.rule.rule_name for record in records])
        return targets_response(self.rules, self.reservoirs, statistics, self.clock())
