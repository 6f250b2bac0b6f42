"""What an exporter does behind the app's back belongs to the scenario that made it."""

from __future__ import annotations

import json

import pytest

from tests.pytest_plugin.conftest import OTEL, Run

MESSAGE = (
    "connection to 'api.honeycomb.io' refused: a captured process reaches no real backend; "
    "take the endpoint from the environment (AWS_ENDPOINT_URL, OTEL_EXPORTER_OTLP_ENDPOINT)"
)
SOURCE = """
    import socket
    from concurrent.futures import ThreadPoolExecutor

    import pytest
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from harness import export_request, span
    from harness.errors import OutboundRefused

    pool = ThreadPoolExecutor(1)
    made = []

    def make(endpoint="https://api.honeycomb.io/v1/traces"):
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=1)
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=60_000))
        made.append(provider)
        with provider.get_tracer("app").start_as_current_span("first"):
            pass
"""
CULPRIT = """
    def test_culprit(telemetry):
        pool.submit(int).result()
        make()
        telemetry.expect(span("first"))
"""


def findings(pytester: pytest.Pytester) -> dict[str, list[tuple[str, str, object]]]:
    """Return whose findings of refused connections and requests there are: id, message and line."""
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    owners = {item["name"].rpartition("::")[2]: item for item in record["scenarios"]} | {"run": record}
    return {
        name: [
            (f["id"], f["message"], (f["site"]["file"], f["site"]["line"]) if f.get("site") else None)
            for f in owner.get("findings", ())
            # and not a check that failed so that the exporters are flushed
            if f["id"] in ("outbound_refused", "input_rejected")
        ]
        for name, owner in owners.items()
    }


def line_of(pytester: pytest.Pytester, text: str) -> tuple[str, int]:
    (file,) = pytester.path.glob("test_*.py")
    return file.name, 1 + next(n for n, line in enumerate(file.read_text().splitlines()) if text in line)


def test_what_a_flush_is_refused_belongs_to_the_scenario_of_its_provider(
    run: Run, pytester: pytest.Pytester
) -> None:
    innocent = """
    def test_innocent(telemetry):
        with pytest.raises(AssertionError):
            telemetry.expect(export_request("/v1/traces"))  # flushes
    """
    run(OTEL, SOURCE + CULPRIT + innocent)

    line = line_of(pytester, "TracerProvider(shutdown")
    found = findings(pytester)
    assert (set(found.pop("test_culprit")), found) == (
        {("outbound_refused", MESSAGE, line)},
        {"test_innocent": [], "run": []},
    )


def test_what_an_exporters_thread_is_refused_belongs_to_the_scenario_in_which_it_began(
    run: Run, pytester: pytest.Pytester
) -> None:
    innocent = """
    def test_innocent(telemetry):
        made[-1].shutdown()  # exports what is left, on the thread of its processor
        with pytest.raises(AssertionError):
            telemetry.expect(span("none"))
    """
    run(OTEL, SOURCE + CULPRIT + innocent)

    found = findings(pytester)
    assert (set(found.pop("test_culprit")), found) == (
        {("outbound_refused", MESSAGE, None)},
        {"test_innocent": [], "run": []},
    )


def test_what_start_up_made_belongs_to_no_scenario(run: Run, pytester: pytest.Pytester) -> None:
    innocent = """
    @pytest.fixture(scope="module")
    def app():
        make()

    def test_innocent(app, telemetry):
        made[-1].shutdown()
        with pytest.raises(AssertionError):
            telemetry.expect(span("none"))
    """
    run(OTEL, SOURCE + innocent)

    found = findings(pytester)
    assert (set(found.pop("run")), found) == ({("outbound_refused", MESSAGE, None)}, {"test_innocent": []})


def test_what_a_pool_is_asked_for_belongs_to_the_scenario_that_asks(
    run: Run, pytester: pytest.Pytester
) -> None:
    asking = """
    def test_asking(telemetry):
        with pytest.raises(OutboundRefused):
            pool.submit(socket.getaddrinfo, "api.honeycomb.io", 443).result()
        with pytest.raises(AssertionError):
            telemetry.expect(span("none"))

    def test_asking_by_itself(telemetry):
        with pytest.raises(OutboundRefused):
            socket.getaddrinfo("api.honeycomb.io", 443)
        with pytest.raises(AssertionError):
            telemetry.expect(span("none"))
    """
    run(OTEL, SOURCE + CULPRIT + asking)

    found = findings(pytester)
    found["test_culprit"] = [item for item in found["test_culprit"] if item[2] is None]
    assert found == {
        "test_culprit": [],
        "test_asking": [("outbound_refused", MESSAGE, None)],
        "test_asking_by_itself": [
            ("outbound_refused", MESSAGE, line_of(pytester, 'socket.getaddrinfo("api'))
        ],
        "run": [],
    }


@pytest.mark.parametrize("flush", ["telemetry.expect_none(export_request('/v1/traces'))", "pass"])
def test_a_request_that_is_refused_belongs_to_the_scenario_of_its_provider(
    run: Run, pytester: pytest.Pytester, flush: str
) -> None:
    source = f"""
    import os

    def test_culprit(telemetry):
        make(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"])
        telemetry.expect(span("first"))

    def test_innocent(telemetry):
        {flush}  # at the latest at the end of the run
    """
    run(OTEL, SOURCE + source)

    message = (
        "POST /: path '/' is not an OTLP path; closest: '/v1/traces'; an exporter takes an endpoint given in "
        "code as it is, so end it in /v1/traces, or leave it to OTEL_EXPORTER_OTLP_ENDPOINT; "
    )
    found = findings(pytester)
    ((finding_id, told, line),) = found.pop("test_culprit")
    assert (finding_id, told[: len(message)], line) == (
        "input_rejected",
        message,
        line_of(pytester, "TracerProvider(shutdown"),
    )
    assert found == {"test_innocent": [], "run": []}
