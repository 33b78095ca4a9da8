"""HTTP for the gateway and the desk: waitress in a thread, with API Gateway's limit for bodies.

waitress keeps connections open and reads a request whole before it calls us; werkzeug's server,
which is here with moto, closes the connection after every answer.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from waitress import create_server, wasyncore

from local.httpapi import Answer, Request

MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's limit
_THREADS = 64
_MAX_CONNECTIONS = 256
_IDLE_TIMEOUT_S = 30

Respond = Callable[[Request], Answer]
Environ = dict[str, Any]

logging.getLogger("waitress").setLevel(logging.ERROR)  # the functions have logs of their own


class Server:
    """Serves `respond` on threads of its own; raises OSError when the port is taken."""

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        self._respond = respond
        listening = socket.create_server((host, port))
        self.port: int = listening.getsockname()[1]
        self._server = create_server(
            self._application,
            sockets=[listening],
            threads=_THREADS,
            connection_limit=_MAX_CONNECTIONS,
            channel_timeout=_IDLE_TIMEOUT_S,
            max_request_body_size=MAX_BODY_BYTES + 1,  # the first size that is refused
            clear_untrusted_proxy_headers=False,  # API Gateway passes X-Forwarded-For on
            ident="regulars-local",
        )
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Begin to answer, in a thread; until then connections wait."""
        self._thread.start()

    def stop(self) -> None:
        """Accept nothing more and close every connection; requests at work are not waited for."""
        if self._thread.is_alive():
            self._server.trigger.pull_trigger(self._close)  # the loop closes its own sockets
            self._thread.join(timeout=5)
        else:
            self._close()

    def _close(self) -> None:
        self._server.task_dispatcher.shutdown(timeout=0)
        wasyncore.close_all(self._server._map)

    def _application(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._respond(_request(environ))
        headers = [(name, value.encode().decode("latin-1")) for name, value in answer.headers]
        bodiless = answer.status in (204, 304) or answer.status < 200
        if not bodiless:
            headers.append(("content-length", str(len(answer.body))))
        start_response(_status_line(answer.status), headers)
        return [] if bodiless or environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _request(environ: Environ) -> Request:
    """What came, as it stood in the request line and the headers."""
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    ]
    return Request(
        method=environ["REQUEST_METHOD"],
        target=environ["REQUEST_URI"],
        headers=headers,
        body=environ["wsgi.input"].read(),
        source_ip=environ["REMOTE_ADDR"],
        protocol=environ["SERVER_PROTOCOL"],
    )


def _status_line(status: int) -> str:
    """The status with its phrase, which is optional and which not every status has."""
    known = status in HTTPStatus.__members__.values()
    return f"{status} {HTTPStatus(status).phrase if known else ''}"
