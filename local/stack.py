"""Puts the parts together: starts them in an order in which each finds what it needs."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from local import children, demo, engine, sweep
from local.aws import Client
from local.desk import Desk
from local.gateway import Gateway
from local.httpd import Server
from local.intrinsics import STACK
from local.pace import Pace
from local.queues import QueuePoller, create_queues
from local.schedules import Clock
from local.settings import (
    ROOT,
    Secrets,
    Settings,
    SettingsError,
    certificates_in,
    lock,
    wallets_with,
    write_private,
)
from local.streams import Checkpoint, Delivery, StreamPoller
from local.template import Template, load
from local.workers import Blueprint, Pool, SourceWatch, environment_of, lambda_environment

MAIL_FROM = "hello@regulars.example"
RING_PARAMETER = f"/{STACK}/ring"
WALLET_PARAMETERS = f"/{STACK}/wallet"
_TRIM_EVERY_S = 60.0


class Stack:
    """One running copy. `start` it, wait with `watch`, `stop` it; after a failure, too."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.access: dict[str, Any] = {}
        self._stopping = threading.Event()
        self._pace = Pace()
        self._threads: list[threading.Thread] = []
        self._cleanups: list[Callable[[], None]] = []
        self._pools: dict[str, Pool] = {}

    def start(self) -> None:
        """Start everything; raises SettingsError, EngineError, TemplateError or DemoError."""
        settings = self.settings
        settings.prepare()
        self._later(lock(settings.state).close)
        settings.clear_memory()
        self._later(settings.clear_memory)
        template = load(settings.template, {"MailFrom": MAIL_FROM})
        server = self._bind()
        base_url = settings.public_url(server.port)
        services = self._start_aws_services()  # the slowest: the rest happens meanwhile
        self._engine = self._start_engine(template)
        endpoint = _endpoint_of(services, settings.state / "logs" / "aws-services.log")
        sqs = Client("sqs", endpoint, keep=True)
        urls = create_queues(sqs, template.queues, template.resolver.arn)
        template.resolver.late.update(urls)
        Client("ses", endpoint).post("/v2/email/identities", {"EmailIdentity": MAIL_FROM})
        for bucket in template.buckets:
            Client("s3", endpoint).put(f"/{bucket}")
        keys = Secrets.kept_in(settings.kept())
        ssm = Client("ssm", endpoint)
        _put_secret(ssm, RING_PARAMETER, keys.ring)
        wallets = certificates_in(settings.state / "wallet")
        for name, text in wallets.items():
            _put_secret(ssm, f"{WALLET_PARAMETERS}/{name}", text)
        self._make_pools(
            template,
            {
                "TABLE_NAME": template.table.name,
                "BASE_URL": base_url,
                "RING_PARAMETER": RING_PARAMETER,
                "WALLETS": wallets_with(wallets),
                "WALLET_PARAMETERS": WALLET_PARAMETERS,
                "PLATFORM_KEY_SHA256": keys.platform_key_sha256,
                "MAIL_FROM": MAIL_FROM,
                "MAIL_CONFIGURATION": "",  # the stand-in for SES reports nothing
                "AWS_ENDPOINT_URL": endpoint,
                "AWS_ENDPOINT_URL_DYNAMODB": self._engine.endpoint,
            },
        )
        self.respond = Gateway(template.routes, self._pools)
        server.start()
        self._later(server.stop)
        self._start_sources(template, sqs, urls)
        desk = self._start_clock(template, sqs, urls)
        self.access = {
            "base_url": base_url,
            "platform_key": keys.platform_key,
            "demo": demo.prepare(server.port, base_url, keys.platform_key, settings.kept())
            if settings.demo
            else None,
            "mail_url": desk.url,
            "set_up_code": _set_up_code(keys.ring),
        }
        self.address = settings.own_url(server.port)
        write_private(settings.state / "access.json", self.access)

    def watch(self, stop: threading.Event) -> str:
        """Wait until told to stop; returns '' then, or what ended by itself."""
        trimmed = time.monotonic()
        while not stop.wait(0.5):
            if self.settings.parent not in (0, os.getppid()):
                return "whoever started this has gone"
            if not self._engine.alive():
                return "the DynamoDB engine ended by itself; its output is in .local/logs"
            if self._aws_services.poll() is not None:
                return "the local SQS and SES ended by themselves; see .local/logs"
            if time.monotonic() - trimmed > _TRIM_EVERY_S:
                trimmed = time.monotonic()
                for pool in self._pools.values():
                    pool.trim()
        return ""

    def stop(self) -> None:
        """Stop whatever was started, in the reverse order."""
        self._stopping.set()
        self._pace.touch()
        while self._cleanups:
            self._cleanups.pop()()

    def _later(self, cleanup: Callable[[], Any]) -> None:
        self._cleanups.append(cleanup)

    def _bind(self) -> Server:
        host, port = self.settings.host, self.settings.port
        try:
            server = Server(host, port, lambda request: self.respond(request))
        except OSError as error:
            raise SettingsError(
                f"port {port} on {host} cannot be had ({error.strerror}); "
                "PORT=0 picks a free one, PORT=8001 another"
            ) from None
        self._later(server.stop)
        return server

    def _start_aws_services(self) -> subprocess.Popen[bytes]:
        log = self.settings.state / "logs" / "aws-services.log"
        with log.open("ab") as output:
            self._aws_services = subprocess.Popen(
                [sys.executable, "-m", "local.aws_services", str(self.settings.kept())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                cwd=ROOT,
                env=children.clean_environment(),
                start_new_session=True,
            )
        self._later(partial(children.stop, self._aws_services))
        return self._aws_services

    def _start_engine(self, template: Template) -> engine.Engine:
        started = engine.start(
            self.settings.kept() / "data", self.settings.state / "logs" / "engine.log"
        )
        self._later(started.stop)
        engine.create_table_as(started.endpoint, template.table, template.table.name)
        return started

    def _make_pools(self, template: Template, overrides: dict[str, str]) -> None:
        folders: list[Path] = []
        for function in template.functions.values():
            folders += [function.code, *function.layers]
        watch = SourceWatch(folders)
        for name, function in template.functions.items():
            variables = environment_of(function, template.resolver.resolve, overrides)
            log = self.settings.state / "logs" / f"{function.verb}.log"
            environment = lambda_environment(function, variables)
            self._pools[name] = Pool(Blueprint(function, environment, log), watch, self._pace)
        self._later(self._close_pools)

    def _close_pools(self) -> None:
        closing = [threading.Thread(target=pool.close) for pool in self._pools.values()]
        for thread in [*closing]:
            thread.start()
        for thread in [*closing, *self._threads]:
            thread.join(5.0)

    def _run(self, target: Callable[..., Any], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _start_sources(self, template: Template, sqs: Client, urls: dict[str, str]) -> None:
        for queue in template.queue_sources:
            arn = template.resolver.arn(queue.queue)
            poller = QueuePoller(sqs, urls[queue.queue], arn, queue, self._pace)
            self._run(poller.run, self._pools[queue.function].invoke, self._stopping)
        for stream in template.stream_sources:
            send = None
            if stream.on_failure_queue:
                send = partial(_send_json, sqs, urls[stream.on_failure_queue])
            delivery = Delivery(stream, self._pools[stream.function].invoke, send, self._stopping)
            path = self.settings.kept() / "streams" / f"{stream.name}.json"
            # Without its stream, an engine starts each run at the stream's first record.
            lasts = engine.durable() and not self.settings.in_memory
            checkpoint = Checkpoint(path if lasts else None)
            reader = StreamPoller(
                self._engine.endpoint, template.table.name, stream, checkpoint, self._pace
            )
            self._run(reader.run, delivery, self._stopping)
        if template.table.ttl_attribute:
            dynamodb = Client("dynamodb", self._engine.endpoint, keep=True)
            table, attribute = template.table.name, template.table.ttl_attribute
            self._run(sweep.run, dynamodb, table, attribute, self._stopping)

    def _start_clock(self, template: Template, sqs: Client, urls: dict[str, str]) -> Desk:
        def send(queue: str, letter: dict[str, Any]) -> None:
            sqs.call("SendMessage", {"QueueUrl": urls[queue], **letter})

        functions = {name: pool.invoke for name, pool in self._pools.items()}
        memory = None if self.settings.in_memory else self.settings.kept() / "schedules.json"
        clock = Clock(template.schedules, functions, send, memory)
        self._run(clock.run, self._stopping)
        desk = Desk(template, clock, self.settings.kept() / "mail", self.settings.state)
        self._later(desk.stop)
        desk.start()
        return desk


def _endpoint_of(process: subprocess.Popen[bytes], log: Path) -> str:
    """The endpoint that the stand-ins print once they serve."""
    line = process.stdout.readline() if process.stdout else b""
    if not line.strip().isdigit():
        raise SettingsError(f"the local SQS and SES do not start; see {os.path.relpath(log)}")
    return f"http://127.0.0.1:{int(line)}"


def _set_up_code(ring_text: str) -> str:
    """What an operator's script says, too (`scripts/ring code`)."""
    sys.path.append(str(ROOT / "shared"))  # only here: functions find it in their layer
    from regulars.core import ring, set_up

    return set_up.code(ring.parsed(ring_text))


def _put_secret(ssm: Client, name: str, text: str) -> None:
    ssm.call("PutParameter", {"Name": name, "Value": text, "Type": "SecureString"})


def _send_json(sqs: Client, url: str, document: dict[str, Any]) -> None:
    sqs.call("SendMessage", {"QueueUrl": url, "MessageBody": json.dumps(document)})
