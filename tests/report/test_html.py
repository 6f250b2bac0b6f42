from __future__ import annotations

import base64
import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.errors import RecordError
from harness.model import Level, Match, RunRecord, Telemetry, Verdict
from harness.report import redact
from harness.report.html import limits, render_html, render_page
from harness.report.html.build import page_of
from harness.report.html.scenarios import scenario_view
from tests.report.records import a_finding, a_log_event, a_run, a_scenario, a_span, example_run, hostile_run

GOLD = Path(__file__).parent / "gold" / "index.html"
REGENERATE = "HARNESS_REGENERATE_GOLD"
VOID = {"meta", "link", "input", "rect", "circle", "line", "wbr"}


class Elements(HTMLParser):
    """What a browser would make of a page: elements, their nesting and their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def body_of(html: str) -> str:
    """Return the page without our own style and script, and their hashes."""
    html = re.sub(r"(?s)<style>.*?</style>|<script>\n?\"use strict\".*?</script>", "", html)
    return re.sub(r"sha256-[\w+/=]+", "sha256-…", html)


def test_the_page_is_what_it_was() -> None:
    html = body_of(render_html(redact(example_run())))
    if os.environ.get(REGENERATE) == "1":
        GOLD.write_text(html, encoding="utf-8")

    assert html == GOLD.read_text(encoding="utf-8"), f"if this is meant: {REGENERATE}=1 pytest {__file__}"


def test_equal_records_give_equal_pages() -> None:
    assert render_html(example_run()) == render_html(example_run())


@pytest.mark.parametrize("record", [RunRecord(), example_run(), hostile_run()])
def test_every_element_is_closed_and_every_id_is_unique(record: RunRecord) -> None:
    elements = Elements(render_html(record))

    ids = [value for name, value in elements.attributes if name == "id"]
    links = [value for name, value in elements.attributes if name == "href" and value != "data:,"]
    assert elements.open == []
    assert len(ids) == len(set(ids))
    assert {str(link).removeprefix("#") for link in links} <= set(ids)


def test_the_security_policy_names_the_one_script_and_the_one_style() -> None:
    html = render_html(example_run())

    (script,) = re.findall(r"(?s)<script>(.*?)</script>", html)
    (style,) = re.findall(r"(?s)<style>(.*?)</style>", html)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    policy = (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert ("content", policy) in Elements(html).attributes
    assert len(script) < 10_000
    assert not re.search(r"https?:|url\(|@import|fetch\(", script + style)


def test_the_page_needs_no_network() -> None:
    elements = Elements(render_html(example_run()))

    assert [value for name, value in elements.attributes if name == "src"] == []
    assert not any(name.startswith("on") or name == "style" for name, _ in elements.attributes)


def test_hostile_text_is_text() -> None:
    harmless, hostile = Elements(render_html(example_run())), Elements(render_html(hostile_run()))

    assert set(hostile.tags) <= set(harmless.tags)
    assert hostile.tags.count("script") == 1
    for shown in (
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(2)>",
        "line\\u2028paragraph\\u2029end",
        "\\x00\\x1b[31mred\\x07",
        "\\u202egnp.exe",
        "شركة <b>",
        "\\ud800",
        "{{ 7 * 7 }}{% raw %}",
        "b'\\xff<b>'",
        'j."onclick="alert(3)',
        "x" * 400 + "… (9,600 more characters)",
    ):
        assert shown in hostile.text


def test_a_page_that_is_too_large_is_refused_with_the_cure() -> None:
    page = page_of(example_run())

    with pytest.raises(RecordError) as error:
        render_page(page, refuse_bytes=10_000)
    assert re.fullmatch(
        r"index\.html would be 0\.\d MB, expected at most 0 MB;"
        r" run fewer scenarios at a time, or read run\.json",
        str(error.value),
    )


def large_run(*, outcome: str) -> RunRecord:
    """Return 2,000 scenarios with 50,000 spans among them, each with 8 attributes."""
    attributes = {f"attribute.{number}": f"value {number}" for number in range(8)}
    scenarios = []
    for number in range(2_000):
        spans = tuple(
            a_span(f"span {n}", trace_id=f"{number:032x}", span_id=f"{n:016x}", attributes=attributes)
            for n in range(25)
        )
        matched = (Match(signal="span", node_id=f"{number:032x}/{0:016x}", fields=("name",)),)
        scenarios.append(
            a_scenario(
                f"scenarios/test_large.py::test_it[{number}]",
                outcome=outcome,
                telemetry=Telemetry(spans=spans, log_events=(a_log_event(),)),
                verdicts=(Verdict(expectation='span("span 0")', matched=matched),) * 3,
                findings=(a_finding(message="m" * 300),) if outcome == "failed" else (),
            )
        )
    return a_run(*scenarios)


@pytest.mark.parametrize(
    ("outcome", "left_out"),
    [
        ("passed", "18 waterfall rows; 1,807 waterfalls"),
        (
            "failed",
            "18 waterfall rows; 1,807 waterfalls; 500 scenario findings; 1,500 checks; 1,000 findings",
        ),
    ],
)
def test_a_large_run_gives_a_page_that_opens_and_says_what_it_left_out(outcome: str, left_out: str) -> None:
    html = render_html(large_run(outcome=outcome))

    assert len(html.encode()) < 20_000_000
    assert html.count('<details class="scenario"') == 2_000
    assert html.count(" open>") == (50 if outcome == "failed" else 0)
    (sentence,) = re.findall(r"<b>Left out of this page</b> to keep it small: (.*?)\. <code>", html)
    assert sentence == left_out


def test_long_texts_are_bounded_together() -> None:
    scenarios = []
    for number in range(300):
        spans = tuple(
            a_span(
                span_id=f"{n:016x}",
                trace_id=f"{number:032x}",
                attributes={f"key {number} {k} " + "k" * 300: "v" * 1_000 for k in range(40)},
            )
            for n in range(15)
        )
        findings = tuple(a_finding(message=f"{n} " + "m" * 3_000) for n in range(10))
        scenarios.append(
            a_scenario(
                f"test {number}", telemetry=Telemetry(spans=spans), findings=findings, outcome="failed"
            )
        )

    html = render_html(a_run(*scenarios))

    assert len(html.encode()) < 20_000_000
    (sentence,) = re.findall(r"<b>Left out of this page</b> to keep it small: (.*?)\. <code>", html)
    assert sentence == (
        "169,720 attributes; 2,820 scenario findings; 2,000 findings; 11,700 coverage attributes"
    )


def test_what_a_full_page_leaves_out_is_counted_without_being_laid_out() -> None:
    spans = tuple(a_span(span_id=f"{n:016x}") for n in range(1, 502))
    many = a_scenario("many", telemetry=Telemetry(spans=spans))
    budget = limits.Budget(rows=0)

    view = scenario_view(many, "scenario-1", budget)

    assert (view.waterfalls, budget.left_out["waterfall"]) == ((), 1)


def test_a_warning_that_came_often_is_shown_once() -> None:
    often = a_finding("sdk_warning", "the SDK says: no", level=Level.WARNING)
    record = a_run(a_scenario("test_a", findings=(often,)), a_scenario("test_b", findings=(often,)))

    findings = body_of(render_html(record)).partition('<section id="scenarios">')[0]

    assert findings.count("the SDK says: no") == 1
    assert "2 times" in findings
    assert '<span>first in</span><a href="#scenario-1">test_a</a>' in findings
