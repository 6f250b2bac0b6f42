from __future__ import annotations

from harness import SamplingRule
from harness.capture.xray_api.reservoirs import Reservoirs, targets_response
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
