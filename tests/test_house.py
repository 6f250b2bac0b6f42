"""The shape of the house: what import-linter cannot see, and what the wheel holds."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project import ROOT

PURE = ("model", "xray_filter", "codec", "expect", "contract", "invariants", "analysis", "report")
FORBIDDEN = (
    "pytest",
    "opentelemetry.sdk",
    "opentelemetry.trace",
    "aws_xray_sdk",
    "boto3",
    "botocore",
    "harness.capture",
)
# Each means something else in a signal's standard, or has a standard word.
OTHERS_WORDS = frozenset({"label", "labels", "listener", "sniffer", "hit", "hits", "actual", "got"})


def names_in(file: Path) -> set[str]:
    """Return the identifiers that a module uses."""
    nodes = list(ast.walk(ast.parse(file.read_bytes())))
    named = {getattr(node, attribute, None) for node in nodes for attribute in ("id", "arg", "attr", "name")}
    return {name for name in named if isinstance(name, str)}


@pytest.mark.parametrize("layer", PURE)
def test_pure_layers_use_the_vocabulary_of_the_standards(layer: str) -> None:
    files = sorted((ROOT / "harness" / layer).rglob("*.py"))

    found = {(file.name, name) for file in files for name in names_in(file)}

    assert [each for each in found if OTHERS_WORDS & set(each[1].lower().split("_"))] == []


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
