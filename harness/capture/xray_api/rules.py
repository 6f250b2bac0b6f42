"""The sampling rules that exist, and which of them the SDKs are given."""

from __future__ import annotations

from collections.abc import Callable

from harness.capture.xray_rules import AWS_DEFAULT, EVERYTHING, RuleRecord, SamplingRule


class RuleBook:
    """Rules by name: those a scenario samples by, those created through the API, and the default.

    Attributes:
        modified_at: When any rule last changed; 0 while none did.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._created: dict[str, RuleRecord] = {}
        self._default = RuleRecord(AWS_DEFAULT)
        self._of_scenario: tuple[SamplingRule, ...] = ()
        self.modified_at: float = 0

    @property
    def of_scenario(self) -> tuple[SamplingRule, ...]:
        """The rules that a scenario samples by; while there are any, no others are served."""
        return self._of_scenario

    @of_scenario.setter
    def of_scenario(self, rules: tuple[SamplingRule, ...]) -> None:
        self._of_scenario = rules
        self.modified_at = self._clock()

    def served(self) -> list[RuleRecord]:
        """Return what an SDK is given: everything is sampled until a rule is there."""
        if self._of_scenario:
            return [*map(RuleRecord, self._of_scenario), RuleRecord(EVERYTHING)]
        if self._created or self._default.modified_at:
            return self.existing()
        return [RuleRecord(EVERYTHING)]

    def existing(self) -> list[RuleRecord]:
        """Return the rules that X-Ray would have, by priority: created ones, then its default."""
        created = sorted(self._created.values(), key=lambda record: record.rule.priority)
        return [*created, self._default]

    def created(self) -> int:
        """Return how many rules were created and still exist."""
        return len(self._created)

    def find(self, *, name: str | None = None, arn: str | None = None) -> RuleRecord | None:
        """Return the existing rule of a name or an ARN."""
        for record in self.existing():
            if name == record.rule.rule_name or arn == record.rule.rule_arn:
                return record
        return None

    def put(self, rule: SamplingRule) -> RuleRecord:
        """Create a rule, or replace the one of its name."""
        self.modified_at = now = self._clock()
        before = self._default if rule.rule_name == "Default" else self._created.get(rule.rule_name)
        record = RuleRecord(rule, before.created_at if before else now, now)
        if rule.rule_name == "Default":
            self._default = record
        else:
            self._created[rule.rule_name] = record
        return record

    def delete(self, name: str) -> None:
        """Forget a created rule."""
        self.modified_at = self._clock()
        del self._created[name]
