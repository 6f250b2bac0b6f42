"""What differs between two runs of an app that did not change, and that contract, diff and parity know it."""

from __future__ import annotations

import random
import string
from typing import Any
from uuid import UUID

import pytest

from harness.analysis.diff import diff_records
from harness.analysis.parity.volatile import same_form
from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.forms import MESSAGES, pattern_of, template_of
from harness.contract.write.volatile import expected_entry
from harness.contract.write.yaml_text import Said
from harness.model import RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_log_event, a_segment, a_span, a_subsegment

TEXTS = [
    ("127.0.0.1:44693", "127.0.0.1:40121"),
    ("2026-11-24 16:46:57.377806", "2026-11-25 07:01:02"),
    ("2026-11-24", "2026-12-01"),
    ("Tue, 24 Nov 2026 16:46:57 GMT", "Wed, 25 Nov 2026 07:01:02 GMT"),
    ("Tue Nov 24 16:46:57 2026", "Wed Dec  2 07:01:02 2026"),
    ("24/Nov/2026:16:46:57 +0000", "01/Dec/2026:07:01:02 +0000"),
    ("2026/11/24 16:46:57", "2026/12/01 07:01:02"),
    ("11/24/2026 16:46", "12/01/2026 07:01"),
    ("20261124T164657Z", "20261201T070102Z"),
    ("5f3a9c01", "20394857"),
    ("0:00:01.250000", "0:00:02.031250"),
    ("1796143617", "1796143999"),
    ("1796143617.377806", "1796143999.5"),
    ("1-6b05e1c1-0123456789abcdef01234567", "1-6b05e1c2-fedcba987654321076543210"),
    ("0123456789abcdef0123", "fedcba98765432100123"),
    ("17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e", "9d7bb6a1-1c50-4d1b-a1a7-2b4b1f6f8f10"),
    ("/tmp/17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e/x", "/tmp/9d7bb6a1-1c50-4d1b-a1a7-2b4b1f6f8f10/x"),  # noqa: S108, text
    ("/tmp/tmpk2_8w0qz/x", "/tmp/tmpa1b2c3d4/x"),  # noqa: S108, text
    ("order_17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e", "order_9d7bb6a1-1c50-4d1b-a1a7-2b4b1f6f8f10"),
    ("http://localhost/orders/100234", "http://localhost/orders/100999"),
    ("http://localhost:40121/x?port=40121", "http://localhost:44693/x?port=44693"),
    ("<Order object at 0x7f01a2b3c4d5>", "<Order object at 0x7f55a2b3c4d0>"),
    ("took 57 ms", "took 58.5 ms"),
    ("took 52 min 7 s", "took 3 min 40 s"),
    ("1h 44m left", "2h 3m left"),
    ("4 hours ago", "12 hours ago"),
    ("01JDFGW9QZ8X4T2V7K3M5N6P0R", "01JDHZZZZZ0123456789ABCDEF"),
    ("01jdfgw9qz8x4t2v7k3m5n6p0r", "01jdhzzzzz0123456789abcdeg"),
    (
        "http://localhost/orders/01JDFGW9QZ8X4T2V7K3M5N6P0R/items",
        "http://localhost/orders/01JDHZZZZZ0123456789ABCDEF/items",
    ),
    ("http://localhost/orders?id=100234&x=1", "http://localhost/orders?id=100999&x=1"),
    ("/orders?orderId=100234", "/orders?orderId=100999"),
    ("/orders/100234.json", "/orders/100999.json"),
    ("for user=105747", "for user=990012"),
    ("SELECT * FROM t WHERE id IN (79619, 99914, 277)", "SELECT * FROM t WHERE id IN (79620, 1)"),
    ("v1.2.3-14-ga5a97a3", "v1.2.3-7-g0123456789ab"),
    ("waitress-3", "waitress-0"),
    ("Task-14", "Task-3"),
    ("wrote 9.2 MB", "wrote 149 MB"),
    ("wrote 149KiB", "wrote 1.5KiB"),
    ("SELECT * FROM orders WHERE id = 105747 AND open", "SELECT * FROM orders WHERE id = 99001 AND open"),
    ("DELETE FROM orders WHERE user_id = 105747", "DELETE FROM orders WHERE user_id = 99001"),
    ("SELECT * FROM orders WHERE id='105747'", "SELECT * FROM orders WHERE id='990012'"),
    ("Nov 24, 2026", "Dec 1, 2026"),
    ("due November 24, 2026 4:46 PM", "due May 1, 2026 11:02 AM"),
    ("24 Nov 2026", "1 December 2026"),
    ("3q2+7wAAEjRWeJq83vASNA==", "AAECAwQFBgcICQoLDA0ODw=="),
    ("dGhpcyBpcyBhIHRlc3Q=", "YW5vdGhlciB0ZXh0IGhl".replace("IGhl", "aGU=")),
    ("MDEyMzQ1Njc4OTAxMjM0NQ==", "QUJDREVGR0hJSktMTU5PUA=="),
    ("Xk3v9QpLr7Zt2WbN8sYd4A", "b7H_q2Zr-T5vKx9Lw0Pj3M"),
    ("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a", "AQEBzWvG7tF8wQ2hJ5kL9pR3sT6uV1xY4b"),
    ("/tmp/abc123/x", "/tmp/zq9/x"),  # noqa: S108, text
    ("/tmp/kjqwzu/x", "/tmp/aaaa/x"),  # noqa: S108, text
    ("read /tmp/abc123.csv", "read /tmp/zq9.csv"),
    ("/tmp/pytest-of-ann/pytest-7/test_home0/x", "/tmp/pytest-of-root/pytest-12/test_home0/x"),  # noqa: S108, text
    ("web-7d4b9c6f5-x2x9z", "web-6c8b9xk2zv-bbbbb"),
    ("pod web-v2-7d4b9c6f5-x2x9z is ready", "pod web-v2-58fbd7c944-mmnqw is ready"),
    ('W/"c-Lve95gjOVATpfV8EL5X4nxwjKHE"', 'W/"1f-abc"'),
    ('"5e8b5f2a-264"', '"1541025663.0-1234-2345678"'),
    ("d41d8cd98f00b204e9800998ecf8427e-38", "0123456789abcdef0123456789abcdef-4"),
    ("q83vASNFZ4mrze8BI0VniavN7wEjRWeJ", "TK76wjcmu2Ed/841bIcxr+kfKJrwde1g"),
    ("Bearer EmA5uWYlNsSAB5euXhuRH/q7RE2t6qGe", "Bearer hT9wQ+2hJ5kL9pR3/T6uV1xY4b8Zr2Ab"),
    ("mX2-q83vASNFZ4_rze8BI0VniavN7wEj", "hT9wQ_2hJ5kL9pR3-T6uV1xY4b_Zr2Ab"),
    ("cus_NffrFeUfNV2Hib", "cus_9s6XKzkNRiz8i3"),
    ("req_8f2k3l9d0s1mq7xa", "req_z81hq9d0x2m4k7pb"),
    ("https://api/v1/customers/cus_NffrFeUfNV2Hib/x", "https://api/v1/customers/cus_9s6XKzkNRiz8i3/x"),
    ("sk_test_4eC39HqLyjWDarjtT1zdp7dc", "sk_test_BQokikJOvBiI2HlWgH4olfQ2"),
    ("arn:aws:sqs:us-east-1:123456789012:Orders", "arn:aws:sqs:us-east-1:210987654321:Orders"),
    ("arn:aws:iam::123456789012:role/app", "arn:aws:iam::000000000000:role/app"),
    ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app", "210987654321.dkr.ecr.us-east-1.amazonaws.com/app"),
    ("Thread-23", "Thread-4"),
    ("Thread-23 (work)", "Thread-5 (work)"),
    ("ThreadPoolExecutor-0_1", "ThreadPoolExecutor-12_0"),
    ("asyncio_0", "asyncio_11"),
    ("ForkPoolWorker-3", "ForkPoolWorker-12"),
    ('{"orderId": 17, "rows": 3}', '{"orderId": 18, "rows": 3}'),
    ('{"id": "a b", "took": 1.5, "rows": [3]}', '{"id": "c", "took": 20.25, "rows": [3]}'),
    (
        '[{"at": "2026-11-28T01:02:03Z", "duration_ms": 7}]',
        '[{"at": "2026-11-29T11:12:13Z", "duration_ms": 12}]',
    ),
    ("2026-W48-6", "2027-W01-1"),
    ("week 2026W48", "week 2026W49"),
    ("11/28/2026, 5:15:27 PM", "1/2/2027, 11:05:09 AM"),
    ("11/28/2026 05:15 PM", "12/01/2026 11:05 AM"),
    ("at 5:15 p.m", "at 11:05 a.m"),
    ("20261129000825", "20270102235959"),
    ("backup-20261129_000825.sql", "backup-20270102_235959.sql"),
    ("s3://bucket/2026/11/29/data.json", "s3://bucket/2027/01/02/data.json"),
    ("PT3.7S", "P1DT2H3M"),
    ("8m55s", "1h0m3.25s"),
    ("4.82e-06", "1.5E+10"),
    ("cost 4.82e-06 USD", "cost 5e-07 USD"),
    ("took 4.82e-06 s", "took 57 s"),
    ("61.9%", "7%"),
    ("cpu -0.5%, 7 cores", "cpu 100%, 7 cores"),
    ("10.0.3.17", "192.168.100.2"),
    ("http://10.0.3.17:40121/x", "http://192.168.100.2:44693/x"),
    ("fe80::1c3:d416", "fe80::abcd:0"),
    ("2001:db8:0:1:2:3:4:5", "2001:db8::7"),
    ("[fe80::1c3:d416%eth0]:40121", "[fe80::abcd]:44693"),
    ("::ffff:10.0.3.17", "::ffff:10.0.12.4"),
    ("0a:1b:2c:3d:4e:5f", "de:ad:be:ef:ca:fe"),
    ("ip-10-0-12-34.ec2.internal", "ip-172-31-0-4.ec2.internal"),
    ("worker-12345", "worker-7"),
    ("gunicorn pid=12345", "gunicorn pid=7"),
    ("1 day, 0:00:01.25", "0:00:01"),
    ("order 481023994127", "order 123456789"),
    ("redacted (12 chars)", "redacted (40 chars)"),
]
KEYS: list[tuple[str, Any, Any]] = [
    ("work.duration_ms", 57, 61),
    ("durationMs", 57, 61),
    ("elapsed", "57", "61.5"),
    ("orderId", 17, 18),
    ("orderId", "ord-a", "ord-b"),
    ("request-id", "a", "b"),
    ("code.file.path", "/tmp/ci-17/app/orders.py", "/home/ann/app/orders.py"),  # noqa: S108, text
    ("code.line.number", 17, 18),
    ("code.function.name", "Orders.load", "load"),
    ("http.response.header.etag", "abc", "def"),
    ("process.command", "flask run -p 5000 12:30", "flask run --port=41231"),
]
CASES = [("app.key", *texts) for texts in TEXTS] + KEYS


