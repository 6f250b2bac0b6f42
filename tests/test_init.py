from __future__ import annotations

import subprocess
import sys

import pytest

import harness
from harness import expect, launch, model
from harness.capture import answers, xray_rules
from harness.pytest_plugin import launching, scenario


def run(code: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_it_imports_nothing_else_of_ours_and_nothing_heavy() -> None:
    code = (
        "import sys; import harness;"
        "heavy = {'harness', 'msgspec', 'pytest', 'opentelemetry', 'aws_xray_sdk', 'importlib.metadata'};"
        "print([m for m in sys.modules if m in heavy or m.startswith('harness.')])"
    )
    assert run(code) == "['harness']"


def test_every_public_name_is_there_and_is_the_one_of_its_layer() -> None:
    layers = (expect, model, launch, launching, scenario, answers, xray_rules)
    for name in set(harness.__all__) - {"__version__"}:
        value = getattr(harness, name)
        assert any(value is getattr(layer, name, None) for layer in layers), name


def test_public_names_are_listed_once_and_shown() -> None:
    assert len(set(harness.__all__)) == len(harness.__all__)
    assert set(harness.__all__) <= set(dir(harness))


def test_the_version_is_the_distributions() -> None:
    assert run("import harness; print(harness.__version__)") == harness.__version__
    assert harness.__version__[0].isdigit()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'harness' has no attribute 'spam'$"):
        _ = harness.spam  # type: ignore[attr-defined]
