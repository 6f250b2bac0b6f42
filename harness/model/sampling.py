"""What SDKs report about sampling, and what the daemon counts."""

from __future__ import annotations

import msgspec


class SamplingStatistics(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One client's decisions by one sampling rule since its last report.

    Attributes:
        client_id: 24 hex digits that name the reporting process.
        request_count: Requests that the rule decided about.
        sampled_count: Those that were sampled, for whichever reason.
        borrow_count: Those that were sampled without a quota, one a second at most.
        timestamp: Seconds since the epoch.
    """

    rule_name: str
    client_id: str
    request_count: int
    sampled_count: int
    borrow_count: int = 0
    timestamp: float = 0.0


class DaemonCounters(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Documents by what became of them, under the daemon's own names.

    Attributes:
        received: What came in.
        spillover: What the kernel dropped because the buffer was full.
        rejected: What did not parse.
        sent: What was handed on: here, to the scenarios.
    """

    received: int = 0
    spillover: int = 0
    rejected: int = 0
    sent: int = 0
