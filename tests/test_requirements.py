from __future__ import annotations

import pytest

from fixtures.requirements import missing
from tests.project import ROOT


def test_a_missing_requirement_skips_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_REQUIRE_ALL", raising=False)

    with pytest.raises(pytest.skip.Exception, match=r"^node was not found; install it$"):
        missing("node", "install it")


def test_a_missing_requirement_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_REQUIRE_ALL", "1")

    with pytest.raises(pytest.fail.Exception, match="HARNESS_REQUIRE_ALL=1 forbids skipping"):
        missing("node", "install it")


def test_the_image_of_the_harness_has_every_extra() -> None:
    assert '"/source[all]"' in (ROOT / "Dockerfile").read_text()
    assert '".[all]"' in (ROOT / ".ci" / "docker").read_text()  # the wheels that it installs in CI
