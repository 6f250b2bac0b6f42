"""AWS's distribution of OpenTelemetry for Python: its UDP exporters against the daemon's port."""

import subprocess
from pathlib import Path

from fixtures.requirements import needs_adot
from harness import ScenarioTelemetry, export_request, metric, span


def test_udp_exporters(telemetry: ScenarioTelemetry) -> None:
    app = Path(__file__).parent / "adot_app.py"
    subprocess.run([needs_adot(), str(app)], check=True, timeout=60)  # noqa: S603  the real client

    telemetry.expect(
        span("sampled", scope="adot", attributes={"app.rows": 3}),
        metric("served", value=2),
        export_request(path="udp T1S"),
        export_request(path="udp T1U"),
        export_request(path="udp M1"),
    )
    telemetry.expect_none(span("unsampled"))
