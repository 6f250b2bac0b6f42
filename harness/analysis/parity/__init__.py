"""Parity: the same scenarios on the X-Ray SDK and on OpenTelemetry, as X-Ray would show them."""

from harness.analysis.parity.attributes import Indexed
from harness.analysis.parity.compare import Parity, compare_runs
from harness.analysis.parity.exported import Exported, exported
from harness.analysis.parity.told import parity_lines

__all__ = ["Exported", "Indexed", "Parity", "compare_runs", "exported", "parity_lines"]
