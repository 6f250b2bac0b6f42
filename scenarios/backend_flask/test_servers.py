"""The backend under servers that make processes: gunicorn's workers, and Flask's reloader."""

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import SERVER, Launcher, ScenarioTelemetry, log_event, segment, span
from scenarios.backend_flask.test_lifecycle import ENV, FLASK, get

HOME = "/api/activities/home"
REQUESTS = 40


def test_two_gunicorn_workers(launch: Launcher, telemetry: ScenarioTelemetry) -> None:
    app = launch.process(
        *(sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", "127.0.0.1:{port}"),
        "fixtures.backend_flask:create_app()",
        env=ENV,
    )

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(lambda _: get(app, HOME), range(REQUESTS))) == {200}
    assert app.stop() == 0

    telemetry.expect_count(
        REQUESTS, span(f"GET {HOME}", kind=SERVER).with_child(span("home-activites-mock-data"))
    )
    telemetry.expect_count(REQUESTS, segment("backend-flask"))
    telemetry.expect_count(REQUESTS, log_event("HomeActivities"))
    telemetry.expect_count(2, log_event("test log"))  # each worker starts the app


def test_the_reloader(launch: Launcher, telemetry: ScenarioTelemetry, tmp_path: Path) -> None:
    source = tmp_path / "changed.py"
    source.touch()
    app = launch.process(*FLASK, "--debug", "--extra-files", str(source), env=ENV)
    assert get(app, HOME) == 200

    restarts = app.output.count(" * Restarting with ")
    source.write_text("# changed\n")
    app.wait_for_output(" * Restarting with ", count=restarts + 1)
    app.wait_until_ready()
    assert get(app, HOME) == 200
    app.stop(signal.SIGINT, group=True)

    telemetry.expect_count(2, segment("backend-flask"))
    telemetry.expect(span(f"GET {HOME}"), log_event("HomeActivities"))
