"""Sampling on purpose: the SDK's own sampler against rules of the scenario."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

from harness.capture.arrivals import Arrivals
from harness.capture.xray_daemon import XRayDaemon
from harness.capture.xray_rules import SamplingRule
from harness.capture.xray_watch import XRayWatch
from harness.clock import monotonic
from harness.errors import SettleTimeout

_RULES_TIMEOUT_S = 10.0


@contextlib.contextmanager
def sampled_by(
    rules: tuple[SamplingRule, ...], daemon: XRayDaemon, watch: XRayWatch, arrivals: Arrivals
) -> Iterator[None]:
    """Let the recorders decide by these rules while the context lasts.

    The SDK polls for rules in a thread of its own and decides by local rules
    until they are there; this waits until they are.

    Raises:
        SettleTimeout: The SDK did not fetch the rules in time.
    """
    from aws_xray_sdk.core.daemon_config import DaemonConfig
    from aws_xray_sdk.core.sampling.sampler import DefaultSampler

    recorders = tuple(watch.recorders)
    previous_rules, daemon.rules = daemon.rules, rules
    previous_sampling, watch.sampling = watch.sampling, True
    before = [(recorder, recorder.sampler, recorder.sampling) for recorder in recorders]
    try:
        for recorder in recorders:
            sampler = DefaultSampler()
            sampler.load_settings(DaemonConfig(daemon.address), recorder.context)
            recorder.configure(sampler=sampler, sampling=True)
            sampler.start()
            deadline = monotonic() + _RULES_TIMEOUT_S
            # Nothing public tells that the fetched rules are in force.
            rules_age = functools.partial(getattr, sampler._cache, "last_updated")  # noqa: SLF001
            if not arrivals.wait_until(rules_age, deadline):
                raise SettleTimeout(f"the X-Ray SDK fetched no sampling rules within {_RULES_TIMEOUT_S} s")
        yield
    finally:
        daemon.rules = previous_rules
        watch.sampling = previous_sampling
        for recorder, sampler, sampling in before:
            recorder.configure(sampler=sampler, sampling=sampling)
