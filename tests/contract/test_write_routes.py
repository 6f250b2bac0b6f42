"""Parameters of routes in the URLs of a written contract."""

from __future__ import annotations

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.write.routes import Routes, pattern_of_route
from harness.model import RunRecord, ScenarioRecord, Segment, Span
from tests.builders import a_segment, a_span, a_telemetry


def a_run(*captured: Span | Segment) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test_x", telemetry=a_telemetry(*captured)),))


def served(target: str, route: str = "/users/<int:id>", url: str = "") -> Span:
    urls = {"http.target": target} | ({"http.url": url} if url else {})
    return a_span("GET /users", attributes={"http.route": route, **urls})


def requested(path: str, n: int = 1) -> Segment:
    http = {
        "request": {"method": "GET", "url": f"http://localhost:{40_000 + n}{path}"},
        "response": {"status": 200},
    }
    return a_segment("api", id=f"{n:016}", trace_id=f"1-{n:08x}-{n:024}", http=http)


def operations(text: str) -> int:
    return text.count("- segment: api")


def test_the_target_of_a_span_is_open_where_its_route_has_a_parameter() -> None:
    text = contract_text(a_run(served("/users/7?verbose=yes", url="http://localhost:41234/users/7")))

    assert r"http.target/regex: '\A/users/[^/?#]+\?verbose=yes\Z'" in text
    assert r"http.url/regex: '\Ahttp://localhost:\d+/users/[^/?#]+\Z'" in text
    contract = parse_contract(text)
    another = served("/users/81?verbose=yes", url="http://localhost:5000/users/81")
    assert check_contract(contract, a_run(another)) == ()
    (finding,) = check_contract(contract, a_run(served("/people/7", url="http://localhost:5000/users/81")))
    assert (
        finding.message.startswith("http.target: expected text matching") or "http.target" in finding.message
    )


@pytest.mark.parametrize("span", [served("/users/7", "/users/7"), served("/elsewhere/7")])
def test_a_target_stays_where_its_route_says_nothing_of_it(span: Span) -> None:
    assert f"http.target: {span.attributes['http.target']}\n" in contract_text(a_run(span))


def test_a_target_that_some_spans_lack_stays_optional() -> None:
    bare = a_span("GET /users", span_id="9" * 16, attributes={"http.route": "/users/<int:id>"})

    assert "http.target/optional/regex:" in contract_text(a_run(served("/users/7"), bare))


def test_segments_of_one_route_are_one_operation() -> None:
    text = contract_text(a_run(served("/users/7"), requested("/users/7"), requested("/users/me", 2)))

    assert operations(text) == 1
    assert r"url/regex: '\Ahttp://localhost:\d+/users/[^/?#]+\Z'" in text
    later = a_run(served("/users/7"), requested("/users/812"))
    assert check_contract(parse_contract(text), later) == ()


def test_a_route_without_parameters_goes_before_one_with_them() -> None:
    spans = served("/users/7"), a_span("me", span_id="9" * 16, attributes={"http.route": "/users/me"})

    text = contract_text(a_run(*spans, requested("/users/7"), requested("/users/me", 2)))
    assert operations(text) == 2


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["/users/7", "/users/700"], 1),
        (["/users/7", "/users/me"], 2),
        (["/users/7", "/pages/7"], 2),
        (["/users/7/posts/1", "/users/8/posts/2"], 1),
    ],
)
def test_segments_alone_are_one_operation_where_they_differ_in_numbers(
    paths: list[str], expected: int
) -> None:
    text = contract_text(a_run(*(requested(path, n) for n, path in enumerate(paths, 1))))

    assert operations(text) == expected


@pytest.mark.parametrize(
    ("route", "pattern"),
    [
        ("/users/{id}", "/users/[^/?#]+"),
        ("/users/:id/posts/:post", "/users/[^/?#]+/posts/[^/?#]+"),
        ("/@<string:handle>.json", r"/@[^/?#]+\.json"),
        ("/static/<path:file>", "/static/[^?#]+"),
        ("/static/*", "/static/[^?#]+"),
        ("/static/{file...}", "/static/[^?#]+"),
        ("/static/**/**/**", None),
        ("/{a}-{b}-{c}", None),
        ("/health", None),
        ("", None),
    ],
)
def test_routes_of_several_frameworks(route: str, pattern: str | None) -> None:
    assert pattern_of_route(route) == pattern


def test_the_nearest_route_counts() -> None:
    routes = Routes([served("", route) for route in ("/<path:rest>", "/users/<id>", "/users/<id>/posts")])

    assert routes.pattern("/users/7") == "/users/[^/?#]+"
    assert routes.pattern("/users/7/posts") == "/users/[^/?#]+/posts"
    assert routes.pattern("/a/b") == "/[^?#]+"
