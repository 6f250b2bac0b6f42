"""Contract files: what they may say, and every mistake with its place."""

from pathlib import Path

import pytest

from harness import (
    SERVER,
    absent,
    any_of,
    each,
    ge,
    instance_of,
    iso8601,
    length,
    link,
    log_event,
    log_record,
    segment,
    span,
    subsegment,
)
from harness.contract import load_contract, parse_contract
from harness.contract.items import Presence, Tier
from harness.errors import ContractError
from harness.model import Level, Site

WHOLE = """\
# yaml-language-server: $schema=./contract.schema.json
version: 1
levels:
  unexercised: error
resource:
  service.name: backend-flask
operations:
  - span: GET /api/activities/home
    when:
      attributes:
        http.status_code: 200
    kind: server
    attributes:
      app.now/format: date-time
      app.user/optional/type: str
    children:
      - span/starts_with: home-
        count/ge: 1
        used_by: [Home dashboard]
      - span: debug
        links:
          - attributes: {queue/starts_with: ord}
        presence: forbidden
  - segment: backend-flask
    subsegments:
      - subsegment: mock-data
        metadata:
          namespace:
            key:
              results-size/type: int
log_events:
  - log_event/contains: HomeActivities
    log_group: cruddur
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ContractError) as raised:
        parse_contract(text, file="c.yaml")
    return list(raised.value.problems)


def body(text: str) -> str:
    return f"version: 1\noperations:\n{text}"


def test_a_contract_is_the_expectations_that_it_says() -> None:
    contract = parse_contract(WHOLE, file="c.yaml")
    home, backend = contract.operations

    assert home.item.expectation == span(
        "GET /api/activities/home",
        kind=SERVER,
        attributes={"app.now": iso8601(), "app.user": any_of(absent, instance_of(str))},
    )
    assert home.when == span("GET /api/activities/home", attributes={"http.status_code": 200})
    assert home.item.site == Site("c.yaml", 8)
    child, debug = home.item.children
    assert (child.count, child.tier, child.used_by) == (ge(1), Tier.PUBLIC, ("Home dashboard",))
    assert debug.presence is Presence.FORBIDDEN
    assert backend.item.expectation == segment("backend-flask")
    assert backend.item.children[0].expectation == subsegment(
        "mock-data", metadata={"namespace": {"key": {"results-size": instance_of(int)}}}
    )
    assert contract.log_events[0].expectation.__class__ is log_event("x").__class__
    assert contract.levels["unexercised"] is Level.ERROR
    assert contract.levels["undeclared"] is Level.WARNING


def test_all_mistakes_are_told_at_once_each_with_its_place() -> None:
    text = body(
        "  - span: GET /\n    kind: servr\n    attributes:\n      a/tpe: int\n      b: 1\n      b/type: int\n"
        "    children:\n      - span: x\n        coutn: 1\n      - scope: y\n"
        "  - spam: z\n"
    )
    assert problems_of(text) == [
        "c.yaml:4:11: kind: 'servr' is not known; did you mean 'server'?",
        (
            "c.yaml:6:7: unknown operator 'tpe' in 'a/tpe'; did you mean 'type'?;"
            " a name that has a slash itself is written 'a/tpe/is'"
        ),
        "c.yaml:8:7: 'b' is given twice, first in line 7; keep one",
        "c.yaml:11:9: unknown key 'coutn' in span; did you mean 'count'?",
        "c.yaml:12:9: 'span' is missing: an item starts with what identifies it",
        "c.yaml:13:5: an operation starts with 'span: NAME' or 'segment: NAME'",
        "c.yaml:13:5: unknown key 'spam' in span; did you mean 'span'?",
    ]


def test_all_mistakes_of_one_item_are_told_each_at_its_value() -> None:
    text = (
        body(
            "  - span: 5\n    scope: 5\n    status: eror\n    duration: fast\n    count: 2\n    children:\n"
            "      - scope: [a]\n        kind: servr\n"
            "  - subsegments:\n      - subsegment: a\n        fault: 1\n        error: 'no'\n"
        )
        + "log_events:\n  - log_event: hi\n    log_group: 7\n    log_stream: 8\n"
    )
    assert problems_of(text) == [
        "c.yaml:3:11: span: expected text, 5 given; write '5'",
        "c.yaml:4:12: span: scope: expected text or a matcher, 5 given",
        "c.yaml:5:13: status: 'eror' is not known; did you mean 'error'?",
        "c.yaml:6:15: span: duration: expected a number or a matcher, 'fast' given",
        (
            "c.yaml:7:5: count: an operation may be requested any number of times;"
            " count what is below it, or remove 'count'"
        ),
        "c.yaml:9:9: 'span' is missing: an item starts with what identifies it",
        "c.yaml:9:16: span: scope: expected text or a matcher, ['a'] given",
        "c.yaml:10:15: kind: 'servr' is not known; did you mean 'server'?",
        "c.yaml:11:5: an operation starts with 'span: NAME' or 'segment: NAME'",
        "c.yaml:13:16: subsegment: fault: expected True or False or a matcher, 1 given",
        "c.yaml:14:16: subsegment: error: expected True or False or a matcher, 'no' given",
        "c.yaml:17:16: log_event: log_group: expected text or a matcher, 7 given",
        "c.yaml:18:17: log_event: log_stream: expected text or a matcher, 8 given",
    ]


def test_what_is_left_out_has_the_place_of_its_key() -> None:
    text = body("  - span:\n    kind:\n    attributes:\n      ~: 1\n    events:\n      - event:\n")
    assert problems_of(f"{text}exports:\n") == [
        (
            "c.yaml:3:5: span: expected text, nothing given;"
            " write its name, or an operator such as 'span/regex'"
        ),
        (
            "c.yaml:4:5: kind: nothing is given;"
            " expected one of client, consumer, internal, producer, server, unspecified"
        ),
        "c.yaml:6:7: a key must be text, ~ given",
        "c.yaml:8:9: event: expected its name, nothing given",
        "c.yaml:9:1: exports: expected a list of items, each starting with '- '",
    ]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            "kind/one_of: [server, foo]",
            (
                "4:27: span: kind: 'foo' is not known;"
                " expected one of client, consumer, internal, producer, server, unspecified"
            ),
        ),
        ("kind/not: {one_of: [clent]}", "4:25: span: kind: 'clent' is not known; did you mean 'client'?"),
        ("status/any_of: [ok, eror]", "4:25: span: status: 'eror' is not known; did you mean 'error'?"),
        ("events/one_of: [a]", "4:5: 'events' takes no operator, 'one_of' given; write 'events: …'"),
        ("events/optional: [a]", "4:5: 'events' takes no operator, 'optional' given; write 'events: …'"),
        ("children/each: []", "4:5: 'children' takes no operator, 'each' given; write 'children: …'"),
        ("presence/one_of: [a]", "4:5: 'presence' takes no operator, 'one_of' given; write 'presence: …'"),
        ("scope/one_of: [a, 5]", "4:23: span: scope: expected text, 5 given"),
        (
            "duration/regex: a",
            (
                "4:5: span: duration: operator 'regex' does not fit a number; expected one of"
                " absent, all_of, any_of, approx, between, ge, gt, is, le, lt, not, one_of, present, type"
            ),
        ),
        (
            "scope/gt: 3",
            (
                "4:5: span: scope: operator 'gt' does not fit text; expected one of absent, all_of, any_of,"
                " contains, ends_with, format, hex_id, is, length, not, one_of, present, regex,"
                " starts_with, type"
            ),
        ),
    ],
)
def test_an_operator_or_a_value_that_fits_nothing_is_refused(said: str, problem: str) -> None:
    assert problems_of(body(f"  - span: a\n    {said}\n")) == [f"c.yaml:{problem}"]


@pytest.mark.parametrize(
    "said",
    [
        "kind/one_of: [server, client]",
        "kind/regex: server|client",
        "status/not: error",
        "scope/any_of: [{starts_with: a}, b]",
        "duration/lt: 3",
        "attributes/absent: true",
        "duration/any_of: [{lt: 1}, 5]",
    ],
)
def test_an_operator_that_fits(said: str) -> None:
    assert len(parse_contract(body(f"  - span: a\n    {said}\n")).operations) == 1


def test_of_very_many_mistakes_the_first_are_told_and_how_many_more_there_are() -> None:
    found = problems_of(body("".join(f"  - span: s{n}\n    tier: x\n" for n in range(60))))
    assert len(found) == 51
    assert found[-1] == "c.yaml: and 10 more problems; these are the first 50"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (
            '"x\x07"',
            r"5:12: not YAML: the character '\x07' is not allowed; remove it, or write \x07 in double quotes",
        ),
        ("[" * 70 + "]" * 70, "5:66: nested too deeply; expected at most 60 levels"),
        ("[" * 3000 + "]" * 3000, "5:66: nested too deeply; expected at most 60 levels"),
    ],
    ids=("control character", "deep", "deeper than can be read"),
)
def test_what_cannot_be_read_has_a_place(value: str, problem: str) -> None:
    assert problems_of(body(f"  - span: a\n    attributes:\n      b: {value}\n")) == [f"c.yaml:{problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "c.yaml:1:1: the file is empty; expected 'version: 1' and 'operations:'"),
        ("[1]", "c.yaml:1:1: the contract: expected a mapping, a list given"),
        ("operations: []", "c.yaml:1:1: 'version' is missing; write 'version: 1' first"),
        (
            "version: 2",
            "c.yaml:1:10: version 2 is not read, expected 1; install the telemetry-harness that wrote it",
        ),
        ("version: one", "c.yaml:1:10: version 'one' is not read, expected 1; write 1"),
        (
            "version: 1\n---\nversion: 1\n",
            (
                "c.yaml:2:1: not YAML: expected a single document in the stream but found another document;"
                " fix the syntax here"
            ),
        ),
        ("a: [1\n", "c.yaml:2:1: not YAML: expected ',' or ']', but got '<stream end>'; fix the syntax here"),
        (
            "a: &x 1",
            "c.yaml:1:4: anchor 'x': anchors and aliases are not read in a contract; write the value out",
        ),
        (
            "a: !!python/object:os.system 1",
            (
                "c.yaml:1:4: tag 'tag:yaml.org,2002:python/object:os.system': tags are not read"
                " in a contract; write a plain value"
            ),
        ),
        ("<<: {a: 1}", "c.yaml:1:1: '<<': merge keys are not read in a contract; write the keys out"),
        (
            "version: 1\noperations: 3",
            "c.yaml:2:13: operations: expected a list of items, each starting with '- '",
        ),
        (
            body("  - span: a\n    attributes: {b/regex: '('}"),
            (
                "c.yaml:4:27: b/regex: regex: '(' is not a regular expression: missing ),"
                " unterminated subpattern at position 0"
            ),
        ),
        (
            body("  - span: a\n    duration/lt: fast"),
            "c.yaml:4:18: duration/lt: expected a number, 'fast' given",
        ),
        (
            body("  - span: a\n  - span: a"),
            (
                "c.yaml:4:5: operation span 'a' is declared twice, first in line 3;"
                " tell them apart by 'when', or keep one"
            ),
        ),
        (
            "version: 1\nwaivers:\n  - finding: span_missing\n    owner: ann",
            "c.yaml:3:5: waiver: reason, expires missing; who waives what, why and until when?",
        ),
        (
            "version: 1\nwaivers:\n  - {finding: a, owner: b, reason: c, expires: soon}",
            "c.yaml:3:48: expires: expected a day such as 2027-01-31, 'soon' given",
        ),
        ("version: true", "c.yaml:1:10: version True is not read, expected 1; write 1"),
        (
            body("  - span: ~"),
            (
                "c.yaml:3:11: span: expected text, ~ given;"
                " write its name, or an operator such as 'span/regex'"
            ),
        ),
        (
            body("  - segment: s\n    subsegments:\n      - subsegment: {regexp: x}"),
            (
                "c.yaml:5:21: subsegment: expected text, a mapping given;"
                " write its name, or an operator such as 'subsegment/regex'"
            ),
        ),
        (body("  - span: 5"), "c.yaml:3:11: span: expected text, 5 given; write '5'"),
        (
            "version: 1\nmetrics:\n  - metric: true",
            "c.yaml:3:13: metric: expected text, true given; write 'true'",
        ),
        (
            body("  - segment: b\n    count/ge: 1"),
            (
                "c.yaml:4:5: count: an operation may be requested any number of times;"
                " count what is below it, or remove 'count'"
            ),
        ),
        (
            "version: 1\nmetrics:\n  - metric: a\n    count: -1",
            (
                "c.yaml:4:12: count: expected a whole number of 0 or more, -1 given;"
                " of another number write 'count/ge: 1'"
            ),
        ),
        (
            "version: 1\nmetrics:\n  - metric: a\n    count: {le: 1}",
            (
                "c.yaml:4:12: count: expected a whole number of 0 or more, a mapping given;"
                " of another number write 'count/le: 1'"
            ),
        ),
        (
            "version: 1\nmetrics:\n  - metric: a\n    count: true",
            (
                "c.yaml:4:12: count: expected a whole number of 0 or more, true given;"
                " of another number write 'count/ge: 1'"
            ),
        ),
        (
            body("  - span: a\n    attributes: {a/length: x}"),
            ("c.yaml:4:28: a/length: expected a whole number of 0 or more, or such as {ge: 1}, 'x' given"),
        ),
        (
            body("  - span: a\n    attributes: {e/each: {typ: int}}"),
            (
                "c.yaml:4:27: unknown operator 'typ'; did you mean 'type'?;"
                " a mapping that has this key is written 'is: {typ: …}'"
            ),
        ),
        (
            body("  - span: a\n    used_by: []"),
            (
                "c.yaml:4:14: used_by: expected the name of a dashboard or alarm, an empty list given;"
                " where nobody is to be named, write 'tier: public'"
            ),
        ),
        (
            body("  - span: a\n    used_by: {Home: 1}"),
            (
                "c.yaml:4:14: used_by: expected the name of a dashboard or alarm, a mapping given;"
                " where nobody is to be named, write 'tier: public'"
            ),
        ),
    ],
)
def test_one_mistake(text: str, problem: str) -> None:
    assert problem in problems_of(text)


def test_what_is_missing_in_a_waiver_hides_nothing() -> None:
    assert problems_of("version: 1\nwaivers:\n  - {finding: 5, owner: b, expires: soon}") == [
        "c.yaml:3:5: waiver: reason missing; who waives what, why and until when?",
        "c.yaml:3:15: finding: expected text, 5 given",
        "c.yaml:3:37: expires: expected a day such as 2027-01-31, 'soon' given",
    ]


def test_what_may_be_anything_is_taken() -> None:
    contract = parse_contract(
        "version: 1\nlog_records:\n  - log_record: 5\n  - log_record: ~\noperations:\n  - span: a\n"
        "    attributes: {a/length: {ge: 1}, b/length: 0, c/each: {id: 5}, d/each: {is: {typ: int}}}\n"
        "    children: [{span: b, count: 0}]\n"
    )
    assert [item.expectation for item in contract.log_records] == [log_record(5), log_record(None)]
    assert contract.operations[0].item.expectation == span(
        "a", attributes={"a": length(ge(1)), "b": length(0), "c": each({"id": 5}), "d": each({"typ": "int"})}
    )


@pytest.mark.parametrize("text", ["[" * 5000, "a:\n" + "".join(" " * n + "- \n" for n in range(1, 200))])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "c.yaml" in problems_of(text)[0]


def test_a_name_with_a_slash_is_written_with_is() -> None:
    (operation,) = parse_contract(body("  - span: a\n    attributes: {k8s.io/pod/is: x}")).operations
    assert operation.item.expectation == span("a", attributes={"k8s.io/pod": "x"})


def test_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    for content, message in [
        (None, f"{file}: no such contract; write one with `harness contract write RUN`"),
        (
            b"version: 1\n#" + b"x" * 4_000_000,
            f"{file}: 4,000,012 bytes, expected at most 4,000,000; split the contract",
        ),
        (b"a: \xff", f"{file}: not UTF-8 at byte 3; save it as UTF-8"),
    ]:
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ContractError) as raised:
            load_contract(file)
        assert raised.value.problems == (message,)
    with pytest.raises(ContractError, match="cannot be read: Is a directory"):
        load_contract(tmp_path)


def test_a_value_of_a_type_that_nothing_captured_has_is_refused_and_the_rest_is_told_too() -> None:
    text = body(
        "  - span: 5\n    duration: true\n    children:\n      - span: x\n        events: [3]\n"
        "  - segment: a\n    fault: 'yes'\n"
        "  - span: null\n"
    )
    assert problems_of(text) == [
        "c.yaml:3:11: span: expected text, 5 given; write '5'",
        "c.yaml:4:15: span: duration: expected a number or a matcher, True given",
        "c.yaml:7:18: event: expected its name, 3 given",
        "c.yaml:9:12: segment: fault: expected True or False or a matcher, 'yes' given",
        (
            "c.yaml:10:11: span: expected text, null given;"
            " write its name, or an operator such as 'span/regex'"
        ),
    ]


def test_a_list_of_events_or_links_that_expects_none_is_refused() -> None:
    assert problems_of(body("  - span: a\n    events: []\n  - span: b\n    links: []\n")) == [
        (
            f"c.yaml:{place}: span: {noun}s: expected at least one {noun}, none given; for a span without"
            f" {noun}s leave it out, and assert that the {noun}s of telemetry.span(…) are ()"
        )
        for place, noun in (("4:13", "event"), ("6:12", "link"))
    ]


def test_a_link_that_says_nothing_is_any_link() -> None:
    (operation,) = parse_contract(body("  - span: a\n    links: [{}, {attributes: {}}]")).operations
    assert operation.item.expectation == span("a", links=[link(), link(attributes={})])
