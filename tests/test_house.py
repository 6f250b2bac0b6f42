"""The shape of the house: what import-linter cannot see, and what the wheel holds."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project import ROOT

PURE = ("model", "xray_filter", "codec", "expect", "invariants", "analysis", "report")
FORBIDDEN = (
    "pytest",
    "opentelemetry.sdk",
    "opentelemetry.trace",
    "aws_xray_sdk",
    "boto3",
    "botocore",
    "harness.capture",
)


@pytest.mark.parametrize("layer", PURE)
def test_pure_layers_import_no_sdk(layer: str) -> None:
    code = (
        "import importlib, pkgutil, sys\n"
        f"package = importlib.import_module('harness.{layer}')\n"
        "for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_wheel_works_without_the_checkout(tmp_path: Path) -> None:
    subprocess.run(  # noqa: S603  our own interpreter
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
        timeout=240,
    )
    (wheel,) = tmp_path.glob("telemetry_harness-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert "harness/py.typed" in names
    assert "harness/report/run.schema.json" in names
    assert not [name for name in names if not name.startswith(("harness/", "telemetry_harness-"))]

    run = tmp_path / "run.json"
    run.write_text('{"schema_version": 1, "scenarios": []}')
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from harness.cli import main; raise SystemExit(main(['report', 'run.json']))",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").read_text().startswith("<!doctype html>")
