"""How much one page shows, so that a large run still opens.

Sizes were measured: a waterfall row with eight attributes costs about 1.4 kB of
HTML, a scenario with one check 0.5 kB, a coverage line 0.2 kB. A run of 50,000
spans in 2,000 scenarios comes to 8 MB when all pass and 11 MB when all fail.
`CHARACTERS` bounds the runs whose texts are long, `REFUSE_BYTES` those that are
made to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

REFUSE_BYTES = 50_000_000
NAME_CHARS = 300
VALUE_CHARS = 400
MESSAGE_CHARS = 2_000
FACTS_PER_ROW = 40
SCENARIOS = 5_000
# Laying out two thousand open scenarios took a browser nine seconds.
OPEN_SCENARIOS = 50
FINDINGS = 1_000
LINES_PER_SCENARIO = 50
COVERAGE_LINES = 6_000
COVERAGE_LINES_PER_NAME = 300
LINES = 6_000
CHARACTERS = 8_000_000
ROWS = 5_000
ROWS_PER_REQUEST = 500
WATERFALLS_PER_SCENARIO = 25


@dataclass
class Budget:
    """What is left to spend on one page, and what was left out by kind.

    Attributes:
        rows: Waterfall rows.
        lines: Findings, checks and evidence inside the scenarios.
        characters: Of attributes, findings, checks and evidence.
        open: Scenarios that are open when the page is.
    """

    rows: int = ROWS
    lines: int = LINES
    characters: int = CHARACTERS
    open: int = OPEN_SCENARIOS
    left_out: dict[str, int] = field(default_factory=dict)

    def lines_of(self, noun: str, number: int) -> int:
        """Return how many of one scenario's findings, checks or evidence to show."""
        shown = min(number, self.lines, LINES_PER_SCENARIO) if self.characters > 0 else 0
        self.lines -= shown
        self.omit(noun, number - shown)
        return shown

    def facts_of(self, number: int) -> int:
        """Return how many of one node's attributes to show."""
        shown = min(number, FACTS_PER_ROW) if self.characters > 0 else 0
        self.omit("attribute", number - shown)
        return shown

    def spend(self, *texts: str) -> None:
        """Take what is shown from the characters."""
        self.characters -= sum(map(len, texts))

    def opens(self, *, fails: bool) -> bool:
        """Return True for a scenario that fails, while there are not too many."""
        self.open -= fails
        return fails and self.open >= 0

    def omit(self, noun: str, number: int) -> None:
        """Count things of one kind as left out."""
        if number > 0:
            self.left_out[noun] = self.left_out.get(noun, 0) + number
