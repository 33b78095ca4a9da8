"""The bytes of a mail as they leave: what a mail program reads, for any host and any name."""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core import checks
from regulars.messages.channels.email import message, one_line, sender
from regulars.messages.mail import Mail

FROM = "cards@mail.example.com"
HOSTS = [
    "https://c.example",
    "https://cards.example",
    "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
    f"https://{'long-' * 12}name.{'sub.' * 20}example.com",
]
NAMES = ["Corner Cafe", "Corner Café", "Kávéház, a sarkon", 'The "Old" Mill; (Inn)', "Қазақ дәмі",
         "Nagyapám Kézműves Pékárui és Legfinomabb Süteményei a Nagykörúton Bt."]  # fmt: skip


def decoded(text: str) -> str:
    """A header as RFC 2047 reads it: space between encoded words is no space. (Python keeps it.)"""
    together = re.sub(r"(\?=)\s+(=\?)", r"\1\2", text)
    words = r"=\?utf-8\?b\?([^?]*)\?="
    return re.sub(words, lambda found: b64decode(found[1]).decode(), together)


def header(raw: bytes, name: str) -> str:
    """A header of a mail, unfolded and read."""
    unfolded = raw.decode("ascii").replace("\r\n ", " ")
    (line,) = re.findall(rf"^{name}: (.*?)\r$", unfolded, re.MULTILINE)
    return decoded(line)


def mail(name: str = "Corner Café", url: str | None = None, subject: str = "Hello") -> Mail:
    return Mail("anna@example.com", "welcome", "en", name, subject, "<p>Hi</p>", "Hi", url)


@pytest.mark.parametrize("host", HOSTS)
def test_the_link_to_stop_mails_is_one_line_that_mail_programs_can_read(host: str) -> None:
    url = f"{host}/u/m0123456789a.c0123456789abcd.{'x' * 16}"
    lines = message(mail(url=url), FROM).split(b"\r\n")
    assert f"List-Unsubscribe: <{url}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


@pytest.mark.parametrize("name", NAMES)
def test_the_sender_is_seven_bit_and_reads_as_the_shop_is_called(name: str) -> None:
    raw = message(mail(name), FROM)
    assert raw.isascii()
    quoted = name.replace('"', '\\"')
    shown = f'"{quoted}"' if name.isascii() else name
    assert header(raw, "From").replace(" <", "<") == f"{shown}<{FROM}>"
    written = sender(name, FROM)
    assert written.isascii()
    assert decoded(written).replace(" <", "<") == f"{shown}<{FROM}>"
    read = email.message_from_bytes(raw, policy=email.policy.default)["From"].addresses[0]
    assert read.addr_spec == FROM
    assert all(len(word) <= 75 for word in written.split() if word.startswith("=?"))


@given(
    st.text(min_size=1, max_size=80).map(str.strip).filter(lambda it: it and checks.printable(it))
)
def test_any_name_and_subject_gives_a_mail_that_can_be_read(text: str) -> None:
    raw = message(mail(text, f"{HOSTS[2]}/u/abc", text), FROM)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["From"].addresses[0].addr_spec == FROM
    assert read["List-Unsubscribe"] == f"<{HOSTS[2]}/u/abc>"
    assert header(raw, "Subject") == one_line(text)
    assert sender(text, FROM).isascii()
