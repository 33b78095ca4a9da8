"""Calls to Apple and Google: each with a time-out, and none while we know that nobody answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import httpx

CONNECT_S: Final = 3.0
ANSWER_S: Final = 5.0
AGAIN_S: Final = 60.0
"""For how long a service that did not answer is not asked by this process: what waits behind on the
same queue, such as mails, goes on."""

monotonic: Callable[[], float] = time.monotonic  # seam: tests move it


class UnreachableError(Exception):
    """A service did not answer, or asked to come again later; the same can be tried again."""


class Line:
    """The connection to one service, kept for the next call."""

    def __init__(self, open_: Callable[[], httpx.Client]) -> None:
        self._open = open_
        self._client: httpx.Client | None = None
        self._silent_until_s = float("-inf")

    def call(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Ask once, on a new connection if the one that was kept has died. Raises UnreachableError
        for no answer, too many calls, and errors of the service."""
        if monotonic() < self._silent_until_s:
            raise UnreachableError("it did not answer a moment ago")
        was_kept = self._client is not None
        try:
            answer = self._ask(method, url, more)
        except httpx.TransportError as error:
            self.close()
            if not was_kept or isinstance(error, httpx.TimeoutException):
                raise self._silent(type(error).__name__) from error
            try:
                answer = self._ask(method, url, more)
            except httpx.TransportError as again:
                self.close()
                raise self._silent(type(again).__name__) from again
        if answer.status_code == 429 or answer.status_code >= 500:
            raise UnreachableError(f"it answered {answer.status_code}")
        return answer

    def _ask(self, method: str, url: str, more: dict[str, Any]) -> httpx.Response:
        if self._client is None:
            self._client = self._open()
        return self._client.request(method, url, **more)

    def _silent(self, why: str) -> UnreachableError:
        self._silent_until_s = monotonic() + AGAIN_S
        return UnreachableError(why)

    def forget(self) -> None:
        """Know nothing of the service, as a process that has just begun."""
        self.close()
        self._silent_until_s = float("-inf")

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def timeout() -> httpx.Timeout:
    """How long a call may take."""
    return httpx.Timeout(ANSWER_S, connect=CONNECT_S)
