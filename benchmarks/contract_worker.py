"""Writes, reads and checks a contract over 100,000 spans; prints the seconds of each, and the memory."""

from __future__ import annotations

import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.big_run import a_run, by_hand
from harness.contract import check_contract, contract_text, parse_contract
from harness.report import encode_record, read_record

SPANS = 100_000


def main(directory: Path, operations: int) -> None:
    """Do it once, in a process of its own."""
    file = directory / f"{operations}.json"
    if not file.exists():
        file.write_bytes(encode_record(a_run(SPANS, operations=operations)))
    marks = [time.perf_counter()]
    record = read_record(file)
    marks.append(time.perf_counter())
    text = contract_text(record)
    marks.append(time.perf_counter())
    findings = check_contract(parse_contract(text), record)
    marks.append(time.perf_counter())
    good = by_hand(record)
    marks.append(time.perf_counter())
    if findings or good != SPANS:
        raise SystemExit(f"{len(findings)} findings, {good} spans as expected by hand")
    seconds = [after - before for before, after in pairwise(marks)]
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(*(f"{second:.4f}" for second in seconds), kib * 1024 / file.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
