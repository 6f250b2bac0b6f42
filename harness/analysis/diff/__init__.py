"""What differs between two runs, named as what it is."""

from harness.analysis.diff.canonical import CanonicalRun, canonical_run
from harness.analysis.diff.causes import PackageChange
from harness.analysis.diff.changes import Change, Place
from harness.analysis.diff.compare import Diff, diff_records, diff_runs
from harness.analysis.diff.severity import DEFAULTS, Severity, severities
from harness.analysis.diff.shape import Shapes

__all__ = [
    "DEFAULTS",
    "CanonicalRun",
    "Change",
    "Diff",
    "PackageChange",
    "Place",
    "Severity",
    "Shapes",
    "canonical_run",
    "diff_records",
    "diff_runs",
    "severities",
]
