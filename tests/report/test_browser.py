"""The page in a browser: that it runs nothing of the app's, fits, and filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from fixtures.requirements import needs_chromium
from harness.model import RunRecord
from harness.report import write_reports
from tests.report.records import example_run, hostile_run

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = needs_chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a run's page; whatever it says on the console or asks for fails the test."""
    said: list[str] = []
    pages: list[Page] = []

    def opened(record: RunRecord, *, width: int = 1280, scheme: str = "light", at: str = "") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: said.append(request.url) if "file://" not in request.url else None)
        page.set_default_timeout(10_000)
        pages.append(page)
        page.goto(write_reports(record, tmp_path)["html"].as_uri() + at)
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for page in pages:
        page.close()
    assert [text for text in said if text != "data:,"] == []


def names_shown(page: Page) -> list[str]:
    return page.locator("details.scenario:visible .name").all_inner_texts()


def test_a_hostile_name_is_text_and_runs_nothing(open_page: Open) -> None:
    page = open_page(hostile_run())

    assert page.locator(".waterfall .more").first.inner_text() == "<script>alert(1)</script>"
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0


def test_a_script_put_into_the_page_is_refused_by_its_policy(open_page: Open, browser: Browser) -> None:
    # The attack that autoescaping prevents, already in the page; with the policy and without.
    html = (
        open_page(example_run()).content().replace("</main>", "<script>window.attacked = 1</script></main>")
    )
    ran = []
    for content in (html, re.sub(r"<meta http-equiv[^>]+>", "", html)):
        attacked = browser.new_page()
        attacked.set_content(content)
        ran.append(attacked.evaluate("window.attacked"))
        attacked.close()

    assert ran == [None, 1]


@pytest.mark.parametrize(
    "record", [example_run(), hostile_run(), RunRecord()], ids=["example", "hostile", "empty"]
)
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_overflows(open_page: Open, record: RunRecord, width: int) -> None:
    page = open_page(record, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
    for button in page.locator("button.more").all():
        button.click()

    assert page.evaluate("document.documentElement.scrollWidth") == width
    # A clipped parent would hide it from scrollWidth: no element may end beyond the window.
    wide = page.evaluate(
        "width => [...document.querySelectorAll('main *')]"
        ".filter(e => !e.closest('.sr, nav, svg') && e.getBoundingClientRect().right > width)"
        ".map(e => e.outerHTML.slice(0, 120))",
        width,
    )
    assert wide == []


def test_the_filter_keeps_what_holds_every_word(open_page: Open) -> None:
    page = open_page(example_run())

    page.keyboard.press("/")
    page.keyboard.type("Home activities")

    assert names_shown(page) == ["scenarios/test_home.py::test_home_activities"]
    assert page.locator("table.coverage tbody:visible .name").all_inner_texts() == [
        "backend-flask",
        "home-activites-mock-data",
        "GET /api/activities/home",
    ]

    page.keyboard.press("Escape")

    assert len(names_shown(page)) == 5


def test_a_filter_that_nothing_matches_says_so(open_page: Open) -> None:
    page = open_page(example_run())

    page.locator("#filter").fill("no such thing")

    assert names_shown(page) == []
    assert page.locator("#nothing").inner_text() == "Nothing matches the filter."


def test_what_nobody_checks(open_page: Open) -> None:
    page = open_page(example_run())

    page.locator("#gaps").check()

    assert page.locator("table.coverage tbody:visible .name").all_inner_texts() == [
        "mock-data",
        "GET /api/activities/@<handle>",
        "SELECT users",
        "load",
        "backend-flask",
        "GET /api/activities/home",
    ]
    assert page.locator("table.coverage .field.asserted:visible").count() == 0


def test_j_and_k_go_through_the_problems(open_page: Open) -> None:
    page = open_page(example_run())
    focused = "document.activeElement.textContent.trim().split(/\\s+/)[0]"

    forward = []
    for _ in range(5):
        page.keyboard.press("j")
        forward.append(page.evaluate(focused))
    page.keyboard.press("k")

    assert forward == [
        "attribute_mismatch",
        "segment_unfinished",
        "failedscenarios/test_home.py::test_home_activities2",
        "failedscenarios/test_user.py::test_user_activities3",
        "attribute_mismatch",
    ]
    assert page.evaluate(focused) == "failedscenarios/test_user.py::test_user_activities3"


def test_attributes_open_with_the_keyboard(open_page: Open) -> None:
    page = open_page(example_run())
    button = page.locator("button.more", has_text="home-activites-mock-data")
    facts = page.locator("tr.facts", has_text="app.result_length")

    assert facts.is_hidden()
    button.focus()
    page.keyboard.press("Enter")

    assert button.get_attribute("aria-expanded") == "true"
    assert facts.locator("dl").inner_text().split("\n") == [
        "attributes.app.now",
        "2026-01-02T03:04:05+00:00 str asserted",
        "attributes.app.result_length",
        "3 str asserted",
    ]


def test_a_link_to_a_scenario_opens_it(open_page: Open) -> None:
    page = open_page(example_run(), at="#scenario-3")

    assert page.locator("#scenario-3").get_attribute("open") == ""
    assert page.locator("#scenario-4").get_attribute("open") is None


def test_collapse_and_expand(open_page: Open) -> None:
    page = open_page(example_run())
    opened = page.locator("details.scenario[open]")

    assert opened.count() == 2
    page.locator("#collapse").click()
    assert opened.count() == 0
    page.get_by_role("button", name="Expand all").click()
    assert opened.count() == 5


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(247, 248, 250)"), ("dark", "rgb(16, 19, 24)")])
def test_the_theme_is_the_systems(open_page: Open, scheme: str, colour: str) -> None:
    page = open_page(example_run(), scheme=scheme)

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour


def test_the_theme_can_be_chosen(open_page: Open) -> None:
    page = open_page(example_run())
    colour = "getComputedStyle(document.body).backgroundColor"

    seen = []
    for _ in range(3):
        page.keyboard.press("t")
        seen.append((page.locator("#theme").get_attribute("aria-label"), page.evaluate(colour)))

    assert seen == [
        ("Theme: light", "rgb(247, 248, 250)"),
        ("Theme: dark", "rgb(16, 19, 24)"),
        ("Theme: system", "rgb(247, 248, 250)"),
    ]
