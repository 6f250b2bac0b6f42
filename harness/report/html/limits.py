"""How much one page shows, so that a large run still opens.

Sizes were measured: a waterfall row costs about 1.2 kB of HTML with eight
attributes, a scenario's line about 0.7 kB, a coverage line about 0.4 kB. At
these limits the worst page stays below `WARN_BYTES`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

REFUSE_BYTES = 50_000_000
NAME_CHARS = 300
VALUE_CHARS = 400
MESSAGE_CHARS = 4_000
FACTS_PER_ROW = 40
SCENARIOS = 5_000
FINDINGS = 1_000
FINDINGS_PER_SCENARIO = 50
VERDICTS_PER_SCENARIO = 50
EVIDENCE_PER_SCENARIO = 50
COVERAGE_LINES = 6_000
ROWS = 5_000
ROWS_PER_REQUEST = 500
WATERFALLS_PER_SCENARIO = 25


@dataclass
class Budget:
    """What is left to spend on one page, and what was left out by kind."""

    rows: int = ROWS
    evidence: int = 3_000
    left_out: dict[str, int] = field(default_factory=dict)

    def omit(self, noun: str, number: int) -> None:
        """Count things of one kind as left out."""
        if number > 0:
            self.left_out[noun] = self.left_out.get(noun, 0) + number
