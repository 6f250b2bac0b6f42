"""The fixture `launch`: what it refuses before anything is started, and what it adds to a failure."""

import signal
import sys
from pathlib import Path
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


RELOADED = """
import http.server, sys
from werkzeug._reloader import run_with_reloader

def serve():
    address = "127.0.0.1", int(sys.argv[1])
    http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()

run_with_reloader(serve)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a reloader is known in /proc; run on Linux")
@pytest.mark.parametrize("group", [False, True])
def test_a_reloader_whose_parent_is_stopped_kills_the_app(tmp_path: Path, *, group: bool) -> None:
    script = tmp_path / "serve.py"
    script.write_text(RELOADED)
    launcher = Launcher(None)  # type: ignore[arg-type]  # not asked
    app = launcher.process(sys.executable, script, "{port}")

    assert app.stop(group=group) == 0

    why = (
        "what it still held is lost: the parent of its reloader killed the app, whose exit handlers did "
        "not run: stop it by stop(signal, group=True), which reaches the app alone, or run it without the "
        "reloader"
    )
    assert launcher.sections()[1:] == ([] if group else [(f"end of {app.name}", why)])
