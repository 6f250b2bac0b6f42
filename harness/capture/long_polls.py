"""Long polls of SQS, without moto asleep in them: it would keep everybody else waiting.

moto is asked for what is there now, and again whenever something else was asked
of it, until there is a message or the wait is over. Source: SQS API reference,
ReceiveMessage, `WaitTimeSeconds`, and `ReceiveMessageWaitTimeSeconds` of a queue.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from harness.capture.http_messages import Response
from harness.capture.patching import Patches

_INTERVAL_S = 0.25
"""Messages also become visible by the clock: after their delay, or when a receiver let them time out."""


class LongPolls:
    """Asks moto again instead of letting it wait.

    Args:
        patches: Watches moto's SQS, which knows how long a request is to wait: by itself or by its queue.
    """

    def __init__(self, patches: Patches) -> None:
        self._asking = threading.local()  # per thread: the app may use moto itself
        self._waiting: set[asyncio.Future[None]] = set()
        self._ended = False

        def watch(models: ModuleType) -> None:
            patches.wrap(models.SQSBackend, "receive_message", self._receive)

        patches.when_imported("moto.sqs.models", watch)

    def _receive(
        self,
        receive: Callable[..., Any],
        backend: Any,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if not hasattr(self._asking, "wait_s"):
            return receive(backend, queue_name, count, wait_seconds_timeout, *args, **kwargs)
        messages = receive(backend, queue_name, count, 0, *args, **kwargs)
        self._asking.wait_s = 0.0 if messages else float(wait_seconds_timeout)
        return messages

    def at_once(self, call: Callable[[], Response]) -> tuple[Response, float]:
        """Return moto's answer for now, and the seconds that its client would wait for a better one."""
        self._asking.wait_s = 0.0
        try:
            return call(), self._asking.wait_s
        finally:
            del self._asking.wait_s

    async def wait(
        self,
        ask: Callable[[], Awaitable[tuple[Response, float]]],
        left: asyncio.Future[None] | None = None,
    ) -> Response:
        """Return the answer that `ask` has in the end.

        Args:
            ask: Returns what `at_once` does.
            left: Done once nobody waits for the answer: a message that it took would be lost.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer, wait_s = await ask()
        if not wait_s:
            self._wake()
            return answer
        while not self._ended and (left_s := began + wait_s - loop.time()) > 0:
            woken: asyncio.Future[None] = loop.create_future()
            self._waiting.add(woken)
            try:
                await asyncio.wait(
                    {woken, left} if left else {woken},
                    timeout=min(left_s, _INTERVAL_S),
                    return_when=asyncio.FIRST_COMPLETED,
                )
            finally:
                self._waiting.discard(woken)
            if left and left.done():
                break
            answer, goes_on = await ask()
            if not goes_on:
                break
        return answer

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def end(self) -> None:
        """Have those that wait answered as they are."""
        self._ended = True
        self._wake()
