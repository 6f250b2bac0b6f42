"""The fixture `launch`: what it refuses before anything is started, and what it adds to a failure."""

import signal
import sys
from typing import Any

import pytest

from harness.errors import ConfigurationError
from harness.pytest_plugin.launching import Launcher
from tests.launch.test_process import SERVE
from tests.pytest_plugin.conftest import OTEL, Run


def test_a_lifecycle_without_stops_is_refused() -> None:
    nothing: Any = None

    with pytest.raises(ConfigurationError) as error:
        Launcher(nothing).lifecycle(nothing, nothing, stops=())

    assert str(error.value) == "lifecycle has no stops; give at least one signal: stops=(SIGTERM,)"


CUT_SHORT = """
    import sys
    from harness import span

    def test_a_span(launch, telemetry):
        app = launch.process(sys.executable, "-c", {serve!r}, "{{port}}")
        app.stop()
        telemetry.expect(span("GET /"))
"""
EXITING = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))"


@pytest.mark.parametrize(("setup", "cut"), [("", True), (EXITING, False)])
def test_a_failure_tells_which_app_was_cut_short(run: Run, setup: str, *, cut: bool) -> None:
    lines = run(OTEL, CUT_SHORT.format(serve=SERVE.format(setup=setup))).stdout.str().splitlines()

    told = (
        "SIGTERM ended it, and what it still held is lost: its exit handlers did not run: leave through "
        "sys.exit in a handler of SIGTERM, so that providers shut down and watchtower's handlers close"
    )
    assert any("no span was captured at all" in line for line in lines)
    assert (told in lines) is cut


@pytest.mark.parametrize(
    ("how", "titles"), [(signal.SIGINT, ["output"]), (signal.SIGKILL, ["output", "end"])]
)
def test_python_runs_exit_handlers_on_sigint(how: signal.Signals, titles: list[str]) -> None:
    launcher = Launcher(None)  # type: ignore[arg-type]  # not asked
    app = launcher.process(sys.executable, "-c", SERVE.format(setup=""), "{port}")

    app.stop(how)

    assert [title.partition(" ")[0] for title, _ in launcher.sections()] == titles
