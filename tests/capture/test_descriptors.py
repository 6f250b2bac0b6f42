"""Counting descriptors takes longer the more there are, so it is done only where they run short."""

import os
import resource

import pytest

from harness.capture import descriptors


def test_a_low_descriptor_needs_no_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "scandir", None)

    assert descriptors.refusal(10) == ""


def test_a_high_descriptor_is_refused_where_few_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with os.scandir("/dev/fd") as entries:
        used = sum(1 for _ in entries)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (used + 1, used + 1))

    assert descriptors.refusal(used) == (
        f"a connection was refused, because nearly all of {used + 1:,} file descriptors are in use; "
        "raise the limit (ulimit -n), or close connections"
    )
