"""A diff as text and as Markdown, whole."""

from __future__ import annotations

from harness.analysis.diff import Change, Diff, PackageChange, Place, Severity, diff_records
from harness.model import RunRecord, ScenarioRecord
from harness.report.diff_markdown import LIMIT, diff_markdown
from harness.report.diff_text import diff_lines
from harness.report.redact_diff import redact_diff
from tests.builders import a_log_event, a_span, a_telemetry

FLASK = "opentelemetry.instrumentation.flask"
CARRIED = "test_home · carried by opentelemetry-instrumentation-flask 0.66b1 → 0.67b0"


def a_run(version: str, *captured: object) -> RunRecord:
    scenario = ScenarioRecord(name="test_home", telemetry=a_telemetry(*captured))
    return RunRecord(
        scenarios=(scenario,),
        packages={"opentelemetry-instrumentation-flask": version, "flask": "3.1"},
    )


def an_example() -> Diff:
    """Return a diff with a shared change, changes in a tree, one of logs, and a package."""
    home, user = (
        a_span(f"GET /{name}", scope=FLASK, trace_id=f"{n:032x}") for n, name in ((1, "home"), (2, "user"))
    )
    kept, work = a_span("kept", parent=home), a_span("work", parent=home, attributes={"app.rows": 3})
    row = a_span("row", parent=work)
    before = a_run("0.66b1", home, user, kept, work, row, a_log_event("ready `now`"))
    new = {"server.address": "localhost"}
    after_home = a_span("GET /home", scope=FLASK, trace_id=f"{1:032x}", attributes=new)
    after_user = a_span("GET /user", scope=FLASK, trace_id=f"{2:032x}", attributes=new)
    retyped = a_span("work", parent=after_home, attributes={"app.rows": "3"})
    after = a_run("0.67b0", after_home, after_user, a_span("kept", parent=after_home), retyped)
    return diff_records(before, after)


def test_a_diff_as_text() -> None:
    assert list(diff_lines(an_example())) == [
        "4 changes: 3 breaking, 1 additive, 0 neutral",
        "",
        "packages",
        "  opentelemetry-instrumentation-flask 0.66b1 → 0.67b0  (carries 1 change)",
        "",
        "in several places",
        f"  in 2 spans: + server.address = 'localhost'  [additive · GET /home and 1 more place · {CARRIED}]",
        "",
        "span GET /home",
        "  work",
        "    ~ retyped app.rows: int 3 → str '3'  [breaking · 1 span · test_home]",
        "    - span row  [breaking · 1 span · test_home]",
        "  … 1 unchanged",
        "",
        "- log event ready `now`  [breaking · 1 log event · test_home]",
    ]


def test_a_diff_as_markdown() -> None:
    assert diff_markdown(an_example()) == (
        """### Telemetry diff: 4 changes: 3 breaking, 1 additive, 0 neutral

#### Breaking

- `` ready `now` `` `` - log event ready `now` `` (breaking · 1 log event · test\\_home)
- `GET /home › work` `~ retyped app.rows: int 3 → str '3'` (breaking · 1 span · test\\_home)
- `GET /home › work › row` `- span row` (breaking · 1 span · test\\_home)

#### Additive

- in 2 spans: `+ server.address = 'localhost'` (additive · GET /home and 1 more place · test\\_home · """
        """carried by opentelemetry-instrumentation-flask 0.66b1 → 0.67b0)

#### Packages

- `opentelemetry-instrumentation-flask 0.66b1 → 0.67b0`
"""
    )


def a_change(number: int, severity: Severity) -> Change:
    place = Place(path=("GET /x",), nodes=1, unchanged=(0,))
    return Change(
        kind="removed",
        severity=severity,
        signal="span",
        noun="span",
        what=f"attributes.key{number}",
        before="'" + "v" * 100 + "'",
        places=(place,),
        scenarios=("test_x",),
    )


def test_markdown_that_is_too_long_for_a_comment() -> None:
    changes = [a_change(number, Severity.BREAKING) for number in range(300)]
    changes += [a_change(number, Severity.NEUTRAL) for number in range(300)]

    text = diff_markdown(Diff(changes=tuple(changes)))

    shown = text.count("\n- ")
    assert len(text) <= LIMIT
    assert 300 < shown < 600
    assert text.endswith(
        f"\n\n… and {600 - shown} more changes ({600 - shown} neutral); `harness diff` shows all.\n"
    )


def test_what_an_app_puts_into_names_is_shown_and_not_obeyed() -> None:
    before = a_run("1", a_span("GET /\x1b[31m\n<img>"))

    text = "\n".join(diff_lines(diff_records(before, a_run("1"))))
    markdown = diff_markdown(diff_records(before, a_run("1")))

    assert "- span GET /\\x1b[31m\\n<img>  [" in text
    assert "`- span GET /\\x1b[31m\\n<img>`" in markdown


def test_scenarios_of_one_run_only() -> None:
    assert list(diff_lines(Diff(only_before=("test_a", "test_b"), only_after=("test_c",)))) == [
        "no changes",
        "",
        "only before: test_a and 1 more",
        "",
        "only after: test_c",
    ]


def test_a_deep_trace_is_drawn() -> None:
    def chain(rows: int) -> RunRecord:
        spans = [a_span("s0")]
        for depth in range(1, 200):
            attributes = {"rows": rows} if depth == 199 else {}
            spans.append(a_span(f"s{depth}", parent=spans[-1], attributes=attributes))
        return a_run("1", *spans)

    lines = list(diff_lines(diff_records(chain(1), chain(2))))

    assert lines[:6] == [
        "1 change: 0 breaking, 0 additive, 1 neutral",
        "",
        "span s0",
        "  … 159 more",
        "    s160",
        "      s161",
    ]
    assert lines[-1].strip() == "~ rows: 1 → 2  [neutral · 1 span · test_home]"


def test_packages_that_came_and_went() -> None:
    packages = (
        PackageChange(name="boto3", before="1.40", after=None),
        PackageChange(name="flask", before=None, after="3.1"),
    )

    assert list(diff_lines(Diff(packages=packages))) == [
        "no changes",
        "",
        "packages",
        "  boto3 removed: 1.40",
        "  flask added: 3.1",
    ]


def test_secrets_are_hidden() -> None:
    before = a_run("1", a_span(attributes={"app.password": "abc", "url": "/x?token=abcdefghij", "note": "x"}))
    after = a_run("1", a_span(attributes={"app.password": "def", "url": "/x", "note": "say 'correct horse'"}))

    diff = redact_diff(diff_records(before, after), {"correct horse"})

    assert [(change.what, change.before, change.after) for change in diff.changes] == [
        ("attributes.app.password", "redacted", "redacted"),
        ("attributes.note", "'x'", "\"say 'redacted (13 chars)'\""),
        ("attributes.url", "'/x?token=redacted (10 chars)'", "'/x'"),
    ]
