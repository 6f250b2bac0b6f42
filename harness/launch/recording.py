"""Appending what arrives to `received.bin`, so that a kill loses nothing that had arrived."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness.codec import arrivals_file
from harness.errors import ConfigurationError
from harness.model import ExportRequest, Incident, Rejected

_CLOSED = -1


class Recording:
    """An open `received.bin`.

    Every entry is handed to the operating system before the request is
    answered: what a client was told is accepted survives a SIGKILL of ours.

    Args:
        directory: Made when it is missing; a recording in it stays until `begin`.
        name: What is recorded: the command.

    Attributes:
        file: The path of the file.
        start: The entry with which the file begins: it says what could not be written.

    Raises:
        ConfigurationError: The file cannot be created, or another process is recording into it.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.file = directory / arrivals_file.FILE_NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._descriptor = _open_locked(self.file)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"{self.file}: another harness is recording into it; "
                "stop it, or choose another directory (--out DIR)"
            ) from error
        except OSError as error:
            raise ConfigurationError(
                f"{self.file}: cannot be written: {error.strerror}; choose another directory (--out DIR)"
            ) from error
        self._size = 0
        self._has_said_so = False
        self._is_complete = False
        self._numbers = itertools.count(1)
        # Datagrams, requests and moto's answers come from threads of their own.
        self._lock = threading.Lock()
        self.start = arrivals_file.Start(name=name, start_time_unix_nano=time.time_ns())
        self._early: list[tuple[bytes, str, int]] | None = []

    def begin(self, *, keeps_earlier: bool = False) -> None:
        """Replace an earlier recording; what has arrived meanwhile is written.

        Args:
            keeps_earlier: Rename one that holds arrivals, and say so on stderr: of no other file can its
                reports be made.

        Raises:
            ConfigurationError: It cannot be renamed.
        """
        with self._lock:
            if keeps_earlier and _holds_arrivals(self.file):
                self._set_aside()
            os.ftruncate(self._descriptor, 0)
            early, self._early = self._early or [], None
            self._write_or_lose(b"", "", 0)
            for data, what, arrivals in early:
                self._write_or_lose(data, what, arrivals)

    def _set_aside(self) -> None:
        numbered = (self.file.with_suffix(f".{number}.bin") for number in itertools.count(1))
        aside = next(path for path in numbered if not path.exists())
        try:
            self.file.rename(aside)
            os.close(self._descriptor)
            self._descriptor = _open_locked(self.file)
        except OSError as error:
            raise ConfigurationError(
                f"{self.file}: holds a run that was killed and cannot be renamed: {error.strerror}; "
                "make a report of it (harness report), or choose another directory (--out DIR)"
            ) from error
        sys.stderr.write(
            f"harness: {self.file} holds a run that was killed; it is {aside.name} now: "
            f"harness report {aside} makes a report of it\n"
        )

    def complete(self) -> None:
        """Take nothing more, and make the file readable where the disk was full and no longer is."""
        with self._lock:
            if not self._size:
                self._write_or_lose(b"", "", 0)
            self._is_complete = True

    def abandon(self) -> None:
        """Leave the directory as it was: nothing has begun."""
        with self._lock:
            if not os.fstat(self._descriptor).st_size:
                self.file.unlink(missing_ok=True)
        self.close()

    def waiting(self, export: ExportRequest, body: bytes) -> int:
        """Append a request that is not answered yet; return its number."""
        number = next(self._numbers)
        self._append(arrivals_file.of_export(export, body, waiting=number), "requests", 0)
        return number

    def export(self, export: ExportRequest, body: bytes, *, answers: int = 0) -> bool:
        """Append a request, with its body uncompressed; it may have been waiting under a number.

        Returns:
            False when it could not be written.
        """
        return self._append(arrivals_file.of_export(export, body, answers=answers), "requests", 1)

    def rejected(self, rejected: Rejected) -> None:
        """Append what could not be decoded."""
        self._append(arrivals_file.of_rejected(rejected), "rejected inputs", 1)

    def incident(self, incident: Incident) -> None:
        """Append what was lost on the way."""
        self._append(arrivals_file.of_incident(incident), "incidents", 1)

    def datagrams(self, datagrams: Sequence[bytes]) -> bool:
        """Append X-Ray datagrams; return False when they could not be written."""
        if not datagrams:
            return True
        return self._append(arrivals_file.of_datagrams(datagrams), "datagrams", len(datagrams))

    def _append(self, data: bytes, what: str, arrivals: int) -> bool:
        with self._lock:
            if self._is_complete or self._descriptor == _CLOSED:
                return False  # moto may answer late: the record is made
            if self._early is None:
                return self._write_or_lose(data, what, arrivals)
            self._early.append((data, what, arrivals))
            return True

    def _write_or_lose(self, data: bytes, what: str, arrivals: int) -> bool:
        try:
            self._write(data)
        except OSError as error:
            self._lose(what, arrivals, error.strerror or str(error))
            return False
        return True

    def _write(self, data: bytes) -> None:
        # The start waits for its space, too: a full disk may have room later, and nothing is read without it.
        whole = data if self._size else arrivals_file.of_start(self.start) + data
        view = memoryview(whole)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self._size += len(whole)

    def _lose(self, what: str, arrivals: int, reason: str) -> None:
        """Count what is lost, in the file as well, say so once, and leave whole entries behind."""
        os.ftruncate(self._descriptor, self._size)
        os.lseek(self._descriptor, self._size, os.SEEK_SET)
        if arrivals:
            lost = {**self.start.lost, what: self.start.lost.get(what, 0) + arrivals}
            self.start = msgspec.structs.replace(self.start, lost=lost, reason=self.start.reason or reason)
        if arrivals and self._size:
            # In place, which takes no space; where the file system copies what is written over, it may fail.
            with contextlib.suppress(OSError):
                os.pwrite(self._descriptor, arrivals_file.of_start(self.start), 0)
        if not self._has_said_so:
            self._has_said_so = True
            sys.stderr.write(
                f"harness: {self.file}: {reason}; telemetry is not recorded while this lasts, "
                "what had arrived is kept: free some space, or choose another directory (--out DIR)\n"
            )

    def close(self) -> None:
        """Close the file, and let others record into it."""
        with self._lock:
            os.close(self._descriptor)
            self._descriptor = _CLOSED


def _holds_arrivals(file: Path) -> bool:
    """Return whether a file has, or lost, more than the entry with which a recording begins."""
    with file.open("rb") as stream:
        return b'"lost":' in stream.readline() or len(stream.read(2)) > 1


def is_recorded_into(file: Path) -> bool:
    """Return whether a harness is recording into a file right now; False where the system cannot tell."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        _lock(descriptor)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _open_locked(file: Path) -> int:
    """Return a descriptor of the file, made when it is missing, that no other process has locked.

    Raises:
        BlockingIOError: Another process has.
        OSError: It cannot be opened.
    """
    while True:
        # Of a FIFO the system says that nobody reads it, instead of waiting for a reader.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
        try:
            _lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise
        # Whoever had the lock may have removed the file before it let go.
        if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
            return descriptor
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except (ImportError, OSError):
        return  # a system, or a file system, without locks
