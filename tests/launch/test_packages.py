from importlib.metadata import version

from harness.launch.packages import telemetry_packages


def test_versions_are_those_that_importlib_metadata_names() -> None:
    packages = telemetry_packages()

    assert {"opentelemetry-sdk", "aws-xray-sdk", "watchtower", "pytest", "telemetry-harness"} <= set(packages)
    assert packages == {name: version(name) for name in packages}
    assert list(packages) == sorted(packages)
    assert "msgspec" not in packages
