"""What changes inside a value changes alone: the lines around it, and their comments, stay."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.contract.accept.document import Document, entry_of
from harness.contract.accept.merge import plain
from harness.contract.problems import Problems
from harness.contract.write.yaml_text import yaml_lines
from harness.contract.yaml_nodes import compose
from harness.model import RunRecord, ScenarioRecord, SpanEvent
from harness.model.finding import is_failure
from tests.builders import a_segment, a_span, a_telemetry

SPAN = """\
version: 1
operations:
  - span: job
    attributes:
      # which
      sizes:
        - 1  # small
        - 2  # large
    events:
      # told to sales
      - event: cache.miss  # hot
        attributes:
          # how much
          cache.key/type: str  # whose
          cache.size: 9  # bytes

      - exception  # any
"""
SEGMENT = """\
version: 1
operations:
  - segment: job
    metadata:
      shop:  # ours
        detail:
          # how many
          n: 3  # rows
          # where
          at:
            zone: a  # first
            rack: 1  # second
"""


def a_job(*events: tuple[str, dict[str, Any]], sizes: Any = (1, 2)) -> RunRecord:
    told = tuple(SpanEvent(name=name, time_unix_nano=1, attributes=attributes) for name, attributes in events)
    span = a_span("job", attributes={"sizes": list(sizes)}, events=told)
    return RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(span)),))


def a_document(detail: Any) -> RunRecord:
    telemetry = a_telemetry(a_segment("job", metadata={"shop": {"detail": detail}}))
    return RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=telemetry),))


def failures(text: str, record: RunRecord) -> list[str]:
    return [found.message for found in check_contract(parse_contract(text), record) if is_failure(found)]


def changed(text: str, record: RunRecord) -> list[str]:
    """Return the lines that accepting a run changes, once it is sure that the run then holds."""
    after, made, _ = accepted_text(text, record)
    assert len(made) == 1
    assert failures(after, record) == []
    diff = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [f"{line[0]} {line[1:].strip()}" for line in diff if not line.startswith(("@@", "---", "+++"))]


MISS = ("cache.miss", {"cache.key": "a", "cache.size": 9})
ERROR: tuple[str, dict[str, Any]] = ("exception", {})
AT = {"zone": "a", "rack": 1}


@pytest.mark.parametrize(
    ("text", "record", "lines"),
    [
        (
            SPAN,
            a_job(("cache.miss", {"cache.key": "a", "cache.size": "9"}), ERROR),
            ["- cache.size: 9  # bytes", "+ cache.size: '9'  # bytes"],
        ),
        (
            SPAN,
            a_job(("cache.missed", MISS[1]), ERROR),
            ["- - event: cache.miss  # hot", "+ - event: cache.missed  # hot"],
        ),
        (
            SPAN,
            a_job(("cache.miss", {"cache.key": "a", "cache.sizes": 9}), ERROR),
            ["- cache.size: 9  # bytes", "+ cache.sizes: 9  # bytes"],
        ),
        (SPAN, a_job(MISS), ["- - exception  # any"]),
        (
            SPAN,
            a_job(MISS, ("done", {"n": 1})),
            ["- - exception  # any", "+ - event: done", "+ attributes:", "+ n: 1"],
        ),
        (
            SPAN.replace("- exception", "- {event: retried, presence: optional}"),
            a_job(("cache.missed", MISS[1])),
            ["- - event: cache.miss  # hot", "+ - event: cache.missed  # hot"],
        ),
        (
            SPAN.replace(
                "      - exception  # any", "      - event: retried  # any\n        presence: optional"
            ),
            a_job(("cache.missed", MISS[1]), ("retries", {})),
            [
                "- - event: cache.miss  # hot",
                "+ - event: cache.missed  # hot",
                "- - event: retried  # any",
                "+ - event: retries  # any",
            ],
        ),
        (SPAN, a_job(MISS, ERROR, sizes=(1, 3)), ["- - 2  # large", "+ - 3  # large"]),
        (SPAN, a_job(MISS, ERROR, sizes=(1, 2, 4)), ["+ - 4"]),
        (SPAN, a_job(MISS, ERROR, sizes=(2,)), ["- - 1  # small"]),
        (SEGMENT, a_document({"n": 4, "at": AT}), ["- n: 3  # rows", "+ n: 4  # rows"]),
        (
            SEGMENT,
            a_document({"n": 3, "at": {"zone": "b", "rack": 1}}),
            ["- zone: a  # first", "+ zone: b  # first"],
        ),
        (SEGMENT, a_document({"n": 3, "at_place": AT}), ["- at:", "+ at_place:"]),
        (SEGMENT, a_document({"at": AT}), ["- # how many", "- n: 3  # rows"]),
    ],
)
def test_only_the_lines_of_a_change_inside_a_value_differ(
    text: str, record: RunRecord, lines: list[str]
) -> None:
    assert changed(text, record) == lines


_KEYS = st.sampled_from(["a", "b", "b_c", "cd/z/is", "n/type"])
_SCALARS = st.sampled_from([0, 1, 2.5, True, None, "x", "x: y", "#", "- a", "", "é\n"])


def _values(depth: int) -> st.SearchStrategy[Any]:
    if not depth:
        return _SCALARS
    below = _values(depth - 1)
    return st.one_of(_SCALARS, st.lists(below, max_size=4), st.dictionaries(_KEYS, below, max_size=4))


@given(before=_values(3), after=_values(3), is_commented=st.booleans())
def test_any_value_becomes_any_other(before: Any, after: Any, is_commented: bool) -> None:
    lines = list(yaml_lines({"was": before, "end": 1}))
    if is_commented and not any("\\n" in line or "#" in line for line in lines):
        lines = [f"{line}  # {number}" for number, line in enumerate(lines)]
    document = Document("\n".join(lines) + "\n")
    entry = entry_of(document.root, "was")
    assert entry is not None
    document.replace(entry, "was", after)
    problems = Problems("after")
    root = compose(document.text(), problems)
    problems.raise_any()
    assert plain(root) == {"was": after, "end": 1}


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["miss", "missed", "error", "x"]),
        st.dictionaries(st.sampled_from(["n", "ns", "k"]), st.sampled_from([1, 2, "SPRING"]), max_size=2),
    ),
    max_size=4,
)


@given(before=_EVENTS, after=st.lists(_EVENTS, min_size=1, max_size=3))
def test_any_events_are_accepted(before: Any, after: Any) -> None:
    text = contract_text(a_job(*before))
    record = RunRecord(scenarios=tuple(scenario for one in after for scenario in a_job(*one).scenarios))
    accepted, _, _ = accepted_text(text, record)
    assert failures(accepted, record) == []


@pytest.mark.parametrize(
    "said",
    [
        "app.mode/any_of:  # which\n        - is: fast  # a\n        - is: slow  # b\n",
        "app.mode/one_of: [fast, slow]  # rows\n",
        "app.mode/not: slow  # never\n",
    ],
)
def test_a_key_that_was_renamed_keeps_its_operator_and_comments(said: str) -> None:
    text = f"version: 1\noperations:\n  - span: job\n    attributes:\n      {said}"
    record = RunRecord(
        scenarios=(
            ScenarioRecord(name="t", telemetry=a_telemetry(a_span("job", attributes={"app.modes": "fast"}))),
        )
    )

    after, made, _ = accepted_text(text, record)

    assert [change.renamed for change in made] == [("app.mode", "app.modes")]
    assert after == text.replace("app.mode/", "app.modes/")
    assert check_contract(parse_contract(after), record) == ()


@pytest.mark.parametrize("style", ["block", "flow"])
def test_a_namespace_that_was_renamed_keeps_what_is_in_it(style: str) -> None:
    text = "version: 1\noperations:\n  - segment: job\n    metadata:\n"
    text += (
        "      # ours\n      shop:  # all of it\n        order: 12345  # which\n        rows: 3  # how many\n"
        if style == "block"
        else "      {shop: {order: 12345, rows: 3}}\n"
    )
    job = a_segment("job", metadata={"shops": {"order": 12345, "rows": 3}})
    record = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(job)),))

    after, _, _ = accepted_text(text, record)

    assert after == text.replace("shop", "shops")
