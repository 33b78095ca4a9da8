"""The desk: a second, loopback-only server with the mailbox and the button for jobs."""

import hmac
import json
import secrets
from pathlib import Path

from local.httpapi import Answer, Request, message
from local.httpd import Respond, Server
from local.mailbox import Mailbox
from local.schedules import Clock
from local.settings import write_private
from local.template import Template
from local.workers import Busy, FunctionError


class Desk:
    """Serves the mailbox to a browser, and jobs to `make job` through a token in a file."""

    def __init__(self, template: Template, clock: Clock, mail: Path, state: Path) -> None:
        self._jobs = {template.functions[it].verb: it for it in clock.names()}
        self._clock = clock
        self._mailbox = Mailbox(mail)
        self._token = secrets.token_urlsafe(32)
        self._server = _server(self._respond, state / "desk-port")
        self._control = state / "control.json"
        write_private(self._control, {"url": self.url, "token": self._token})

    @property
    def url(self) -> str:
        """Where the mailbox is."""
        return f"http://127.0.0.1:{self._server.port}/"

    def start(self) -> None:
        """Begin to serve."""
        self._server.start()

    def stop(self) -> None:
        """Serve nothing more, and take the token away."""
        self._control.unlink(missing_ok=True)
        self._server.stop()

    def _respond(self, request: Request) -> Answer:
        # A page of some other site that points its name at this machine gets nothing.
        host = _header(request, "host")
        if host.partition(":")[0] not in ("127.0.0.1", "localhost"):
            return message(404, "Not Found")
        if request.method == "POST" and request.target.startswith("/job/"):
            return self._job(request)
        return self._mailbox(request) or message(404, "Not Found")

    def _job(self, request: Request) -> Answer:
        expected = f"Bearer {self._token}"
        if not hmac.compare_digest(_header(request, "authorization").encode(), expected.encode()):
            return message(401, "Unauthorized")
        name = request.target.removeprefix("/job/")
        if name not in self._jobs:
            return message(404, f"there is no job {name!r}; there is {', '.join(self._jobs)}")
        try:
            result = self._clock.run_now(self._jobs[name])
        except (FunctionError, Busy) as error:
            return message(500, str(error))
        body = json.dumps({"job": name, "result": result}).encode()
        return Answer(200, [("content-type", "application/json")], body)


def _header(request: Request, wanted: str) -> str:
    return next((value for name, value in request.headers if name.lower() == wanted), "")


def _server(respond: Respond, remembered: Path) -> Server:
    """On the port of last time when it is free, so that an open mailbox keeps working."""
    port = int(remembered.read_text()) if remembered.exists() else 0
    try:
        server = Server("127.0.0.1", port, respond)
    except OSError:
        server = Server("127.0.0.1", 0, respond)
    remembered.write_text(str(server.port))
    return server
