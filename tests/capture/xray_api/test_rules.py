from __future__ import annotations

from harness import SamplingRule
from harness.capture.xray_api.rules import RuleBook
from harness.capture.xray_rules import AWS_DEFAULT, EVERYTHING

CRUDDUR = SamplingRule(rule_name="Cruddur", priority=9000, fixed_rate=0.1, reservoir_size=5)
FIRST = SamplingRule(rule_name="First", priority=1, fixed_rate=0, reservoir_size=0)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def served(book: RuleBook) -> list[SamplingRule]:
    return [record.rule for record in book.served()]


def test_everything_is_sampled_until_a_rule_is_created() -> None:
    book = RuleBook(Clock())
    assert served(book) == [EVERYTHING]
    assert [record.rule for record in book.existing()] == [AWS_DEFAULT]
    assert book.modified_at == 0

    book.put(CRUDDUR)
    book.put(FIRST)

    assert served(book) == [FIRST, CRUDDUR, AWS_DEFAULT]
    book.delete("First")
    book.delete("Cruddur")
    assert served(book) == [EVERYTHING]
    assert book.modified_at == 104


def test_a_scenarios_rules_are_served_alone() -> None:
    book = RuleBook(Clock())
    book.put(FIRST)
    book.of_scenario = (CRUDDUR,)
    assert served(book) == [CRUDDUR, EVERYTHING]
    book.of_scenario = ()
    assert served(book) == [FIRST, AWS_DEFAULT]


def test_a_changed_rule_keeps_when_it_was_created() -> None:
    book = RuleBook(Clock())
    created = book.put(CRUDDUR)
    changed = book.put(SamplingRule(rule_name="Cruddur", priority=1, fixed_rate=1, reservoir_size=0))
    assert (created.created_at, changed.created_at, changed.modified_at) == (101, 101, 102)
    assert book.find(arn="arn:aws:xray:us-east-1:123456789012:sampling-rule/Cruddur") == changed
    assert book.find(name="cruddur") is None


def test_a_changed_default_is_served() -> None:
    book = RuleBook(Clock())
    changed = book.put(SamplingRule(rule_name="Default", priority=10000, fixed_rate=0.5, reservoir_size=2))
    assert book.served() == [changed]
