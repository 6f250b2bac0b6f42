"""The report of OpenTelemetry Weaver's live check → findings.

Source: Weaver 0.25, "Weaver Live Check", sections "PolicyFinding" and "Output".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harness.errors import DecodeError, in_our_words
from harness.model import Finding, Level

_LEVELS = {"violation": Level.ERROR, "improvement": Level.WARNING, "information": Level.INFO}
_SIGNALS = {"span": "span", "metric": "metric", "log": "log_record"}


class _Report(msgspec.Struct):
    samples: list[Any]


class _Advice(msgspec.Struct, frozen=True):
    id: str
    level: str
    message: str
    signal_type: str | None = None
    signal_name: str | None = None


def findings_of_report(data: bytes) -> tuple[Finding, ...]:
    """Return what Weaver found, equal findings once, with how often.

    Args:
        data: `live_check.json`.

    Raises:
        DecodeError: It is no report, or not about a single sample.
    """
    times: dict[_Advice, int] = {}
    try:
        samples = msgspec.json.decode(data, type=_Report).samples
        for found in _advice(samples):
            advice = msgspec.convert(found, _Advice)
            times[advice] = times.get(advice, 0) + 1
        findings = tuple(_finding(advice, number) for advice, number in times.items())
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DecodeError(f"it is not as Weaver 0.25 writes it: {in_our_words(error)}") from error
    if not samples:
        raise DecodeError("it is about no sample at all, and some were sent")
    return findings


def _advice(value: Any) -> Iterator[Any]:
    """Yield what each ``live_check_result`` says, wherever it stands in a sample."""
    if isinstance(value, list):
        for item in value:
            yield from _advice(item)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key == "live_check_result" and isinstance(below, dict):
                yield from below.get("all_advice", ())
            else:
                yield from _advice(below)


def _finding(advice: _Advice, times: int) -> Finding:
    if advice.level not in _LEVELS:
        raise ValueError(f"expected level {', '.join(_LEVELS)}, captured {advice.level!r}")
    return Finding(
        id=f"semconv_{advice.id}",
        signal=_SIGNALS.get(advice.signal_type or "", "harness"),
        message=f"{advice.message} ({times} times)" if times > 1 else advice.message,
        level=_LEVELS[advice.level],
        where=advice.signal_name or ("resource" if advice.signal_type == "resource" else ""),
    )
