"""Secrets out of a diff: what `redact` does to a record, done to the little that a diff shows of two."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from harness.analysis.diff import Change, Diff
from harness.model.secrets import is_secret_key
from harness.report.redact import redact_derived

_HIDDEN = "redacted"


def redact_diff(diff: Diff, secrets: Iterable[str]) -> Diff:
    """Return the diff without secrets.

    Args:
        secrets: Those of both records: `harness.report.redact.keyed_secrets`.
    """
    changes = tuple(_without_value(change) for change in diff.changes)
    return redact_derived(replace(diff, changes=changes), set(secrets))


def _without_value(change: Change) -> Change:
    """Return a change of a key that holds a secret without what it held."""
    if not change.what or not is_secret_key(change.what):
        return change
    before = None if change.before is None else _HIDDEN
    return replace(change, before=before, after=None if change.after is None else _HIDDEN)
