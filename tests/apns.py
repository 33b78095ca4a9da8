"""A stand-in for Apple's push service that really listens: HTTP/2 over TLS, clients with
certificates. It takes what it is sent as Apple does, remembers it, and answers as a test says.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived


@dataclass
class Push:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes = b""
    shown: dict[str, str] = field(default_factory=dict)
    """The name in the client's certificate."""

    @property
    def token(self) -> str:
        return self.headers[":path"].rpartition("/")[2]


@dataclass
class Apns:
    """A server that is running."""

    address: str
    root: Path
    """The certificate by which it is known."""
    pushes: list[Push] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    """What the next requests are answered: status and reason; 200 when there is none."""
    connections: int = 0


@contextmanager
def running(folder: Path, clients: x509.Certificate) -> Iterator[Apns]:
    """Listen on this machine, to whoever has a certificate that `clients` has signed."""
    context = _tls(folder, clients)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Apns(f"https://127.0.0.1:{port}", folder / "server.pem")
    threads: list[threading.Thread] = []
    open_: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            with suppress(OSError):
                secure = context.wrap_socket(raw, server_side=True)
                server.connections += 1
                open_.append(secure)
                threads.append(threading.Thread(target=_serve, args=(server, secure)))
                threads[-1].start()

    threads.append(threading.Thread(target=accept))
    threads[0].start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in open_:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in threads:
            thread.join(5)


def _serve(server: Apns, secure: ssl.SSLSocket) -> None:
    """Answer the requests of one connection."""
    assert secure.selected_alpn_protocol() == "h2"
    shown = _named(secure)
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    streams: dict[int, Push] = {}
    with suppress(OSError):
        secure.sendall(connection.data_to_send())
        while data := secure.recv(65536):
            for event in connection.receive_data(data):
                if not isinstance(event, RequestReceived | DataReceived):
                    continue
                stream = event.stream_id or 0
                if isinstance(event, RequestReceived):
                    headers = {str(name): str(value) for name, value in event.headers or ()}
                    streams[stream] = Push(headers, shown=shown)
                else:
                    streams[stream].body += event.data or b""
                if event.stream_ended is not None:
                    _answer(server, connection, stream, streams)
            secure.sendall(connection.data_to_send())


def _answer(server: Apns, connection: H2Connection, stream: int, streams: dict[int, Push]) -> None:
    server.pushes.append(streams.pop(stream))
    status, reason = server.answers.pop(0) if server.answers else (200, "")
    body = json.dumps({"reason": reason}).encode() if reason else b""
    connection.send_headers(stream, [(":status", str(status))], end_stream=not body)
    if body:
        connection.send_data(stream, body, end_stream=True)


def _named(secure: ssl.SSLSocket) -> dict[str, str]:
    shown: Any = secure.getpeercert() or {}
    return {name: value for part in shown.get("subject", ()) for name, value in part}


def _tls(folder: Path, clients: x509.Certificate) -> ssl.SSLContext:
    """TLS with a certificate of its own for 127.0.0.1, that asks clients for theirs."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in of APNs")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    public = own.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(public)
    (folder / "both.pem").write_bytes(private + public)
    (folder / "clients.pem").write_bytes(clients.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    context.load_verify_locations(folder / "clients.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    return context
