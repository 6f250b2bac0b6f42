"""What a test needs from the machine: there, or skipped with the remedy.

With ``HARNESS_REQUIRE_ALL=1`` (CI) nothing is skipped: a missing requirement
fails, so that a green run means that everything ran.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

REQUIRE_ALL = "HARNESS_REQUIRE_ALL"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def needs_chromium() -> str:
    """Return the path of a Chromium; skip or fail the test without one."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None and Path("/usr/bin/chromium").exists():
        found = "/usr/bin/chromium"
    return found or missing("chromium", "apt-get install -y --no-install-recommends chromium")


def missing(what: str, remedy: str) -> str:
    """Skip the test, or fail it where everything is required."""
    reason = f"{what} was not found; {remedy}"
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason} ({REQUIRE_ALL}=1 forbids skipping)", pytrace=False)
    pytest.skip(reason)
