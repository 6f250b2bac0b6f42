"""An exception that the app recorded and no scenario asserted is worth a look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from harness.model import Finding, Level, Site, Span, Telemetry, Verdict

_FRAME = re.compile(r'^\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<function>\S+)', re.MULTILINE)
# The process that raised may be another one, on another machine: its paths are told by their form.
_INSTALLED = re.compile(r"^<|[\\/](?:site-packages|dist-packages|lib[\\/]python3\.\d+)[\\/]")
_ASSERTING = ("status", "events")


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:
    """Yield ``exception_unasserted`` for each span with an exception that no check looked at.

    An exception is reported once, on the span that recorded it first, though
    every span that it passed through records it.
    """
    asserted = {
        match.node_id
        for verdict in verdicts
        for match in verdict.matched
        if any(field.startswith(_ASSERTING) for field in match.fields)
    }
    asserted_traces = {node_id.partition("/")[0] for node_id in asserted}
    seen: set[tuple[str, str]] = set()
    for span in telemetry.spans:
        if span.trace_id in asserted_traces:
            continue
        for kind, message, trace in _exceptions(span):
            if (span.trace_id, message) in seen:
                continue
            seen.add((span.trace_id, message))
            yield Finding(
                id="exception_unasserted",
                signal="span",
                level=Level.WARNING,
                where=span.name,
                site=last_frame(trace),
                trace_id=span.trace_id,
                message=f"{kind}: {message}; the scenario asserts neither the span's status nor the event",
            )


def _exceptions(span: Span) -> Iterator[tuple[str, str, str]]:
    for event in span.events:
        if event.name == "exception":
            values = event.attributes
            yield (
                str(values.get("exception.type", "exception")),
                str(values.get("exception.message", "")),
                str(values.get("exception.stacktrace", "")),
            )


def last_frame(stacktrace: str) -> Site | None:
    """Return the app's frame nearest to what raised, of a Python traceback as OpenTelemetry records it.

    The last one where none is of the app. Its file is relative to the current directory when below it,
    as the files of other sites are.
    """
    frames = list(_FRAME.finditer(stacktrace))
    if not frames:
        return None
    own = [frame for frame in frames if not _INSTALLED.search(frame["file"])]
    frame = (own or frames)[-1]
    file = Path(frame["file"])
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return Site(str(shown), int(frame["line"]), frame["function"])
