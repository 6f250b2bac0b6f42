"""The stable ids of what contracts and waivers find."""

from __future__ import annotations

from harness.contract.kinds import KINDS
from harness.expect.fields import MappingField
from harness.expect.ids import KINDS as EXPECTATIONS
from harness.expect.ids import finding_ids

_OWN = (
    "item_unexercised",
    "operation_undeclared",
    "operation_unexercised",
    "pattern_timeout",
    "run_empty",
    "variant_undeclared",
    "waiver_expired",
    "waiver_stale",
)


def contract_ids() -> tuple[str, ...]:
    """Return every id that a finding of a contract can have, sorted.

    >>> {"span_count", "annotation_undeclared", "waiver_stale"} <= set(contract_ids())
    True
    """
    stems = {kind.STEM for kind in EXPECTATIONS} | set(KINDS)
    of_children = {f"{kind.children[1]}_renamed" for kind in KINDS.values() if kind.children}
    mappings = {f.stem for kind in EXPECTATIONS for f in kind.FIELDS if isinstance(f, MappingField)}
    of_items = {f"{stem}_{what}" for stem in stems for what in ("count", "forbidden", "undeclared")}
    of_mappings = {f"{stem}_{what}" for stem in mappings for what in ("renamed", "undeclared")}
    return tuple(sorted({*_OWN, *of_items, *of_children, *of_mappings, *finding_ids()}))
