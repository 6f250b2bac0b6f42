"""What the harness costs, beside what it replaces; `python -m benchmarks [NAME…]` prints a table.

Each `bench_NAME.py` defines `measure() -> list[Figure]`. Figures are ratios of
medians, measured in rounds that take turns, so that a busy machine slows both sides.
"""
