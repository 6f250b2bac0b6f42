from __future__ import annotations

from harness.capture.xray_api.reports import SamplingReports
from harness.model import SamplingStatistics


def report(number: int, rule: str = "Cruddur") -> SamplingStatistics:
    return SamplingStatistics(
        rule_name=rule,
        client_id="a",
        request_count=10,
        sampled_count=2,
        borrow_count=1,
        timestamp=float(number),
    )


def summary(count: int, timestamp: float) -> dict[str, object]:
    return {
        "RuleName": "Cruddur",
        "RequestCount": 10 * count,
        "BorrowCount": count,
        "SampledCount": 2 * count,
        "Timestamp": timestamp,
    }


def test_of_reports_that_nobody_takes_the_latest_stay_and_the_sums_are_whole() -> None:
    reports = SamplingReports(max_kept=3)
    for number in range(5):
        reports.add([report(number)], ["Cruddur"])

    assert list(reports.waiting) == [report(2), report(3), report(4)]
    assert reports.forgotten == 2
    assert reports.summaries() == [summary(5, 4.0)]


def test_only_rules_that_exist_are_added_up() -> None:
    reports = SamplingReports()
    reports.add([report(1), report(2, "Gone")], ["Cruddur", "Default"])
    assert reports.summaries() == [summary(1, 1.0)]

    reports.add([], ["Default"])
    assert reports.summaries() == []
    assert list(reports.waiting) == [report(1), report(2, "Gone")]
