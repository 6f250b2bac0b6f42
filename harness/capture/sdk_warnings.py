"""Seeing what OpenTelemetry's SDK says of its own losses, to a log that no test reads."""

from __future__ import annotations

import logging
import weakref

from harness.capture.bucket import Bucket
from harness.capture.call_site import CallSite, app_call_site, raising_site, resolve
from harness.capture.ownership import Ownership
from harness.model import Incident, Site

_ROOT = "opentelemetry"
_SAID_OTHERWISE = ("opentelemetry.exporter", "opentelemetry.instrumentation")
"""Retries are in the exports, and instrumenting twice is harmless: of these only errors count."""


class SdkWarnings(logging.Handler):
    """Makes an incident of each warning: a full queue, an attribute of a wrong type or of an ended span, ….

    A handler beside the app's own. Loggers that the app has disabled say nothing, to nobody.
    """

    def __init__(self, owners: Ownership) -> None:
        super().__init__(logging.WARNING)
        self._owners = owners
        self._logger = logging.getLogger(_ROOT)
        self._seen: weakref.WeakKeyDictionary[Bucket, set[tuple[str, Site | None]]] = (
            weakref.WeakKeyDictionary()
        )
        self.attach()

    def attach(self) -> None:
        """Listen, also where the app has configured its loggers anew since."""
        if self not in self._logger.handlers:  # asked at each settle, and adding takes logging's locks
            self._logger.addHandler(self)

    def detach(self) -> None:
        """Leave the logger as it was; logging itself closes handlers that go on being used."""
        self._logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the scenario, once for a message and line."""
        if record.levelno < logging.ERROR and record.name.startswith(_SAID_OTHERWISE):
            return
        message, site = f"{record.name} says: {record.getMessage()}", resolve(_line_of(record))
        seen = self._seen.setdefault(self._owners.current, set())
        if (message, site) not in seen:
            seen.add((message, site))
            self._owners.add_incident(Incident(id="sdk_warning", channel="otel", site=site, message=message))


def _line_of(record: logging.LogRecord) -> CallSite | None:
    """Return the app's line: where an exception is told, a callback's say, the one that raised it."""
    if record.exc_info and record.exc_info[2]:
        return raising_site(record.exc_info[2]) or app_call_site()
    return app_call_site()
