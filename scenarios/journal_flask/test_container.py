"""Defect 8 in a container: as PID 1 the journal ignores SIGTERM, and the later SIGKILL loses everything."""

from harness import Launcher, ScenarioTelemetry
from scenarios.journal_flask.test_lifecycle import ENV, home

COMMAND = ("/venv/bin/flask", "--app", "fixtures.journal_flask.app", "run", "--host", "0.0.0.0", "-p", "4567")


def test_as_pid_1_sigterm_is_ignored(
    launch: Launcher, telemetry: ScenarioTelemetry, backend_image: str
) -> None:
    result = launch.lifecycle(
        lambda: launch.container(backend_image, port=4567, env=ENV, command=COMMAND), home, grace_s=2
    )

    assert result.table.splitlines() == [
        "stopped by  exit code  spans   segments  log events",
        "SIGINT      0          2 of 2  1 of 1    4 of 4",
        "SIGTERM     137        0 of 2  1 of 1    0 of 4",
        "SIGKILL     137        0 of 2  1 of 1    0 of 4",
    ]
    telemetry.expect_finding("lost_at_exit", count=2)
