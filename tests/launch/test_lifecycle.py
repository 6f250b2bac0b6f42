import signal

import pytest

from harness.errors import ConfigurationError
from harness.launch.lifecycle import Lifecycle, Stop


def stop(how: signal.Signals, code: int, spans: int, log_events: int) -> Stop:
    return Stop(how, code, {"spans": spans, "segments": 0, "log_events": log_events, "log_records": 0})


RESULT = Lifecycle(
    "flask run",
    [stop(signal.SIGINT, 0, 2, 3), stop(signal.SIGTERM, 143, 0, 3), stop(signal.SIGKILL, 137, 0, 0)],
)


def test_stops_are_compared_with_the_best_of_them() -> None:
    assert RESULT.emitted == {"spans": 2, "log_events": 3}
    assert RESULT.lost(signal.SIGINT) == {}
    assert RESULT.lost(signal.SIGTERM) == {"spans": 2}
    assert RESULT.table.splitlines() == [
        "stopped by  exit code  spans   log events",
        "SIGINT      0          2 of 2  3 of 3",
        "SIGTERM     143        0 of 2  3 of 3",
        "SIGKILL     137        0 of 2  0 of 3",
    ]


def test_each_loss_is_an_incident_with_a_cure() -> None:
    sigterm, sigkill = RESULT.incidents()

    assert sigterm.id == "lost_at_exit"
    assert sigterm.message == (
        "stopped by SIGTERM, flask run lost 2 of 2 spans; its exit handlers did not run: leave through "
        "sys.exit in a handler of SIGTERM, so that providers shut down and watchtower's handlers close"
    )
    assert sigkill.message.startswith(
        "stopped by SIGKILL, flask run lost 2 of 2 spans, 3 of 3 log events; nothing runs after SIGKILL: "
    )


def test_a_reloader_is_the_cause_where_its_parent_was_stopped() -> None:
    by_reloader = stop(signal.SIGTERM, 0, 0, 0)._replace(by_reloader=True)
    (incident,) = Lifecycle("flask run --debug", [stop(signal.SIGINT, 0, 2, 0), by_reloader]).incidents()

    assert incident.message == (
        "stopped by SIGTERM, flask run --debug lost 2 of 2 spans; the parent of its reloader killed the "
        "app, whose exit handlers did not run: stop it by stop(signal, group=True), which reaches the app "
        "alone, or run it without the reloader"
    )


def test_a_stop_that_was_not_made_is_told_from_those_that_were() -> None:
    with pytest.raises(ConfigurationError) as error:
        RESULT.lost(signal.SIGHUP)

    assert str(error.value) == (
        "flask run was not stopped by <Signals.SIGHUP: 1>; it was by SIGINT, SIGTERM, SIGKILL"
    )
