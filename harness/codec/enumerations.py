"""OTLP's numbers of kinds, status codes and temporalities; their order is that of the model's enumerations.

Of a number that is none, as a later version may send, nothing is known (protobuf's enumerations are open).
"""

from __future__ import annotations

from harness.model import SpanKind, StatusCode, Temporality

_KINDS = dict(enumerate(SpanKind))
_STATUS_CODES = dict(enumerate(StatusCode))
_TEMPORALITIES = dict(enumerate(Temporality))


def kind_of(number: int) -> SpanKind:
    """Return a span's kind."""
    return _KINDS.get(number, SpanKind.UNSPECIFIED)


def status_code_of(number: int) -> StatusCode:
    """Return a status code.

    >>> status_code_of(2).value, status_code_of(-1).value
    ('error', 'unset')
    """
    return _STATUS_CODES.get(number, StatusCode.UNSET)


def temporality_of(number: int) -> Temporality:
    """Return the temporality of a metric."""
    return _TEMPORALITIES.get(number, Temporality.UNSPECIFIED)
