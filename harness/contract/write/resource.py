"""Resources as one mapping: what each program of a run says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.contract.write.volatile import generalised, mapping_of

_MOST = 5


def resource_of(resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what holds of every resource; where a few programs differ in what stays, each value is named.

    >>> resource_of([{"process.role": "main"}, {"process.role": "worker"}])
    {'process.role/one_of': ['main', 'worker']}
    """
    found: dict[str, Any] = {}
    for name, argument in mapping_of(resources).items():
        if "/optional" in name:
            continue
        key = name.removesuffix("/type")
        values = named_values(key, resources) if name != key else []
        found |= {f"{key}/one_of": values} if values else {name: argument}
    return found


def named_values(key: str, captured: Sequence[dict[str, Any]]) -> list[str]:
    """Return the texts under a key, sorted; none where they are many, or differ from run to run.

    >>> named_values("process.role", [{"process.role": "worker"}, {"process.role": "main"}])
    ['main', 'worker']
    """
    values = [one.get(key) for one in captured]
    if not all(isinstance(value, str) for value in values):
        return []
    texts = sorted({str(value) for value in values})
    is_said = len(texts) <= _MOST and all(generalised(key, [text])[0] == "is" for text in texts)
    return texts if is_said else []
