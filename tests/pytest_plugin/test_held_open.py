"""What a test's own fixture, or a thread from before the scenario, holds open while the test runs."""

from __future__ import annotations

import json

import pytest

from tests.pytest_plugin.conftest import ALL, OTEL, Run

_HEAD = """
    import threading

    import pytest
    from opentelemetry.sdk.trace import TracerProvider

    from harness import segment, span

    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("app")

    def work():
        with tracer.start_as_current_span("work"):
            pass
"""


def _unfinished(pytester: pytest.Pytester) -> dict[str, list[str]]:
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    return {
        item["name"].rpartition("::")[2]: [finding["message"] for finding in item.get("findings", ())]
        for item in record["scenarios"]
    }


@pytest.mark.parametrize("arguments", ["root, telemetry", "telemetry, root"])
def test_what_a_fixture_ends_is_finished(run: Run, pytester: pytest.Pytester, arguments: str) -> None:
    result = run(
        ALL,
        f"""{_HEAD}
    from aws_xray_sdk.core import xray_recorder

    @pytest.fixture
    def root():
        with tracer.start_as_current_span("root"), xray_recorder.in_segment("segment"):
            yield

    def test_held({arguments}):
        work()
        with xray_recorder.in_subsegment("part"):
            pass
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(passed=1)
    assert _unfinished(pytester) == {"test_held": []}


def test_what_a_fixtures_thread_ends_is_finished(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        f"{OTEL}telemetry_settle_timeout = 0.2\n",
        f"""{_HEAD}
    @pytest.fixture
    def worker():
        stop, begun = threading.Event(), threading.Event()

        def run():
            with tracer.start_as_current_span("in thread"):
                begun.set()
                stop.wait(60)

        thread = threading.Thread(target=run)
        thread.start()
        begun.wait(60)
        yield
        stop.set()
        thread.join()

    def test_held(telemetry, worker):
        work()
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(passed=1)
    assert _unfinished(pytester) == {"test_held": []}


def test_what_a_fixture_never_ends_is_an_error_of_its_tear_down(run: Run) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    @pytest.fixture
    def root():
        tracer.start_span("never ended")

    def test_held(root, telemetry):
        work()
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*span_unfinished: span 'never ended' (begun at *) was never ended*"])


def test_what_the_test_leaves_open_in_a_fixtures_segment_is_its_failure(run: Run) -> None:
    result = run(
        ALL,
        f"""{_HEAD}
    from aws_xray_sdk.core import xray_recorder

    @pytest.fixture
    def held():
        with xray_recorder.in_segment("segment"):
            yield

    def test_held(held, telemetry):
        xray_recorder.begin_subsegment("forgotten")
        work()
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*segment_unfinished: *it waits for subsegment 'forgotten'*"])


def test_a_background_thread_may_end_its_root_after_the_scenario(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        f"{OTEL}telemetry_settle_timeout = 0.2\n",
        f"""{_HEAD}
    begin, begun, stop = (threading.Event() for _ in range(3))

    @pytest.fixture(scope="module", autouse=True)
    def poller():
        def poll():
            begin.wait(60)
            with tracer.start_as_current_span("poll"):
                begun.set()
                stop.wait(60)

        thread = threading.Thread(target=poll)
        thread.start()
        yield
        stop.set()
        thread.join()

    def test_one(telemetry):
        begin.set()
        begun.wait(60)
        work()
        telemetry.expect(span("work"))
    """,
    )

    result.assert_outcomes(passed=1)
    assert _unfinished(pytester) == {"test_one": []}


_TASKS = f"""{_HEAD}
    import asyncio
    from aws_xray_sdk.core import xray_recorder

    async def poll():
        with tracer.start_as_current_span("poll"), xray_recorder.in_subsegment("poll"):
            await asyncio.sleep(3600)  # the loop holds it; nothing waits for it

    async def request():
        with xray_recorder.in_segment("shop"):
            task = asyncio.create_task(poll())
            await asyncio.sleep(0)
        with tracer.start_as_current_span("GET /"):
            return task
"""


@pytest.mark.parametrize("then", ["", "assert not 'failing'"])
def test_what_a_task_holds_open_is_judged_once_its_loop_is_closed(
    run: Run, pytester: pytest.Pytester, then: str
) -> None:
    result = run(
        ALL,
        f"""{_TASKS}
    @pytest.fixture
    def runner():
        with asyncio.Runner() as runner:
            yield runner

    def test_request(runner, telemetry):
        runner.run(request())
        telemetry.expect(span("GET /"))
        {then}
    """,
    )

    result.assert_outcomes(passed=not then, failed=bool(then))
    assert _unfinished(pytester) == {"test_request": []}


def test_what_a_task_never_ends_is_found_in_the_tear_down(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        f"{ALL}telemetry_settle_timeout = 0.2\n",
        f"""{_TASKS}
    loop = asyncio.new_event_loop()

    def test_request(telemetry):
        task = loop.run_until_complete(request())
        telemetry.expect(span("GET /"))
    """,
    )

    result.assert_outcomes(passed=1, errors=1)
    found = [message.partition(" (")[0] for message in _unfinished(pytester)["test_request"]]
    assert found == ["span 'poll'", "segment 'shop'"]
