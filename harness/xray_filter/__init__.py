"""X-Ray filter expressions: what groups, the console and GetTraceSummaries select traces with.

Source: AWS X-Ray developer guide, "Using filter expressions". `parse` makes an
`Expression` of the text, `holds` says whether a trace is selected, `unmet`
names the parts that keep it from being selected.
"""

from harness.xray_filter.evaluate import holds
from harness.xray_filter.expression import Expression
from harness.xray_filter.parse import parse
from harness.xray_filter.text import to_text
from harness.xray_filter.unmet import unmet

__all__ = ["Expression", "holds", "parse", "to_text", "unmet"]
