"""Log messages of one app, run after run: what is data is no part of their form, and each word is."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest

from harness.analysis.diff import diff_records
from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.forms import MESSAGES, pattern_of, template_of
from harness.model import Level, RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_log_event, a_log_record

SEEDS = range(5)
LINES: list[Callable[[random.Random], str]] = [
    lambda r: f"took {r.choice([5.2e-05, 1.19e-06]) * r.uniform(0.5, 1)} s",
    lambda r: f"elapsed {r.choice([r.uniform(1e-5, 9e-5), r.uniform(0.1, 1), 1e22, 3])}",
    lambda r: f"balance {r.randint(-500, -10)} EUR",
    lambda r: f"offset {r.choice([r.randint(-500, -10), r.randint(10, 500)])}",
    lambda r: f"paid {r.randint(10, 10**8):,} EUR",
    lambda r: f"paid {r.uniform(1, 1e6):,.2f} USD",
    lambda r: f"saw {r.randint(1, 10**7):_} rows",
    lambda r: f"at ip-10-0-{r.randint(0, 255)}-{r.randint(1, 254)} ok",
    lambda r: f"worker-{r.randint(1, 99999)} ready",
    lambda r: f"pid={r.randint(1, 99999)} rss={r.randint(50, 900)}MB cpu={r.uniform(0, 99):.1f}%",
    lambda r: f"page {r.randint(1, 9)}/{r.randint(10, 99)}",
    lambda r: f"batch #{r.randint(1, 999)}: {r.randint(0, 99)} rows, {r.randint(0, 9)} errors",
    lambda r: f"retry in {r.randint(1, 9)}s (attempt {r.randint(1, 9)})",
    lambda r: f"temp {r.uniform(-20, 20):+.1f}°C",
    lambda r: f"v{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)} started",
    lambda r: f"v{r.randint(0, 9)}.{r.randint(0, 20)} started",
    lambda r: f"Order(id={r.randint(1, 9999)}, total={r.uniform(0, 99):.2f}, vip=True)",
    lambda r: f'"GET /orders/{r.randint(1, 99999)} HTTP/1.1" 200 {r.randint(10, 9999)}',
    lambda r: f"ids {[r.randint(1, 99) for _ in range(r.randint(1, 4))]}",
    lambda r: f"size {r.uniform(0, 999):.1f}KiB of {r.randint(1, 99)}GiB",
    lambda r: f"x={r.randint(1, 9)}e{r.randint(1, 9)}",
    lambda r: f"key user:{r.randint(1, 99999)}:cart user_{r.randint(1, 99999)}",
    lambda r: f"sent {r.randint(1, 9999)} B to 10.1.{r.randint(0, 255)}.7:{r.randint(1024, 65535)}",
    lambda r: f"took {r.randint(1, 9)}m{r.randint(1, 59)}s",
    lambda r: f"took {r.randint(1, 9)}h {r.randint(1, 59):02d}m",
    lambda r: f"score {r.choice(['1', '1.5', '-2'])}",
    lambda r: f"ORD{r.randint(0, 9999999):07d} done",
    lambda r: f"order A{r.randint(1, 9)}B{r.randint(1, 99)} done",
    lambda r: f"deploy {r.randint(1, 9)}{r.choice('abcdef')}{r.getrandbits(16):04x}{r.randint(0, 9)} done",
    lambda r: f"({r.randint(0, 9)}, {r.randint(0, 9)})",
    lambda r: f"the {r.choice(['1st', '2nd', '3rd', '14th'])} try",
    lambda r: (
        f"T+{r.randint(1, 9)}ms, range {r.randint(1, 9)}-{r.randint(10, 99)}, ~{r.randint(1, 99)}% done"
    ),
    lambda r: f"${r.randint(1, 999)}.{r.randint(0, 99):02d} or €{r.uniform(1, 999):.2f}",
    lambda r: f"GET /home {r.randint(2, 900)} 200 OK",
    lambda r: f"answered {r.randint(2, 900)} times: 413 Payload Too Large, 507 Insufficient Storage",
]


def a_run(seed: int, changed: Callable[[str], str] = str) -> RunRecord:
    drawn = random.Random(seed)
    lines = [changed(line(drawn)) for line in LINES]
    telemetry = Telemetry(
        log_events=tuple(map(a_log_event, lines)), log_records=tuple(map(a_log_record, lines))
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


@pytest.mark.parametrize("seed", SEEDS)
def test_other_numbers_are_the_same_line(seed: int) -> None:
    before, after = a_run(seed), a_run(seed + 1)
    text = contract_text(before)

    assert text == contract_text(after)
    assert check_contract(parse_contract(text), after) == ()
    assert diff_records(before, after).changes == ()


@pytest.mark.parametrize(
    ("word", "other"),
    [
        *(("took", "lasted"), ("EUR", "CHF"), ("MB", "GB"), ("KiB", "MiB"), ("°C", "°F"), ("ready", "up")),
        *(
            ("vip=True", "vip=False"),
            ("GET", "PUT"),
            ("HTTP/1.1", "HTTP/1.0"),
            ('" 200', '" 404'),
            ("%", " percent"),
        ),
        ("413 Payload Too Large", "500 Payload Too Large"),
        ("507 Insufficient Storage", "500 Insufficient Storage"),
        *(("200 OK", "404 NOT FOUND"), ("ORD", "INV"), ("$", "£"), ("try", "trial"), ("ids [", "ids: [")),
    ],
)
def test_another_word_unit_or_status_is_another_line(word: str, other: str) -> None:
    before, after = a_run(1), a_run(2, lambda line: line.replace(word, other))
    found = check_contract(parse_contract(contract_text(before)), after)

    assert {one.id for one in found if one.level is Level.ERROR} == {
        "log_event_missing",
        "log_record_missing",
    }
    assert diff_records(before, after).is_breaking


@pytest.mark.parametrize(
    "line",
    [
        *("uses utf8 and utf8mb4 in s3 of ec2", "sha256 by k8s v1beta1", "api v2, i18n, http2", "p99 of 5xx"),
        *("python3.11", "a%2Fb%20c", "GET / 200 OK", '"GET / HTTP/2" 204', "md5", "nan", "e-mail"),
    ],
)
def test_a_word_with_a_digit_is_a_word(line: str) -> None:
    assert pattern_of(line, MESSAGES) is None


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("took 8m55s", "took ‹duration›"),
        ("from fe80::1c3:d416", "from ‹ipv6›"),
        ("mac 0a:1b:2c:3d:4e:5f", "mac ‹mac›"),
        ("elapsed 7.512345678e-05", "elapsed ‹number›"),
        ("deploy 3f2a91b", "deploy ‹code›"),
    ],
)
def test_a_part_is_folded_as_a_whole(line: str, form: str) -> None:
    assert template_of(line, MESSAGES) == form


def words_of(kind: str, seed: int) -> RunRecord:
    """Return a run of 200 lines that differ in a word, and of some that are said."""
    chance = random.Random(seed)
    letters, length = {
        "hex": ("0123456789abcdef", 7),
        "upper": (string.ascii_uppercase + string.digits, 10),
        "base62": (string.ascii_letters + string.digits, 22),
    }[kind]
    ids = ("".join(chance.choices(letters, k=length)) for _ in range(200))
    said = [*(f"step{number} done" for number in range(5)), "job is done", "lock of me"]
    events = (a_log_event(line) for line in [*(f"lock {word} of {kind}" for word in ids), *said])
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=Telemetry(log_events=tuple(events))),))


@pytest.mark.parametrize("kind", ["hex", "upper", "base62"])
def test_a_word_of_many_with_digits_is_any_word(kind: str) -> None:
    text = contract_text(words_of(kind, 1))

    assert text == contract_text(words_of(kind, 2))
    assert text.count("log_event/regex: ") == 1
    for said in ("step0 done", "step4 done", "job is done", "lock of me"):
        assert f"log_event: {said}\n" in text
