"""Spans that a scenario begins below another's, and contexts that it leaves attached."""

from __future__ import annotations

import json

import pytest

from tests.pytest_plugin.conftest import OTEL, Run

_HEAD = """
    import asyncio

    import pytest
    from opentelemetry import context, trace
    from opentelemetry.sdk.trace import TracerProvider

    from harness import span

    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("app")
"""
_CURE = (
    "of this scenario looks at it; end the parent before the scenario begins, or begin it in a fixture of"
    " the test"
)
_LEAKED = (
    "what begins there next becomes its child; detach each context that is attached, or use"
    " `with trace.use_span(…)`"
)
_NOTE = (
    "note: this thread runs an event loop, which stands still while `within` waits; what its tasks emit comes"
    " with `await asyncio.to_thread(telemetry.expect, …, within=…)`"
)


def _findings(pytester: pytest.Pytester, test: str) -> list[tuple[str, str]]:
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    (scenario,) = (item for item in record["scenarios"] if item["name"].endswith(f"::{test}"))
    return [(finding["id"], finding["message"]) for finding in scenario.get("findings", ())]


def test_spans_below_a_modules_span_are_said_to_be_elsewhere(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    @pytest.fixture(scope="module", autouse=True)
    def suite():
        with tracer.start_as_current_span("suite"):
            yield

    def test_work(telemetry):
        for _ in range(2):
            with tracer.start_as_current_span("work"):
                pass
        telemetry.expect(span("work"))
    """,
    )

    file = "test_spans_below_a_modules_span_are_said_to_be_elsewhere.py"
    place = f"belongs to no scenario (session_telemetry): its parent 'suite' ({file}:13) began there"
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f"E *span_missing: no span 'work' was captured; span 'work' ({file}:18) × 2 {place}"]
    )
    assert _findings(pytester, "test_work") == [
        ("trace_begun_elsewhere", f"span 'work' ({file}:18) × 2 {place}, so no check {_CURE}")
    ]


def test_a_context_left_attached_is_found_and_holds_no_other_scenario(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    def test_leaks(telemetry):
        leaked = tracer.start_span("leaked")
        context.attach(trace.set_span_in_context(leaked))
        leaked.end()
        telemetry.expect(span("leaked"))

    def test_next(telemetry):
        with tracer.start_as_current_span("work"):
            pass
        assert telemetry.span(span("work")).parent_span_id is None
    """,
    )

    result.assert_outcomes(passed=2)
    assert _findings(pytester, "test_leaks") == [
        ("context_leaked", f"span 'leaked' has ended and is still the current span of its thread: {_LEAKED}")
    ]
    assert _findings(pytester, "test_next") == []


def test_a_span_that_is_current_and_open_is_unfinished_only(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    def test_leaks(telemetry):
        context.attach(trace.set_span_in_context(tracer.start_span("open")))
        telemetry.expect_finding("span_unfinished")

    def test_next(telemetry):
        with tracer.start_as_current_span("work"):
            pass
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(passed=2)
    assert [identifier for identifier, _ in _findings(pytester, "test_leaks")] == ["span_unfinished"]


def test_waiting_on_the_event_loops_own_thread_is_said(run: Run) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    async def work():
        with tracer.start_as_current_span("work"):
            pass

    async def waits_on_the_loop(telemetry):
        task = asyncio.create_task(work())
        telemetry.expect(span("work"), within=0.1)
        await task

    async def waits_beside_it(telemetry):
        task = asyncio.create_task(work())
        await asyncio.to_thread(telemetry.expect, span("work"), within=5)
        await task

    def test_on(telemetry):
        asyncio.run(waits_on_the_loop(telemetry))

    def test_beside(telemetry):
        asyncio.run(waits_beside_it(telemetry))
    """,
    )

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines([f"E *{_NOTE}"])
