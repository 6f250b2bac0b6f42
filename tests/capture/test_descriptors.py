"""Counting descriptors takes longer the more there are, so it is done only where they run short."""

import errno
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


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EMFILE, "because nearly all of 128 file descriptors are in use; raise the limit (ulimit -n)"),
        (errno.ENFILE, "[Errno 23] Too many open files in system"),
    ],
)
def test_where_none_is_left_to_count_with_that_is_said(
    number: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: str) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(resource, "getrlimit", lambda _: (128, 128))
    monkeypatch.setattr(os, "scandir", refused)

    assert told in descriptors.refusal(100)
