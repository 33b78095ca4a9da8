"""The local mailbox: what would have been sent, as pages for a person at this machine."""

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from local.httpapi import Answer, Request

_ID = re.compile(r"/mail/(\d{13}-[0-9a-f]{8})(/html)?")
_SHOWN = 200
# Links in a mail open in a tab of their own; nothing in it runs, loads or reads anything.
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_SAFE = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
]
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_MAIL_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    f"sandbox {_SANDBOX}"
)

_STYLE = """
:root { color-scheme: light; --ink: #1d1b16; --soft: #6f685c; --line: #e8e2d6; --paper: #faf7f2;
  --accent: #7a3e1d; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 760px; margin: 0 auto; padding: 32px 16px 64px; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; letter-spacing: -.02em;
  overflow-wrap: anywhere; }
p { margin: 0 0 16px; }
a { color: var(--accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 8px; }
.soft { color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
.panel { background: #fff; border: 1px solid var(--line); border-radius: 20px; overflow: hidden; }
.list { list-style: none; margin: 24px 0 0; padding: 0; }
.list li + li { border-top: 1px solid var(--line); }
.list a { display: block; min-height: 48px; padding: 16px 20px; color: inherit; font-weight: 400;
  text-decoration: none; }
.list a:hover { background: #fdfbf8; }
.list strong { display: block; overflow-wrap: anywhere; }
.back { display: inline-block; padding: 12px 0; }
iframe { display: block; width: 100%; height: 640px; border: 0; background: #fff; }
h2 { margin: 24px 0 8px; font-size: 16px; }
pre { margin: 0; padding: 20px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 8px 0 24px;
  font-size: 14px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
"""


class Mailbox:
    """Pages over the folder of sent messages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, request: Request) -> Answer | None:
        """The page at this path, or None when there is none."""
        path = request.target.partition("?")[0]
        if request.method not in ("GET", "HEAD"):
            return None
        if path == "/":
            return _page("Mailbox", self._list())
        if path == "/style.css":
            return Answer(200, [("content-type", "text/css; charset=utf-8"), *_SAFE], _css())
        match = _ID.fullmatch(path)
        file = self._folder / f"{match[1]}.json" if match else None
        if match is None or file is None or not file.exists():
            return None
        message = json.loads(file.read_text("utf-8"))
        return _html_of(message) if match[2] else _page(_title(message), _one(message))

    def _messages(self) -> Iterator[dict[str, Any]]:
        for file in sorted(self._folder.glob("*.json"), reverse=True)[:_SHOWN]:
            yield json.loads(file.read_text("utf-8"))

    def _list(self) -> str:
        rows = [
            f'<li><a href="/mail/{_text(it["id"])}"><strong>{_text(_title(it))}</strong>'
            f'<span class="soft">{_text(", ".join(it["to"]))} · {_when(it)}</span></a></li>'
            for it in self._messages()
        ]
        if not rows:
            return (
                "<h1>No mail yet</h1><p>What the service sends shows up here, newest first. "
                "Join with an e-mail address, or run a job: <code>make job NAME=digest</code>.</p>"
            )
        count = "One message" if len(rows) == 1 else f"{len(rows)} messages"
        return (
            f'<h1>{count}</h1><p class="soft">Sent on this machine, to nobody. Newest first; '
            f'reload for more.</p><ul class="list panel">{"".join(rows)}</ul>'
        )


def _one(message: dict[str, Any]) -> str:
    facts = {
        "To": ", ".join(message["to"]),
        "From": message.get("from", ""),
        "Sent": _when(message),
        **{
            name: value
            for name, value in message.get("headers", {}).items()
            if name.lower().startswith("list-")
        },
    }
    rows = "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in facts.items() if v)
    parts = [f'<a class="back" href="/">All messages</a><h1>{_text(_title(message))}</h1>']
    parts.append(f"<dl>{rows}</dl>")
    if message.get("html"):
        parts.append(
            f'<div class="panel"><iframe title="The mail as its reader sees it" '
            f'sandbox="{_SANDBOX}" src="/mail/{_text(message["id"])}/html"></iframe></div>'
        )
    if message.get("text"):
        parts.append(f'<h2>Text</h2><div class="panel"><pre>{_linked(message["text"])}</pre></div>')
    return "".join(parts)


def _html_of(message: dict[str, Any]) -> Answer:
    body = f'<!doctype html><base target="_blank">{message.get("html", "")}'.encode()
    headers = [("content-type", "text/html; charset=utf-8"), *_SAFE]
    return Answer(200, [*headers, ("content-security-policy", _MAIL_POLICY)], body)


def _page(title: str, content: str) -> Answer:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{_text(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{content}</main></body></html>"
    )
    headers = [("content-type", "text/html; charset=utf-8"), *_SAFE]
    return Answer(200, [*headers, ("content-security-policy", _PAGE_POLICY)], text.encode())


def _title(message: dict[str, Any]) -> str:
    if message["kind"] == "sms":
        return f"Text message: {message['text'][:60]}"
    return str(message.get("subject") or "(no subject)")


def _when(message: dict[str, Any]) -> str:
    # The reader sits at this machine: its own clock and zone are theirs.
    return f"{datetime.fromtimestamp(message['at']).astimezone():%Y-%m-%d %H:%M:%S}"


def _linked(text: str) -> str:
    return re.sub(
        r"https?://[^\s<>&\"]+(?:&amp;[^\s<>&\"]+)*",
        lambda it: f'<a href="{it[0]}" rel="noreferrer">{it[0]}</a>',
        _text(text),
    )


def _text(value: str) -> str:
    return html.escape(str(value))


def _css() -> bytes:
    return _STYLE.encode()
