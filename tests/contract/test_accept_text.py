"""Accepting edits the file's text: only the lines of a change differ, and every other comment survives."""

from __future__ import annotations

import difflib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contract import check_contract, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, RunRecord, ScenarioRecord, SpanKind, Telemetry
from tests.builders import a_log_event, a_metric, a_segment, a_span, a_subsegment

CONTRACT = """\
version: 1

operations:
  - span: GET /home
    kind: server

    attributes:
      app.first: 1
      app.rows: 3
      app.size/type: int
    children:
      - span: cache
        attributes:
          only: 1
      - span: query
        attributes:
          rows: 3

          table: users
  - segment: backend
    subsegments:
      - subsegment: mock
        metadata:
          ns:
            size: 1
  - span: POST /orders
    kind: server
log_events:
  - log_event: started
    log_group: cruddur
metrics:
  - metric: requests
    unit: '1'
    attributes:
      route: /
"""


def commented(text: str) -> str:
    """Return a text with a comment of its own above each line and at its end."""
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if line:
            pad = " " * (len(line) - len(line.lstrip()))
            lines += [f"{pad}# above {number:02}", f"{line}  # behind {number:02}"]
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def changed(before: str, after: str) -> list[str]:
    """Return the lines that differ, without the space before them."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [re.sub(r"(?<=^.) +", " ", line) for line in found if not line.startswith(("@@", "---", "+++"))]


def a_run(
    root: dict[str, Any] | None = None,
    *,
    query: dict[str, Any] | None = None,
    cache: dict[str, Any] | None = None,
    children: tuple[str, ...] = ("cache", "query"),
    metadata: Any = None,
    orders: bool = True,
    about: bool = False,
    log_group: str = "cruddur",
    route: dict[str, Any] | None = None,
) -> RunRecord:
    """Return a run that holds `CONTRACT` but for what is said."""
    attributes = {"app.first": 1, "app.rows": 3, "app.size": 7} if root is None else root
    of = {
        "query": {"rows": 3, "table": "users"} if query is None else query,
        "cache": {"only": 1} if cache is None else cache,
    }
    home = a_span("GET /home", kind=SpanKind.SERVER, attributes=attributes)
    below = (
        a_span(name, parent=home, attributes=of.get(name, {}), span_id=f"{n:016x}", at_ms=n)
        for n, name in enumerate(children, 1)
    )
    roots = [name for name, there in (("POST /orders", orders), ("GET /about", about)) if there]
    others = (a_span(name, kind=SpanKind.SERVER, trace_id=f"{n:032x}") for n, name in enumerate(roots, 9))
    telemetry = Telemetry(
        spans=(home, *below, *others),
        segments=(a_segment("backend", a_subsegment("mock", metadata=metadata or {"ns": {"size": 1}})),),
        log_events=(a_log_event("started", log_group=log_group),),
        metrics=(a_metric("requests", DataPoint(attributes=route or {"route": "/"}, value=1), unit="1"),),
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))


def gone(*lines: str) -> list[str]:
    """Return what a diff says of lines of `CONTRACT` that are gone with their comments."""
    plain_lines = [line.strip() for line in CONTRACT.splitlines()]
    found = []
    for line in lines:
        number = plain_lines.index(line)
        found += [f"- # above {number:02}", f"- {line}  # behind {number:02}"]
    return found


def behind(line: str) -> str:
    """Return a line of `CONTRACT` with its comment."""
    number = [one.strip() for one in CONTRACT.splitlines()].index(line)
    return f"{line}  # behind {number:02}"


def _in_place(before: str, after: str) -> list[str]:
    said = behind(before)
    return [f"- {said}", f"+ {said.replace(before, after)}"]


ROOT = {"app.first": 1, "app.rows": 3, "app.size": 7}
CASES: dict[str, tuple[RunRecord, list[str]]] = {
    "nothing": (a_run(), []),
    "first key": (a_run({"app.rows": 3, "app.size": 7}), gone("app.first: 1")),
    "key between": (a_run({"app.first": 1, "app.size": 7}), gone("app.rows: 3")),
    "last key": (a_run({"app.first": 1, "app.rows": 3}), gone("app.size/type: int")),
    "key before a blank line": (a_run(query={"table": "users"}), gone("rows: 3")),
    "only key": (
        a_run(cache={}),
        [
            f"- {behind('attributes:').replace('06', '12')}",
            f"+ {behind('attributes:').replace(':', ': {}').replace('06', '12')}",
            *gone("only: 1"),
        ],
    ),
    "only key renamed": (a_run(cache={"other": 2}), [*gone("only: 1"), "+ other: 2"]),
    "first added": (a_run(ROOT | {"app.a": 0}), ["+ app.a: 0"]),
    "added between": (a_run(ROOT | {"app.name": "x"}), ["+ app.name: x"]),
    "last added": (a_run(ROOT | {"z": "x"}), ["+ z: x"]),
    "added before a blank line": (a_run(query={"rows": 3, "s": 1, "table": "users"}), ["+ s: 1"]),
    "value": (a_run(ROOT | {"app.rows": 4}), _in_place("app.rows: 3", "app.rows: 4")),
    "retyped": (a_run(ROOT | {"app.size": "7"}), _in_place("app.size/type: int", "app.size: '7'")),
    "becomes a list": (
        a_run(ROOT | {"app.rows": [1, 2]}),
        [*_in_place("app.rows: 3", "app.rows:"), "+ - 1", "+ - 2"],
    ),
    "counted": (a_run(children=("cache", "query", "query")), ["+ count: 2"]),
    "child added": (
        a_run(children=("cache", "query", "render")),
        ["+ - span: render", "+ kind: internal", "+ status: unset"],
    ),
    "child added between": (
        a_run(children=("cache", "find", "query")),
        ["+ - span: find", "+ kind: internal", "+ status: unset"],
    ),
    "first child": (
        a_run(children=("query",)),
        [
            "- # above 11",
            "- - span: cache  # behind 11",
            "- # above 12",
            "- attributes:  # behind 12",
            *gone("only: 1"),
        ],
    ),
    "last child": (
        a_run(children=("cache",)),
        [
            "- # above 14",
            "- - span: query  # behind 14",
            "- # above 15",
            "- attributes:  # behind 15",
            *gone("rows: 3"),
            "-",
            *gone("table: users"),
        ],
    ),
    "all children": (
        a_run(children=()),
        [
            *gone("children:"),
            "- # above 11",
            "- - span: cache  # behind 11",
            "- # above 12",
            "- attributes:  # behind 12",
            *gone("only: 1"),
            "- # above 14",
            "- - span: query  # behind 14",
            "- # above 15",
            "- attributes:  # behind 15",
            *gone("rows: 3"),
            "-",
            *gone("table: users"),
        ],
    ),
    "below an item without children": (
        a_run(metadata={"ns": {"size": 2}}),
        _in_place("size: 1", "size: 2"),
    ),
    "nested key": (
        a_run(metadata={"ns": {"size": 1, "more": True}}),
        ["+ more: true"],
    ),
    "operation added": (a_run(about=True), ["+ - span: GET /about", "+ kind: server", "+ status: unset"]),
    "log group": (a_run(log_group="other"), _in_place("log_group: cruddur", "log_group: other")),
    "metric": (a_run(route={"route": "/", "user": 7}), ["+ user: 7"]),
    "last line": (a_run(route={"path": "/"}), [*gone("route: /"), "+ path: /"]),
}


@pytest.mark.parametrize(("record", "lines"), CASES.values(), ids=CASES)
def test_only_the_lines_of_a_change_differ(record: RunRecord, lines: list[str]) -> None:
    before = commented(CONTRACT)
    after, _, _ = accepted_text(before, record)
    assert sorted(changed(before, after)) == sorted(lines)
    assert check_contract(parse_contract(after), record) == ()


def test_a_whole_operation_goes_with_its_comments_only() -> None:
    before = commented(CONTRACT)
    _, _, left = accepted_text(before, a_run(orders=False))
    after, _, _ = accepted_text(before, a_run(orders=False), [change.id for change in left])
    assert changed(before, after) == [
        "- # above 25",
        "- - span: POST /orders  # behind 25",
        "- # above 26",
        "- kind: server  # behind 26",
    ]


_ALL = a_run(
    {"app.first": "1", "app.size": 7, "x": 1, "app.a": [1, {"b": 2}]},
    query={"table": "posts", "a": 1},
    cache={},
    children=("query", "query", "find"),
    metadata={"ns": {"size": [1], "n": 2}, "other": {"x": 1}},
    orders=False,
    about=True,
    log_group="other",
    route={"path": "/", "z": 1},
)


@settings(max_examples=25)
@given(st.data())
def test_a_line_that_stays_keeps_its_comments_whatever_is_accepted(data: st.DataObject) -> None:
    before = commented(CONTRACT)
    _, made, left = accepted_text(before, _ALL)
    chosen = data.draw(st.sets(st.sampled_from([change.id for change in (*made, *left)]), min_size=1))

    after, _, _ = accepted_text(before, _ALL, chosen)

    uncommented = re.sub(r"(?m)^ *# above \d\d\n|  # behind \d\d$", "", after)
    assert uncommented == accepted_text(CONTRACT, _ALL, chosen)[0]
    for number in map("{:02}".format, range(len(CONTRACT.splitlines()))):
        assert (f"# above {number}" in after) is (f"# behind {number}" in after)
    stay = [line for line in comments(before) if line in comments(after)]
    assert comments(after) == stay


def comments(text: str) -> list[str]:
    return re.findall("#.*", text)
