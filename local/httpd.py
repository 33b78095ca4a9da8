"""A small threaded HTTP/1.1 server with limits, shared by the gateway and the desk."""

import http.server
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from local.httpapi import Answer, Request, message

MAX_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's limit
_MAX_CONNECTIONS = 256
_IDLE_TIMEOUT_S = 30.0

Respond = Callable[[Request], Answer]


class _BodyError(Exception):
    """The body cannot be read; carries the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.answer = message(status, text)


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection: reads requests, asks `respond`, writes answers."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_TIMEOUT_S
    wbufsize = -1  # one packet per answer
    respond: Respond

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_any(self) -> None:
        """Answer one request of any method."""
        try:
            body = self._read_body()
        except _BodyError as error:
            self.close_connection = True  # what is left of the body was not read
            self._send(error.answer)
            return
        self._send(
            self.respond(
                Request(
                    method=self.command,
                    # http.server collapses leading slashes; what came is in the request line.
                    target=self.requestline.split(" ")[1],
                    headers=list(self.headers.items()),
                    body=body,
                    source_ip=str(self.client_address[0]),
                    protocol=self.request_version,
                )
            )
        )

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - names http.server looks for

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parameter's name is inherited
        """Say nothing per request: the functions have logs of their own."""

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("content-length", "0")
        if not length.isdigit():
            raise _BodyError(400, "Bad Request")
        if int(length) > MAX_BODY_BYTES:
            raise _BodyError(413, "Request Entity Too Large")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise _BodyError(400, "Bad Request")
        return body

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(64).split(b";")[0], 16)
            except ValueError:
                raise _BodyError(400, "Bad Request") from None
            total += size
            if size < 0 or total > MAX_BODY_BYTES:
                raise _BodyError(413, "Request Entity Too Large")
            if size == 0:
                while self.rfile.readline(8192) not in (b"\r\n", b"\n", b""):
                    pass  # trailers
                return b"".join(chunks)
            chunks.append(self.rfile.read(size))
            self.rfile.readline(8)

    def _send(self, answer: Answer) -> None:
        # `phrase` is optional in HTTP/1.1, and not every status has one.
        known = answer.status in HTTPStatus.__members__.values()
        self.send_response(answer.status, None if known else "")
        for name, value in answer.headers:
            self.send_header(name, value.encode("utf-8").decode("latin-1"))
        bodiless = answer.status in (204, 304) or answer.status < 200
        if not bodiless:
            self.send_header("content-length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if not bodiless and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def version_string(self) -> str:
        """Do not tell the version of Python."""
        return "regulars-local"


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Serves `respond` on its own threads; raises OSError when the port is taken."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        handler = type("Handler", (_Handler,), {"respond": staticmethod(respond)})
        self._slots = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        super().__init__((host, port), handler)
        self.port: int = self.server_address[1]

    def server_bind(self) -> None:
        """Bind without the reverse name look-up http.server does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def start(self) -> None:
        """Begin to accept, in a thread."""
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True
        ).start()

    def stop(self) -> None:
        """Accept nothing more."""
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait for a free slot before another thread is made."""
        self._slots.acquire()
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection, then free its slot."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that went away is no news; anything else is."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            super().handle_error(request, client_address)