def a_run(key: str, value: Any) -> RunRecord:
    telemetry = Telemetry(
        spans=(a_span("work", attributes={key: value}),),
        segments=(a_segment("shop", a_subsegment("work", metadata={"ns": {key: value}})),),
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


@pytest.mark.parametrize(("key", "first", "second"), CASES)
def test_the_next_run_is_green_and_writes_the_same_bytes(key: str, first: Any, second: Any) -> None:
    before, after = a_run(key, first), a_run(key, second)

    assert contract_text(before) == contract_text(after)
    assert check_contract(parse_contract(contract_text(before)), after) == ()
    assert diff_records(before, after).changes == ()


@pytest.mark.parametrize(("first", "second"), TEXTS[:-1])
def test_parity_knows_them(first: str, second: str) -> None:
    assert same_form(first, second)


@pytest.mark.parametrize(
    "text",
    [
        *("1.1", "GET /orders/17", "v2.31.0", "us-east-1", "3 rows", "2026", "deadbeef", "a:b", "12:x", "s3"),
        *(
            "GET /v1/users",
            "home-activities",
            "home-activites-mock-data",
            "app.result_length",
            "backend-flask",
        ),
        *(
            "OpenTelemetry2Exporter",
            "TestOAuth2ClientHandler",
            "AmazonS3ClientBuilder",
            "AmazonDynamoDBv2Client",
        ),
        *(
            "GetHomeActivitiesForUser",
            "INTERNATIONALIZATION2PARTS",
            "MyService_v2_HomeActivities",
            "opentelemetry.instrumentation.flask",
        ),
        *(
            "SELECT * FROM users WHERE userIdentifiers=?",
            "max-age=86400",
            "limit=10000",
            "name=value",
            "longIdentifierNm=",
            "a=b&c=d",
        ),
        *(
            "arn:aws:s3:::Orders",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "X-Amzn-S3-Extended-Request-Id",
            "grpc-status-details-bin",
        ),
        *("May 5 people", "March", "24 hours", "web-server-proxy", "kube-system", "web-0", "http-proxy-ssl"),
        *("/tmp", "/tmp/app.sock", "/var/app/x", 'say "hello"', '"hello"', "W/O", "text/html; charset=utf-8"),  # noqa: S108
        *(
            "Mozilla/5.0 (X11; Linux x86_64)",
            "/assets/index.js",
            "sha256",
            "utf-8",
            "HTTP/1.1",
            "eu-central-1a",
        ),
        *(
            "#a1b2c3",
            "#ff00aacc",
            "#00112233",
            "v20.11.1",
            "1.2.3rc1",
            "python3.11-slim-bookworm",
            "W3C",
        ),
        *("gpt-4o-mini", "claude-3-5-sonnet", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
        *(
            "Qwen2.5-Coder-32B-Instruct-GPTQ-Int4",
            "anthropic.claude-3-5-sonnet-v2:0",
            "text-embedding-3-large",
        ),
        *(
            "MainThread",
            "Thread-safe",
            "ThreadPoolExecutor",
            "Process",
            "in_progress_orders_total",
            "price_usd",
        ),
        *(
            "order_ProcessingServiceImpl",
            "evt_OrderCreatedV2",
            "msg_UserSignedUpEvent",
            "session_timeout_seconds",
        ),
        *("src/Components/HomePage2/UserV3x", "com.example.orders.OrderServiceImplV2Factory"),
        *("GetHomeActivitiesForUserV2", "X-Forwarded-Host-Name-For-Proxy1", "ECDHE-RSA-AES128-GCM-SHA256"),
        *(
            "127.0.0.1",
            "0.0.0.0",
            "http://127.0.0.1/x",
            "[::1]",
            "::1",
            "worker-pool",
            "worker-process-manager",
        ),
        *(
            "P",
            "PT",
            "P2P",
            "PDT",
            "std::abs",
            "AWS::EC2",
            "a%20b",
            "/a/3%20b",
            "LIKE '5%25'",
            "1e5",
            "1.2.3.4.5",
        ),
        *('{"rows": 3, "name": "ann"}', '["a", 1]', "{not json 17}", "16:9", "1/2/3"),
    ],
)
def test_what_is_said_stays_exact(text: str) -> None:
    assert pattern_of(text) is None
    assert template_of(text) == text


def test_a_message_folds_its_numbers_and_addresses() -> None:
    line = '127.0.0.1 - - [24/Nov/2026 16:46:57] "GET /orders/17" 200 -'
    assert template_of(line, MESSAGES) == '‹address› - - [‹date›] "GET /orders/‹number›" ‹number› -'


def test_a_comment_says_no_value_that_another_run_does_not_have() -> None:
    hosts = ["localhost", "127.0.0.1:44693", "127.0.0.1:40121"]
    said = Said("str", "differs")
    assert expected_entry("http.host", hosts, always=True) == ("http.host/type", said)
    rows = [3, 5, 7, 9, 11, 13]
    assert expected_entry("rows", rows, always=True) == ("rows/type", Said("int", "differs"))


def orders(*ids: str) -> RunRecord:
    segments = [
        a_segment("shop", http={"request": {"method": "GET", "url": f"http://localhost/orders/{id_}"}})
        for id_ in ids
    ]
    telemetry = Telemetry(segments=tuple(segments), log_events=(a_log_event(f"order {ids[0]}"),))
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


def test_an_id_in_a_path_tells_no_variants_apart() -> None:
    uuids = [f"17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2{n}" for n in range(4)]
    before, after = orders("new", *uuids[:2]), orders("new", *uuids[2:])
    text = contract_text(before)

    assert text == contract_text(after)
    assert check_contract(parse_contract(text), after) == ()
    assert [line.strip() for line in text.splitlines() if "url" in line] == [
        "url/regex: '\\A(?:\\w+://[^/?#]*)?/orders/new(?:[?#]|\\Z)'",
        "url: http://localhost/orders/new",
        "url/regex: '\\A(?:\\w+://[^/?#]*)?/orders/[0-9a-fA-F-]{36}(?:[?#]|\\Z)'",
        "url/regex: '\\Ahttp://localhost/orders/[0-9a-fA-F-]{36}\\Z'",
    ]


@pytest.mark.parametrize(
    ("digits", "form"), [(16, "hex"), (24, "hex"), (32, "hex"), (40, "hex"), (64, "hex"), (0, "uuid")]
)
@pytest.mark.parametrize(
    "path",
    [
        "/orders/{}",
        "/orders/{}/items",
        "/api/v1/orders/{}",
        "orders/{}",
        "http://shop/a/{}?x=1",
        "/a/{}/b/{}",
    ],
)
def test_an_id_in_a_path_is_found_in_its_segment(path: str, digits: int, form: str) -> None:
    numbers = random.Random(8)
    ids = (
        f"{numbers.getrandbits(4 * digits):0{digits}x}" if digits else str(UUID(int=numbers.getrandbits(128)))
        for _ in range(3_000)
    )
    assert {template_of(path.format(one, one)) for one in ids} == {path.replace("{}", f"‹{form}›")}


@pytest.mark.parametrize("others", ["", "-_"], ids=["base62", "base64url"])
def test_of_random_tokens_of_22_characters_few_are_taken_as_stable(others: str) -> None:
    drawn, letters = random.Random(22), string.ascii_letters + string.digits + others
    tokens = ["".join(drawn.choices(letters, k=22)) for _ in range(3_000)]
    assert sum(pattern_of(token) is None for token in tokens) < 0.03 * len(tokens)


@pytest.mark.parametrize(
    "name",
    [
        "home-activites-mock-data",
        "x-honeycomb-team",
        "AWS::ECS::Container",
        "1.0.0-rc.1+build.20",
        "URLLib3ReadTimeoutError",
        "XMLHttpRequestEventTarget",
        "PyObject_CallMethodObjArgs",
        "ManageEC2InstanceTags",
        "MLKEM768X25519PrivateKey",
        "AmazonMQApiFullAccess",
        "services/home_activities/HomeActivities.run",
        "opentelemetry.instrumentation.flask",
        "concurrentMultiSpanProcessor",
        "JSONWebTokenVerificationKeys",
    ],
)
def test_an_ordinary_name_is_stable(name: str) -> None:
    assert pattern_of(name) is None
