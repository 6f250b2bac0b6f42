from __future__ import annotations

import subprocess
import sys

import pytest

from harness.errors import ConfigurationError, FilterError
from harness.xray_filter import parse
from harness.xray_filter.expression import (
    And,
    Comparison,
    Edge,
    Expression,
    Holds,
    Keyword,
    Not,
    Or,
    Service,
    ServiceId,
)

OK, FAULT = Holds(Keyword("ok")), Holds(Keyword("fault"))


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("ok", OK),
        ("(ok)", OK),
        ("ok = false", Comparison(Keyword("ok"), "=", False)),
        ("ok !fault", And((OK, Not(FAULT)))),
        ("ok AND NOT fault", And((OK, Not(FAULT)))),
        ("ok and fault or ok", Or((And((OK, FAULT)), OK))),
        ("ok OR fault AND ok", Or((OK, And((FAULT, OK))))),
        ("(ok OR fault) AND ok", And((Or((OK, FAULT)), OK))),
        ("duration <3", Comparison(Keyword("duration"), "<", 3)),
        ("responseTime >= 2.5", Comparison(Keyword("responsetime"), ">=", 2.5)),
        ('http.url beginswith "/\\"a"', Comparison(Keyword("http.url"), "BEGINSWITH", '/"a')),
        ("http.url", Holds(Keyword("http.url"))),
        ("!annotation.age", Not(Holds(Keyword("annotation", "age")))),
        ("annotation[user.age] > 29", Comparison(Keyword("annotation", "user.age"), ">", 29)),
        ("service()", Service()),
        ('service("a") { fault }', Service(ServiceId("a"), FAULT)),
        ('service(id(type: "T")) {ok}', Service(ServiceId(type="T"), OK)),
        ('edge("a", id(name: "b", type:"T"))', Edge(ServiceId("a"), ServiceId("b", "T"))),
        ('group.name = "g" user = "alice"', None),
    ],
)
def test_what_a_text_means(text: str, expression: Expression | None) -> None:
    parsed = parse(text)
    assert expression is None or parsed == expression


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("falt", 1, "no keyword 'falt'; closest: 'fault'"),
        ("ok AN fault", 4, "no keyword 'AN'; closest: 'AND'"),
        ('service("a") foo', 14, "no keyword 'foo'"),
        ("ok AND", 7, "expected a keyword or '(', the filter ends here"),
        ("", 1, "expected a keyword or '(', the filter ends here"),
        ('service("a") { fault', 21, "expected '}', the filter ends here"),
        (
            "service(backend)",
            9,
            (
                "expected ')', a string in double quotes or id(…), found 'backend'; "
                "strings stand in double quotes"
            ),
        ),
        ("duration < true", 12, "expected a number here, found true"),
        (
            'responsetime CONTAINS "x"',
            14,
            "operator CONTAINS does not suit number keyword 'responsetime'; expected = != < <= > >=",
        ),
        (
            "json",
            1,
            (
                "keyword 'json' is about root causes, which X-Ray computes and the harness does not; "
                "leave it out, or use service() or edge() with a filter"
            ),
        ),
        (
            "ok AND rootcause.fault.entity { last }",
            8,
            (
                "keyword 'rootcause.fault.entity' is about root causes, which X-Ray computes and the harness "
                "does not; leave it out, or use service() or edge() with a filter"
            ),
        ),
        (
            "annotation.a.b",
            1,
            "annotation key 'a.b' holds more than letters, digits and _; write annotation[a.b]",
        ),
        (
            'ok AND annotation["k"] = "v"',
            8,
            'annotation key "k" is quoted; write annotation[k]',
        ),
        ("annotation > 1", 1, "annotation needs a key: annotation.key or annotation[some.key]"),
        ('annotation.a < "1"', 16, 'expected a number here, found "1"'),
        ('service(id(nme: "a"))', 12, "id() knows name and type, found 'nme'"),
        ('service(id(name: "a", name: "b"))', 23, "id() has name twice"),
    ],
)
def test_an_error_says_where_and_what(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text)

    pointed = f"filter expression, column {column}: {message}\n  {text}\n  {' ' * (column - 1)}^"
    assert (str(raised.value), raised.value.column) == (pointed, column)


def test_the_caret_is_below_its_line() -> None:
    with pytest.raises(FilterError) as raised:
        parse("ok AND\n  falt\nOR ok")

    assert str(raised.value).splitlines()[1:] == ["    falt", "    ^"]


@pytest.mark.parametrize("text", ["!" * 101 + "ok", "(" * 101 + "ok" + ")" * 101])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(FilterError, match="column 101: more than 100 parentheses, braces and negations"):
        parse(text)


def test_many_services_side_by_side_are_not_nested() -> None:
    text = " OR ".join(f'!service("s{number}") {{ fault }}' for number in range(500))

    parsed = parse(text)

    assert isinstance(parsed, Or)
    assert len(parsed.operands) == 500


def test_braces_in_strings_are_no_nesting() -> None:
    assert parse(f'user = "{"{" * 200}"') == Comparison(Keyword("user"), "=", "{" * 200)


def test_nothing_is_imported_before_the_first_filter() -> None:
    code = "import sys, harness.expect; raise SystemExit('harness.xray_filter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0  # noqa: S603
    code = "import sys, harness.xray_filter; raise SystemExit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0  # noqa: S603


def test_a_missing_parser_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lark", None)
    monkeypatch.delitem(sys.modules, "harness.xray_filter.grammar", raising=False)

    with pytest.raises(ConfigurationError, match=r"need package 'lark'; install telemetry-harness\[xray\]"):
        parse("ok AND a_filter_nobody_parsed_before")


def test_a_number_that_is_too_long_says_where() -> None:
    with pytest.raises(FilterError) as raised:
        parse("responsetime > " + "9" * 5_000)
    assert raised.value.column == 16
    assert "a number of 5000 digits cannot be read" in str(raised.value)


def test_a_word_is_not_its_own_closest() -> None:
    with pytest.raises(FilterError) as raised:
        parse("AND fault")
    assert "closest: 'AND'" not in str(raised.value)
