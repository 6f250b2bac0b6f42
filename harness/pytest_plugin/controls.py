"""What a scenario asks of the receivers: how to answer, what to sample, and what they counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from harness.capture.answers import Answer
from harness.capture.bucket import Bucket
from harness.capture.channels.otel import OtelChannel
from harness.capture.channels.xray import XRayChannel
from harness.capture.otlp_receiver import OtlpReceiver
from harness.capture.session import Capture
from harness.capture.xray_rules import SamplingRule
from harness.errors import ConfigurationError
from harness.expect.argument import TEXT
from harness.model import DaemonCounters, SamplingStatistics


class ReceiverControls:
    """The OTLP receiver's and the X-Ray daemon's side of a scenario.

    Args:
        capture: The process's capture.
        bucket: Returns what the scenario owns.
    """

    def __init__(self, capture: Capture, bucket: Callable[[], Bucket]) -> None:
        self._capture = capture
        self._bucket = bucket

    def sampling(self, *rules: SamplingRule) -> AbstractContextManager[None]:
        """Return a context in which the X-Ray SDK samples by these rules.

        Outside it everything is sampled, whatever the app's rules say.

        Raises:
            ConfigurationError: Channel ``xray`` is not configured.
            TypeError: A rule is none.
        """
        for rule in rules:
            if not isinstance(rule, SamplingRule):
                raise TypeError(f"sampling: expected SamplingRule(…), {rule!r} given")
        return self._xray("sampling()").sampling(*rules)

    @property
    def sampling_statistics(self) -> tuple[SamplingStatistics, ...]:
        """What X-Ray SDKs have reported about their sampling decisions, in order of arrival.

        An SDK reports every 10 seconds, for all the requests since its last report.

        Raises:
            ConfigurationError: Channel ``xray`` is not configured.
        """
        channel = self._xray("sampling_statistics")
        self._capture.settle()
        return channel.statistics_of(self._bucket())

    @property
    def daemon_counters(self) -> DaemonCounters:
        """What became of the X-Ray datagrams of the whole process, under the daemon's own names.

        Raises:
            ConfigurationError: Channel ``xray`` is not configured.
        """
        channel = self._xray("daemon_counters")
        self._capture.settle()
        return channel.counters()

    def _xray(self, what: str) -> XRayChannel:
        channel = self._capture.channels.get("xray")
        if not isinstance(channel, XRayChannel):
            raise ConfigurationError(f"{what} needs channel 'xray' in telemetry_channels")
        return channel

    def answering(
        self, answer: Answer, *, times: int | None = None, path: str = ""
    ) -> AbstractContextManager[None]:
        """Return a context in which the OTLP receiver gives exporters this answer.

        Args:
            answer: ``Answer(status=503, retry_after_s=1)``, ``Answer(delay_s=5)``, ``Answer(close=True)``.
            times: To so many requests at most; to all by default.
            path: Only to ``/v1/traces``, ``/v1/metrics`` or ``/v1/logs``.

        Raises:
            ConfigurationError: Channel ``otel`` is not configured.
            TypeError: The answer is none, or `times` is no whole number.
            ValueError: `times` is less than 1.
        """
        return self._otlp("answering()").answers.giving(answer, times=times, path=path)

    def requiring_header(self, name: str) -> AbstractContextManager[None]:
        """Return a context in which exports without this header, or with it empty, are answered 401.

        Raises:
            ConfigurationError: Channel ``otel`` is not configured.
            TypeError: The name is no text.
        """
        TEXT.require("requiring_header", name)
        return self._otlp("requiring_header()").answers.requiring(name)

    def _otlp(self, verb: str) -> OtlpReceiver:
        channel = self._capture.channels.get("otel")
        if not isinstance(channel, OtelChannel):
            raise ConfigurationError(f"{verb} needs channel 'otel' in telemetry_channels")
        return channel.receiver
