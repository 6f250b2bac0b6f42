"""An app for scenarios, and the record of their run."""

import json

import pytest

APP = """
    from opentelemetry.sdk.trace import TracerProvider
    from harness import SERVER, regex, span

    tracer = TracerProvider().get_tracer("app")

    def serve(length=3):
        with tracer.start_as_current_span("GET /home"):
            with tracer.start_as_current_span("load") as load:
                load.set_attribute("app.result_length", length)
"""


def run_record(pytester: pytest.Pytester) -> dict[str, object]:
    record: dict[str, object] = json.loads((pytester.path / "reports" / "run.json").read_text())
    return record
