"""What the app emits while it starts belongs to no scenario."""

from flask import Flask

from harness import ScenarioTelemetry, export_request, log_event


def test_log_group_is_created_and_the_first_line_arrives(
    backend_app: Flask, session_telemetry: ScenarioTelemetry
) -> None:
    assert backend_app.name == "fixtures.backend_flask.app"
    session_telemetry.expect(
        log_event("test log", log_group="cruddur"),
        export_request("DescribeLogGroups", channel="aws"),
    )
    # The stream is created when the first batch is refused: that 400 is normal.
    paths = [
        (request.path, request.status) for request in session_telemetry.exports if request.channel == "aws"
    ]
    assert paths.index(("PutLogEvents", 400)) < paths.index(("CreateLogStream", 200))
    assert paths.index(("CreateLogStream", 200)) < paths.index(("PutLogEvents", 200))
