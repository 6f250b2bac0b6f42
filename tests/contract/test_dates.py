"""A date is the same form on each day, wherever it stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.dates import pattern_of_date
from harness.contract.forms import MESSAGES, VALUES, pattern_of

FIRST = datetime(2026, 1, 1, 0, 59, 7, 1, tzinfo=UTC)
STEP = timedelta(days=6, hours=7, minutes=7, seconds=3, microseconds=1017)
TIMES = [FIRST + number * STEP for number in range(60)]
"""Each day of a year, and each hour of the day."""

DAYS = [
    *(
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y_%m_%d",
        "%Y%m%d",
        "%Y-%b-%d",
        "%Y-%j",
        "{0.year}-{0.month}-{0.day}",
    ),
    *("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "{0.day}/{0.month}/{0.year}", "{0.day}.{0.month}.{0.year}"),
    *("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y", "{0.month}/{0.day}/{0.year}", "%m/%d/%y", "%d/%m/%y", "%y/%m/%d"),
    *(
        "%d %b %Y",
        "%d %B %Y",
        "%d-%b-%Y",
        "%d/%b/%Y",
        "%d%b%Y",
        "%b %d, %Y",
        "%B %d, %Y",
        "%b %d %Y",
        "%b-%d-%Y",
    ),
    *("%A, %B %d, %Y", "%a, %d %b %Y", "%a %b %d %Y", "{0:%b} {0.day:2d} {0:%Y}"),
    *("%Y-%m", "%Y/%m", "%Y.%m", "%Y_%m", "%m/%Y", "%m-%Y", "%b %Y", "%B %Y", "%b-%Y", "%Y-%b"),
    *("%Y-W%V", "%YW%V", "%G-W%V-%u"),
]
WITH_TIMES = [
    *(
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S.%f+01:00",
        "%Y-%m-%d %H:%M:%S+00",
    ),
    *(
        "%Y-%m-%d %H:%M:%S +0000 UTC",
        "%Y-%m-%d_%H-%M-%S",
        "%Y-%m-%d-%H",
        "%Y-%m-%d-%H-%M",
        "%Y-%m-%dT%H",
        "%Y/%m/%d/%H",
    ),
    *(
        "%Y/%m/%d/%H/%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y%m%d%H%M%S",
        "%Y%m%d_%H%M%S",
        "%Y%m%d-%H%M",
        "%Y%m%dT%H%M%SZ",
    ),
    *(
        "%m/%d/%Y %H:%M",
        "%m/%d/%Y, %I:%M:%S %p",
        "{0.month}/{0.day}/{0.year} {0.hour}:00",
        "%d.%m.%Y, %H:%M:%S",
    ),
    *("%d-%m-%Y %H:%M:%S", "%y/%m/%d %H:%M:%S", "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT"),
    *("%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S UTC %Y", "%a %b %d %Y %H:%M:%S GMT+0000", "%b %d %H:%M:%S"),
    *("%Y-%m-%d+%H:%M:%S", "%Y-%m-%dT%H%%3A%M%%3A%SZ", "%Y-%m-%d%%20%H:%M", "%Y%m%d_%H%M%S_%f"),
    *(
        "{0.day}. {0:%B} {0.year}",
        "{0.day}th of {0:%B} {0.year}",
        "{0:%b} {0.day}th, {0.year}",
        "%a %H:%M",
        "%a %d %b",
    ),
    *("%d/%b/%Y:%H:%M:%S +0000", "%B %d, %Y at %I:%M %p", "%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p"),
]
FOLDERS = [
    *(
        "year=%Y/month=%m/day=%d",
        "year=%Y/month=%m/day=%d/hour=%H",
        "y=%Y/m=%m/d=%d",
        "year=%Y/month=%m",
        "dt=%Y%m%d/hour=%H",
    ),
    *("date=%Y-%m-%d/hour=%H", "events_%Y%m", "%Y/%m/%d/%H/part-0"),
]
QUARTERS = ["{0.year}-Q{1}", "{0.year}Q{1}", "Q{1} {0.year}", "{0.year}/Q{1}", "q{1}_{0.year}"]
PLACES = [
    *("{}", "logs/{}/x", "logs/{}", "{}/logs", "s3://bucket/{}/part-0", "x={}&y=1", "orders:{}", "{}: ok"),
    *(
        "events_{}",
        "events-{}",
        "report.{}.csv",
        "report-{}.csv",
        "app.{}",
        "[{}] done",
        "({})",
        "done at {}, it was",
    ),
]


def written(way: str, when: datetime) -> str:
    text = when.strftime(way) if "%" in way and "{" not in way else way
    return text.format(when, (when.month + 2) // 3)


@pytest.mark.parametrize("way", [*DAYS, *WITH_TIMES, *FOLDERS, *QUARTERS])
def test_a_date_is_of_one_form_on_each_day(way: str) -> None:
    for place in PLACES:
        texts = [place.format(written(way, when)) for when in TIMES]
        for parts in (VALUES, MESSAGES):
            patterns = {pattern_of(text, parts) for text in texts}
            assert None not in patterns, (place, texts[0])
            for pattern in patterns:
                assert all(re.fullmatch(str(pattern), text) for text in texts), (pattern, place)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2026-11-29T21:05:07.123+01:00", r"\d{4}-\d\d?-\d\d?T\d\d?:\d\d:\d\d(?:[.,]\d+)?[+-]\d\d:\d\d"),
        ("2026-11-29 21:05", r"\d{4}-\d\d?-\d\d? \d\d?:\d\d"),
        ("11/29/2026", r"\d\d?/\d\d?/\d{4}"),
        ("29.11.2026", r"\d\d?\.\d\d?\.\d{4}"),
        ("Sun, 29 Nov 2026", r"[A-Za-z]+\.?, \d\d? [A-Za-z]+\.? +\d{4}"),
        ("2026-Q4", r"\d{4}-Q\d\d?"),
    ],
)
def test_another_way_to_write_a_date_is_another_form(text: str, pattern: str) -> None:
    assert pattern_of_date(text) == pattern


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*"+?*.()[]{}|^$ -_/:%T", "%20", "at", "GET /x", "W/"]),
            st.sampled_from(DAYS + WITH_TIMES + FOLDERS + QUARTERS).map(lambda way: written(way, FIRST)),
            st.integers(0, 10**9).map(str),
        ),
        max_size=6,
    ).map("".join)
)
def test_a_pattern_is_found_in_the_text_that_it_was_made_of(text: str) -> None:
    for parts in (VALUES, MESSAGES):
        pattern = pattern_of(text, parts)
        assert pattern is None or re.fullmatch(pattern, text)
