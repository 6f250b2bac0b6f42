"""What the app emits while it starts belongs to no scenario."""

from flask import Flask

from harness import ScenarioTelemetry, export_request, log_event


def test_log_group_is_looked_up_and_the_first_line_arrives(
    backend_app: Flask, session_telemetry: ScenarioTelemetry
) -> None:
    assert backend_app.name == "fixtures.backend_flask.app"
    session_telemetry.expect(
        log_event("test log", log_group="cruddur"),
        export_request("DescribeLogGroups", channel="aws"),
        export_request("PutLogEvents", channel="aws"),
    )
