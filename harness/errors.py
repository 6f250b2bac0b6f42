"""Every error the harness raises on purpose.

    HarnessError
    ├── ConfigurationError    a wrong option, ini value or environment
    │   └── ContractError     … or a contract file, with each place
    ├── RecordError           a run record that cannot be read or written
    ├── LaunchError           an app under test that does not start
    │   └── ImageNotPulledError  … because its image builds on one that is not here
    ├── FilterError           a filter expression that X-Ray would refuse
    ├── DecodeError           bytes that are not what their channel promises
    │   └── UnsupportedMedia  … in a type or encoding that no receiver reads
    ├── PatternTimeout        a regular expression that backtracks without end
    ├── SettleTimeout         telemetry still open or in flight at the deadline
    └── OutboundRefused       a captured process tried to reach the real world

Telemetry that does not hold is not an error of the harness: it is an
``AssertionError`` (`harness.expect.TelemetryAssertionError`).
"""

from __future__ import annotations

from collections.abc import Sequence


class HarnessError(Exception):
    """The root of every error raised on purpose by the harness."""


class ConfigurationError(HarnessError):
    """An option, an ini value or an environment variable cannot be used."""


class ContractError(ConfigurationError):
    """A contract file cannot be used.

    Attributes:
        problems: ``file:line:column: what is wrong and what to do``, one for each place.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class RecordError(HarnessError):
    """A run record cannot be read or written."""


class LaunchError(HarnessError):
    """An app under test did not start, or did not become ready."""


class ImageNotPulledError(LaunchError):
    """An image builds on one that is not on this machine and cannot be pulled."""


class FilterError(HarnessError, ValueError):
    """A filter expression does not parse, or asks for what is not evaluated here.

    Attributes:
        column: Where, counted from 1.
    """

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.column = column


class DecodeError(HarnessError):
    """Bytes are not what their channel promises; they become a `Rejected`."""


class UnsupportedMedia(DecodeError):
    """A content type or content encoding that is not read; over HTTP, status 415."""


class PatternTimeout(HarnessError):
    """A regular expression was stopped: whether it matches is not known."""


class SettleTimeout(HarnessError):
    """Telemetry was still open or in flight when the deadline passed."""


class OutboundRefused(HarnessError, OSError):
    """A captured process tried to reach a real telemetry backend."""


def in_our_words(error: Exception | str) -> str:
    """Return the message of one of msgspec's errors in the vocabulary of ours.

    >>> in_our_words(ValueError("Expected `int`, got `str`"))
    'Expected `int`, captured `str`'
    """
    return str(error).replace(", got ", ", captured ")
