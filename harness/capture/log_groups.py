"""What CloudWatch Logs answers to a handler that starts, without asking moto.

Every handler begins with DescribeLogGroups, CreateLogGroup, a refused
PutLogEvents and CreateLogStream. Importing moto for these four takes longer
than everything else that the harness does before the first scenario, so they
are answered from what has been created here, and replayed to moto if anything
else is ever asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from harness.capture.http_messages import Response

JSON_1_1 = (("content-type", "application/x-amz-json-1.1"),)

_READING = ("Describe", "Get", "Filter", "List", "Put")
"""First words of operations that create and delete no log group or stream."""
_NO_GROUPS = Response(200, JSON_1_1, b'{"logGroups":[]}')
_CREATED = Response(200, JSON_1_1, b"")
_NO_GROUP, _NO_STREAM = (
    Response(
        400,
        JSON_1_1,
        b'{"__type":"ResourceNotFoundException","message":"The specified log %s does not exist."}' % what,
    )
    for what in (b"group", b"stream")
)
# Source of both patterns: CloudWatch Logs API reference, CreateLogGroup and CreateLogStream.
_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}\Z")
_STREAM = re.compile(r"[^:*]{1,512}\Z")
_CREDENTIAL = re.compile(r"Credential=([^/,]+)/\d+/([^/,]+)/")


class _Names(msgspec.Struct):
    logGroupName: str = ""  # noqa: N815  the API's own names
    logStreamName: str = ""  # noqa: N815


class LogGroups:
    """The log groups and streams that exist, for as long as this alone has made them.

    Names are kept with the account and region of the request that made them.

    Attributes:
        accepting: Log group and stream of streams that are known to exist, from here or from moto.
    """

    def __init__(self) -> None:
        self.accepting: set[tuple[str, str]] = set()
        self._streams: dict[tuple[str, str, str], set[str]] = {}
        self._complete = True

    def answer(self, operation: str, headers: Mapping[str, str], body: bytes) -> Response | None:
        """Return the response that moto would give; None when it must be asked.

        Args:
            body: Uncompressed.
        """
        if not self._complete:
            return None
        scope = _scope(headers)
        if scope is None or not headers.get("x-amz-target", "").startswith("Logs_"):
            return None
        if operation == "DescribeLogGroups":
            return None if self._streams else _NO_GROUPS
        try:
            names = msgspec.json.decode(body, type=_Names)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        key = (*scope, names.logGroupName)
        if operation == "CreateLogGroup":
            return self._create_group(key)
        if operation == "CreateLogStream":
            return self._create_stream(key, names.logStreamName)
        return self._refused(key, names.logStreamName) if operation == "PutLogEvents" else None

    def _create_group(self, key: tuple[str, str, str]) -> Response | None:
        if key in self._streams or not _GROUP.match(key[2]):
            return None
        self._streams[key] = set()
        return _CREATED

    def _create_stream(self, key: tuple[str, str, str], name: str) -> Response | None:
        streams = self._streams.get(key)
        if streams is None or name in streams or not _STREAM.match(name):
            return None
        streams.add(name)
        self.accepting.add((key[2], name))
        return _CREATED

    def _refused(self, key: tuple[str, str, str], name: str) -> Response | None:
        streams = self._streams.get(key)
        return _NO_GROUP if streams is None else None if name in streams else _NO_STREAM

    def left_to_moto(self, operation: str) -> None:
        """Answer nothing from now on if moto is asked for more than reading."""
        self._complete = self._complete and operation.startswith(_READING)


def _scope(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Return access key and region of a signed request."""
    found = _CREDENTIAL.search(headers.get("authorization", ""))
    return (found[1], found[2]) if found else None
