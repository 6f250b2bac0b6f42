import sys
from importlib.metadata import version
from pathlib import Path

from harness.launch.packages import packages_of, telemetry_packages


def test_versions_are_those_that_importlib_metadata_names() -> None:
    packages = telemetry_packages()

    assert {"opentelemetry-sdk", "aws-xray-sdk", "watchtower", "pytest", "telemetry-harness"} <= set(packages)
    assert packages == {name: version(name) for name in packages}
    assert list(packages) == sorted(packages)
    assert "msgspec" not in packages


def test_a_program_has_the_packages_of_its_environment(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.13" / "site-packages"
    for name in ("flask-3.1.3", "opentelemetry_sdk-1.39.1", "msgspec-0.20.0"):
        (site / f"{name}.dist-info").mkdir(parents=True)
    program = tmp_path / "bin" / "flask"
    assert packages_of(program) == {}  # what is not marked as an environment may be anything

    (tmp_path / "pyvenv.cfg").touch()
    assert packages_of(program) == {"flask": "3.1.3", "opentelemetry-sdk": "1.39.1"}
    assert packages_of(Path(sys.executable)) == telemetry_packages()
    assert packages_of(Path("/bin/sh")) == {}
