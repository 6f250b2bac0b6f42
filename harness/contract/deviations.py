"""What a run does differently from its contract, equal deviations counted together."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.model import Finding, Level, Site

_NAMED = 3


@dataclass
class _Deviation:
    finding: Finding
    times: int = 0
    values_differ: bool = False
    scenarios: dict[str, None] = field(default_factory=dict)


class Deviations:
    """Collects findings; one that recurs is one finding that says how often and in which scenarios.

    So is one that recurs with other captured values: the first is told.

    Args:
        file: The contract's: the place of what is about no line of it.

    Attributes:
        scenario: The one that is looked at.
    """

    def __init__(self, file: str) -> None:
        self.scenario = ""
        self._whole = Site(file, 1)
        self._found: dict[tuple[str, str, str, Site], _Deviation] = {}

    def add(
        self,
        id_: str,
        signal: str,
        message: str,
        *,
        where: str = "",
        site: Site | None = None,
        level: Level = Level.ERROR,
        about: str = "",
    ) -> None:
        """Add a finding of the scenario that is looked at.

        Args:
            about: What findings share that differ only in what was captured; else their message.
        """
        site = site or self._whole
        key = (id_, where, about or message, site)
        deviation = self._found.get(key)
        if deviation is None:
            finding = Finding(id=id_, signal=signal, message=message, where=where, site=site, level=level)
            deviation = self._found[key] = _Deviation(finding)
        deviation.times += 1
        deviation.values_differ |= message != deviation.finding.message
        if self.scenario:
            deviation.scenarios[self.scenario] = None

    def withdraw(self, id_: str, about: str, *, where: str, site: Site) -> None:
        """Take a finding back, which another one says better."""
        self._found.pop((id_, where, about, site), None)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings, in the order in which they first occurred."""
        return tuple(_told(deviation) for deviation in self._found.values())


def _told(deviation: _Deviation) -> Finding:
    if not deviation.scenarios:
        return deviation.finding
    names = list(deviation.scenarios)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    values = " with different values" if deviation.values_differ else ""
    times = f"{deviation.times} times{values}, " if deviation.times > 1 else ""
    message = f"{deviation.finding.message} ({times}in {', '.join(names[:_NAMED])}{more})"
    found = deviation.finding
    return Finding(
        id=found.id,
        signal=found.signal,
        message=message,
        where=found.where,
        site=found.site,
        level=found.level,
    )
