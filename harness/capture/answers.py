"""What a receiver answers instead of accepting: to test how an app's exporters bear it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer to an export request.

    Attributes:
        status: HTTP status; over gRPC its counterpart. With 200 the request is accepted as usual.
        retry_after_s: Seconds that the exporter is told to wait (`Retry-After`, gRPC `RetryInfo`).
        delay_s: Seconds until the answer is sent.
        close: Close the connection instead of answering.

    Raises:
        TypeError: A value is of another type.
        ValueError: The status is none that an answer ends with, or the seconds are no duration.
    """

    status: int = 200
    retry_after_s: float | None = None
    delay_s: float = 0.0
    close: bool = False

    def __post_init__(self) -> None:
        if type(self.status) is not int:
            raise TypeError(f"Answer: status: expected a whole number, {self.status!r} given")
        if type(self.close) is not bool:
            raise TypeError(f"Answer: close: expected True or False, {self.close!r} given")
        if not 200 <= self.status <= 599:
            raise ValueError(f"Answer: status: expected 200 to 599, {self.status!r} given")
        if self.retry_after_s is not None:
            _require_seconds("retry_after_s", self.retry_after_s)
        _require_seconds("delay_s", self.delay_s)

    @property
    def accepts(self) -> bool:
        """True when the telemetry counts as received."""
        return self.status < 300 and not self.close


def _require_seconds(argument: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"Answer: {argument}: expected seconds, {value!r} given")
    if not 0 <= value < math.inf:
        raise ValueError(f"Answer: {argument}: expected seconds, 0 or more, {value!r} given")


ACCEPT = Answer()


class _Script:
    def __init__(self, answer: Answer, times: int | None, path: str) -> None:
        self.answer = answer
        self.left = times
        self.path = path


def _require_script(answer: object, times: object) -> None:
    if not isinstance(answer, Answer):
        raise TypeError(f"answering: expected Answer(…), {answer!r} given")
    if times is not None and type(times) is not int:
        raise TypeError(f"answering: times: expected a whole number, {times!r} given")
    if times is not None and times < 1:
        raise ValueError(f"answering: times: expected at least 1, {times!r} given")


class Answers:
    """Chooses the answer to each request; accepts by default.

    Attributes:
        required_headers: Header names that each request must have, with a value.
    """

    def __init__(self) -> None:
        self.required_headers: frozenset[str] = frozenset()
        self._scripts: list[_Script] = []
        self._lock = threading.Lock()

    @contextmanager
    def giving(self, answer: Answer, *, times: int | None = None, path: str = "") -> Iterator[None]:
        """Give this answer for as long as the context lasts.

        Args:
            times: To so many requests at most.
            path: Only to this path; to any by default.

        Raises:
            TypeError: The answer is none, or `times` is no whole number.
            ValueError: `times` is less than 1.
        """
        _require_script(answer, times)
        script = _Script(answer, times, path)
        with self._lock:
            self._scripts.append(script)
        try:
            yield
        finally:
            with self._lock:
                self._scripts.remove(script)

    @contextmanager
    def requiring(self, name: str) -> Iterator[None]:
        """Demand a header for as long as the context lasts."""
        before = self.required_headers
        self.required_headers = before | {name.lower()}
        try:
            yield
        finally:
            self.required_headers = before

    def next_for(self, path: str) -> Answer:
        """Return the answer to a request, the latest script first."""
        with self._lock:
            for script in reversed(self._scripts):
                if script.path in ("", path) and script.left != 0:
                    if script.left is not None:
                        script.left -= 1
                    return script.answer
        return ACCEPT

    def missing_header(self, headers: Mapping[str, str]) -> str:
        """Return the first required header that a request has not, or has empty; empty when all are there."""
        return next((n for n in sorted(self.required_headers) if not headers.get(n, "").strip()), "")
