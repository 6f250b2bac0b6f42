"""Sampling on purpose: the seed's rule is a reservoir and then 10 %, not "10 %"."""

import math
import time

from flask.testing import FlaskClient

from harness import SamplingRule, ScenarioTelemetry, contains, export_request, segment, span

CRUDDUR = SamplingRule(
    rule_name="Cruddur", priority=9000, fixed_rate=0.1, reservoir_size=5, service_name="backend-flask"
)
REQUESTS = 600
FALSE_ALARM_RATE = 1e-6


def test_everything_is_sampled_unless_a_scenario_asks(
    backend: FlaskClient, telemetry: ScenarioTelemetry
) -> None:
    for _ in range(20):
        backend.get("/api/activities/home")

    telemetry.expect_count(20, segment("backend-flask"))


def test_the_seeds_rule(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    """Until targets are assigned the SDK borrows at most one a second, and samples 10 % of the rest.

    The bounds are exact binomial quantiles: this fails by chance once in a million runs.
    """
    started = time.monotonic()
    with telemetry.sampling(CRUDDUR):
        for _ in range(REQUESTS):
            backend.get("/api/activities/home")
    borrowed = math.floor(time.monotonic() - started) + 2  # seconds of the clock that the run touched

    sampled = len(telemetry.segments)
    low, high = binomial_bounds(REQUESTS - borrowed, CRUDDUR.fixed_rate, FALSE_ALARM_RATE)
    assert low <= sampled <= high + borrowed
    telemetry.expect_count(sampled, segment("backend-flask", aws={"xray": {"sampling_rule_name": "Cruddur"}}))
    telemetry.expect(export_request("/GetSamplingRules", channel="xray"))
    telemetry.expect_count(REQUESTS, span(contains("home"), scope=contains("flask")))


def test_the_callers_decision_wins(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    root = "1-5759e988-bd862e3fe1be46a994272793"
    with telemetry.sampling(CRUDDUR):
        for _ in range(30):
            backend.get("/api/activities/home", headers={"X-Amzn-Trace-Id": f"Root={root};Sampled=0"})

    telemetry.expect_none(segment("backend-flask"))
    telemetry.expect_count(30, span("GET /api/activities/home"))


def binomial_bounds(trials: int, rate: float, false_alarm_rate: float) -> tuple[int, int]:
    """Return the smallest range of counts that misses at most half the rate on each side."""
    total, low, high = 0.0, 0, trials
    for count in range(trials + 1):
        probability = math.comb(trials, count) * rate**count * (1 - rate) ** (trials - count)
        if total + probability <= false_alarm_rate / 2:
            low = count + 1
        if total < 1 - false_alarm_rate / 2:
            high = count
        total += probability
    return low, high
