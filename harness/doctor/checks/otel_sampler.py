"""What OTel's sampler is given.

Source: OpenTelemetry specification, "Environment variable specification", OTEL_TRACES_SAMPLER_ARG.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.doctor.services import Setting
from harness.model import Finding, Level

_SAMPLER = "OTEL_TRACES_SAMPLER"
_ARGUMENT = "OTEL_TRACES_SAMPLER_ARG"
_WITHOUT = ("always_on", "always_off", "parentbased_always_on", "parentbased_always_off")


def check(project: Project) -> Iterator[Finding]:
    """Yield arguments that the sampler does not take."""
    for service in project.services.values():
        argument = service.environment.get(_ARGUMENT)
        if argument and argument.value.strip():  # an empty variable counts as not set
            sampler = service.environment.get(_SAMPLER)
            yield from _argument(argument, sampler.value.strip().lower() if sampler else "")


def _argument(argument: Setting, sampler: str) -> Iterator[Finding]:
    given = f"{_ARGUMENT} is {argument.value!r}"
    if sampler.endswith("traceidratio"):
        if not 0 <= _number(argument.value) <= 1:
            yield finding(
                "otel_variable_invalid",
                argument.site,
                f"{given}, expected a number from 0 to 1: SDKs ignore it, and sample everything",
            )
    elif sampler.endswith("jaeger_remote") or sampler == "xray":
        for item in argument.value.split(","):
            if not item.partition("=")[2]:
                yield finding(
                    "otel_variable_invalid",
                    argument.site,
                    f"{_ARGUMENT} holds {item!r}, expected key=value, with commas between",
                )
    elif not sampler or sampler in _WITHOUT:
        why = f"sampler {sampler!r} takes none" if sampler else f"there is no {_SAMPLER}"
        yield finding(
            "otel_variable_invalid",
            argument.site,
            f"{given}, and {why}: it does nothing",
            level=Level.WARNING,
        )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
