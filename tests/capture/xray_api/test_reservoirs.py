from __future__ import annotations

import pytest

from harness import SamplingRule
from harness.capture.xray_api import reservoirs as reservoirs_module
from harness.capture.xray_api.reservoirs import ACTIVE_S, Reservoirs, targets_response
from harness.capture.xray_api.rules import RuleBook
from harness.model import SamplingStatistics

CRUDDUR = SamplingRule(rule_name="Cruddur", priority=9000, fixed_rate=0.1, reservoir_size=5)


def report(client: str, rule: str = "Cruddur") -> SamplingStatistics:
    return SamplingStatistics(rule_name=rule, client_id=client, request_count=1, sampled_count=1)


def test_clients_share_a_reservoir() -> None:
    reservoirs = Reservoirs()
    assert reservoirs.quota(CRUDDUR, "a", 0) == 5
    assert reservoirs.quota(CRUDDUR, "b", 1) == 2
    assert reservoirs.quota(CRUDDUR, "a", 10) == 3
    assert reservoirs.quota(CRUDDUR, "c", 11) == 1


def test_a_client_that_went_away_has_no_share() -> None:
    reservoirs = Reservoirs()
    reservoirs.quota(CRUDDUR, "a", 0)
    assert reservoirs.quota(CRUDDUR, "b", 29) == 2
    assert reservoirs.quota(CRUDDUR, "b", 39) == 5


def test_clients_that_went_away_are_forgotten() -> None:
    reservoirs = Reservoirs()
    for number in range(100):
        reservoirs.quota(CRUDDUR, f"client-{number}", number)

    assert len(reservoirs._seen) == ACTIVE_S


def test_of_too_many_clients_those_that_reported_longest_ago_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reservoirs_module, "MAX_CLIENTS", 3)
    reservoirs = Reservoirs()
    for client in ("a", "b", "c", "a", "d"):
        reservoirs.quota(CRUDDUR, client, 0)

    assert list(reservoirs._seen) == [("Cruddur", "c"), ("Cruddur", "a"), ("Cruddur", "d")]
    assert reservoirs.quota(CRUDDUR, "d", 0) == 1


def test_targets() -> None:
    book = RuleBook(lambda: 50.0)
    book.put(CRUDDUR)

    answer = targets_response(book, Reservoirs(), [report("a"), report("a", "Gone")], 60.0)

    assert answer == {
        "SamplingTargetDocuments": [
            {
                "RuleName": "Cruddur",
                "FixedRate": 0.1,
                "ReservoirQuota": 5,
                "ReservoirQuotaTTL": 70.0,
                "Interval": 10,
            }
        ],
        "LastRuleModification": 50.0,
        "UnprocessedStatistics": [{"RuleName": "Gone", "ErrorCode": "400", "Message": "unknown rule"}],
        "UnprocessedBoostStatistics": [],
    }
