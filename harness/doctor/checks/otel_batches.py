"""The numbers of OTel's batch processors, of spans and of log records.

Source: OpenTelemetry specification, "Environment variable specification".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.doctor.services import Setting
from harness.model import Finding

_DELAY, _TIMEOUT, _QUEUE, _BATCH = (
    "SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE",
)  # fmt: skip
_LEAST = {_DELAY: 1, _TIMEOUT: 0, _QUEUE: 1, _BATCH: 1}  # a timeout of 0 is none
_MOST_DIGITS = 18
_QUEUE_DEFAULT, _BATCH_DEFAULT = 2048, 512


def check(project: Project) -> Iterator[Finding]:
    """Yield what is no number that the processors take, and batches that their queue cannot hold."""
    for service in project.services.values():
        for prefix in ("OTEL_BSP_", "OTEL_BLRP_"):
            given = {
                name: setting
                for name in _LEAST
                # An empty variable counts as not set.
                if (setting := service.environment.get(prefix + name)) and setting.value.strip()
            }
            for name, setting in given.items():
                yield from _number(prefix, name, setting)
            yield from _batch_over_queue(prefix, given)


def _number(prefix: str, name: str, setting: Setting) -> Iterator[Finding]:
    number, least = _whole(setting), _LEAST[name]
    if number is None or number < least:
        unit = " of milliseconds, without a unit" if name in (_DELAY, _TIMEOUT) else ""
        yield finding(
            "otel_variable_invalid",
            setting.site,
            f"{prefix}{name} is {setting.value!r}, expected a whole number{unit}, {least} or more",
        )


def _batch_over_queue(prefix: str, given: Mapping[str, Setting]) -> Iterator[Finding]:
    queue, batch = given.get(_QUEUE), given.get(_BATCH)
    most = _whole(queue) if queue else _QUEUE_DEFAULT
    size = _whole(batch) if batch else _BATCH_DEFAULT
    setting = batch or queue
    if setting and size and most and size > most:
        yield finding(
            "otel_variable_invalid",
            setting.site,
            f"{prefix}{_BATCH} is {size}{'' if batch else ' by default'}, and {prefix}{_QUEUE} {most}"
            f"{'' if queue else ' by default'}: a batch may not be larger than the queue",
        )


def _whole(setting: Setting) -> int | None:
    text = setting.value.strip()
    return int(text) if len(text) <= _MOST_DIGITS and re.fullmatch(r"[0-9]+(?:_[0-9]+)*", text) else None
