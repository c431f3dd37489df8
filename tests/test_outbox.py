"""Mail against a real SMTP server on loopback: what went out goes out once, and what may have is never sent by itself."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from observatory.catalogue.store import Store
from observatory.errors import UsageError
from observatory.model import MailingList, SendingState, Site
from observatory.outbox import Outbox, Post, Result, Server, compose

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SITE = Site(title="Mícro-credential Observatory", url="https://mc.example.org/", contact="desk@example.org")
LIST = MailingList("nordic", "*", "weekly", "mc-nordic@lists.example.org", "https://lists.example.org/mc-nordic")
POST = Post(LIST, "2026-W47", "Micro-credentials: Zürich adopts · “quoted” · call closes", "Té\n" * 3, "<p>Té</p>", "")


class Mailbox:
    """A mail server's mind: what it took, and how it answers."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.before: Callable[[], None] = lambda: None
        self.answer = "250 2.0.0 queued as 1"
        self.drops = False
        self.refuses = ""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.before()
        self.taken.append(cast(bytes, envelope.content))
        if self.drops:
            assert server.transport
            cast(asyncio.Transport, server.transport).abort()
        return self.answer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data == LoginPassword(b"robot", b"secret")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def server(mailbox: Mailbox, authority: trustme.CA, tmp_path: Path, free_port: int) -> Iterator[Server]:
    """A server that wants STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port,
        tls_context=context,
        require_starttls=True,
        authenticator=_authenticate,
        auth_required=True,
    )
    controller.start()
    try:
        yield Server("127.0.0.1", free_port, "starttls", "robot", "secret", "desk@example.org", str(ca))
    finally:
        controller.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "catalogue.sqlite") as store:
        yield store


def states(store: Store) -> list[SendingState]:
    return [step.state for step in store.sendings()]


def test_a_letter_goes_out_over_tls_and_is_recorded_as_sent(server: Server, mailbox: Mailbox, store: Store) -> None:
    delivery = Outbox(store, SITE, server, NOW).send(POST)
    assert (delivery.result, delivery.detail) == (Result.SENT, "250 2.0.0 queued as 1")
    assert states(store) == [SendingState.SENDING, SendingState.SENT]
    read = cast(EmailMessage, message_from_bytes(mailbox.taken[0], policy=policy.default))
    assert read["Subject"] == POST.subject
    assert read["Message-ID"] == "<2026-W47.nordic@mc.example.org>"
    assert read["List-Unsubscribe"] == "<https://lists.example.org/mc-nordic>"
    assert read["List-Id"] == "<nordic.mc.example.org>"
    assert read["From"] == "Mícro-credential Observatory <desk@example.org>"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert "Té" in read.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert max(map(len, mailbox.taken[0].splitlines())) <= 998


def test_what_was_sent_is_not_sent_again(server: Server, mailbox: Mailbox, store: Store) -> None:
    outbox = Outbox(store, SITE, server, NOW)
    outbox.send(POST)
    assert outbox.send(POST).result is Result.ALREADY
    assert len(mailbox.taken) == 1
    assert outbox.send(POST, over=[SendingState.SENT]).result is Result.SENT
    assert mailbox.taken[0] == mailbox.taken[1], "a repeat is the same message, so that a server can drop it"


def test_sending_stands_in_the_ledger_before_the_message_leaves(
    server: Server, mailbox: Mailbox, store: Store, tmp_path: Path
) -> None:
    found: list[list[SendingState]] = []

    def look() -> None:
        with Store.open(tmp_path / "catalogue.sqlite", read_only=True) as other:
            found.append(states(other))

    mailbox.before = look
    Outbox(store, SITE, server, NOW).send(POST)
    assert found == [[SendingState.SENDING]]


def test_a_line_that_drops_after_the_message_leaves_it_unknown_until_a_person_acts(
    server: Server, mailbox: Mailbox, store: Store
) -> None:
    mailbox.drops = True
    outbox = Outbox(store, SITE, server, NOW)
    assert outbox.send(POST).result is Result.UNKNOWN
    mailbox.drops = False
    again = outbox.send(POST)
    assert again.result is Result.UNKNOWN
    assert "--resend" in again.detail
    assert len(mailbox.taken) == 1
    assert outbox.send(POST, over=[SendingState.SENDING]).result is Result.SENT
    assert states(store) == [SendingState.SENDING, SendingState.SENDING, SendingState.SENT]


def test_a_crash_between_make_and_confirm_leaves_it_unknown(server: Server, mailbox: Mailbox, store: Store) -> None:
    class Crash(BaseException):
        pass

    def crash() -> None:
        raise Crash

    note = store.record_sending

    def note_and_crash(step: Any) -> None:
        note(step)
        crash()

    store.record_sending = note_and_crash  # type: ignore[method-assign]
    with pytest.raises(Crash):
        Outbox(store, SITE, server, NOW).send(POST)
    store.record_sending = note  # type: ignore[method-assign]
    assert Outbox(store, SITE, server, NOW).send(POST).result is Result.UNKNOWN
    assert mailbox.taken == []


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [("554 5.7.1 no bulk mail", ""), ("250 OK", "550 5.1.1 no such list"), ("421 4.3.2 busy", "")],
)
def test_a_refusal_is_told_and_the_next_sending_tries_again(
    answer: str, refuses: str, server: Server, mailbox: Mailbox, store: Store
) -> None:
    mailbox.answer, mailbox.refuses = answer, refuses
    outbox = Outbox(store, SITE, server, NOW)
    delivery = outbox.send(POST)
    assert delivery.result is Result.REFUSED
    assert (refuses or answer)[4:] in delivery.detail
    mailbox.answer, mailbox.refuses = "250 OK", ""
    assert outbox.send(POST).result is Result.SENT


def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_letter(
    server: Server, mailbox: Mailbox, store: Store
) -> None:
    delivery = Outbox(store, SITE, replace(server, ca=""), NOW).send(POST)
    assert delivery.result is Result.REFUSED
    assert "certificate" in delivery.detail.lower()
    assert mailbox.taken == []


def test_a_wrong_password_is_named(server: Server, store: Store) -> None:
    delivery = Outbox(store, SITE, replace(server, password="wrong"), NOW).send(POST)
    assert delivery.result is Result.REFUSED
    assert "535" in delivery.detail


def test_a_closed_port_is_named_and_nothing_counts_as_begun(store: Store, free_port: int) -> None:
    server = Server("127.0.0.1", free_port, "none", "", "", "desk@example.org")
    assert Outbox(store, SITE, server, NOW).send(POST).result is Result.REFUSED
    assert states(store) == [SendingState.REFUSED]


def test_a_heading_can_not_be_smuggled_into_a_message() -> None:
    evil = replace(POST, subject="Hello\r\nBcc: everyone@example.org")
    message = message_from_bytes(compose(evil, SITE, "desk@example.org", NOW).as_bytes(), policy=policy.default)
    assert (message["Subject"], message["Bcc"]) == ("Hello Bcc: everyone@example.org", None)


SETTINGS: list[tuple[dict[str, str], str]] = [
    ({}, "no mail server: set OBSERVATORY_SMTP_HOST"),
    ({"HOST": "mail.example.org", "SECURITY": "ssl"}, "no such security"),
    ({"HOST": "mail.example.org", "PORT": "smtp"}, "no port"),
    ({"HOST": "mail.example.org", "SECURITY": "none"}, "sends in the clear"),
    ({"HOST": "localhost", "SECURITY": "none", "PASSWORD": "secret"}, "sends in the clear"),
]


@pytest.mark.parametrize(("said", "message"), SETTINGS)
def test_settings_that_can_not_be_right_are_refused(said: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Server.of({f"OBSERVATORY_SMTP_{key}": value for key, value in said.items()}, SITE)


def test_settings_come_from_the_environment() -> None:
    said = {"HOST": "mail.example.org", "USER": "robot", "PASSWORD": "secret", "SECURITY": "tls"}
    found = Server.of({f"OBSERVATORY_SMTP_{key}": value for key, value in said.items()}, SITE)
    assert found == Server("mail.example.org", 465, "tls", "robot", "secret", "desk@example.org")
