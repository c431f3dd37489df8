"""What goes out: an edition to a mailing list, by SMTP. The only file that writes to the network.

Each step is in the ledger before it is taken: `sending` before the message leaves, `sent` once the server took it. What stays at
`sending` (a crash, a line that dropped) is unknown: it is reported, and only a person sends it again.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from observatory.catalogue.store import Store
from observatory.errors import UsageError
from observatory.files import point
from observatory.model import MailingList, Sending, SendingState, Site
from observatory.text import clean

log = logging.getLogger(__name__)

SECONDS = 60  # what a mail server may take for one answer (RFC 5321, 4.5.3.2 allows minutes; a list server needs none)
PREFIX = "OBSERVATORY_SMTP_"
PORTS = {"starttls": 587, "tls": 465, "none": 25}
POLICY = SMTP.clone(cte_type="7bit")  # every server on the way can carry it


class Result(StrEnum):
    """What became of a list's letter."""

    SENT = "sent"
    NOTHING = "nothing"  # the edition holds nothing for this list
    ALREADY = "already sent"
    UNKNOWN = "unknown"  # begun before and never confirmed
    REFUSED = "refused"  # it certainly did not go out; the next --send tries again


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of what `digest --send` reports."""

    list_id: str
    edition: str
    result: Result
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server to hand letters to."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    ca: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str], site: Site) -> Server:
        """Read the server from the environment: a password has no place in a file that is shared."""
        said = {
            key: environment.get(f"{PREFIX}{key}", "").strip()
            for key in ("HOST", "PORT", "SECURITY", "USER", "FROM", "CA")
        }
        security = said["SECURITY"].lower() or "starttls"
        if not said["HOST"]:
            raise UsageError(f"no mail server: set {PREFIX}HOST (docs/operators.md lists all settings)")
        if security not in PORTS:
            raise UsageError(f"no such security: {PREFIX}SECURITY={security!r}; one of {', '.join(PORTS)}")
        if said["PORT"] and not said["PORT"].isdigit():
            raise UsageError(f"no port: {PREFIX}PORT={said['PORT']!r}; a number such as {PORTS[security]}")
        sender = said["FROM"] or site.contact or ""
        if "@" not in sender:
            raise UsageError(f"no sender: set {PREFIX}FROM, or site.contact in sources.yaml")
        password = environment.get(f"{PREFIX}PASSWORD", "")
        if security == "none" and (password or not _is_here(said["HOST"])):
            raise UsageError(
                f"{PREFIX}SECURITY=none sends in the clear: only to a server on this machine and without a password"
            )
        return cls(
            said["HOST"], int(said["PORT"] or PORTS[security]), security, said["USER"], password, sender, said["CA"]
        )

    def without_password(self, said: str) -> str:
        """Take the password out of what a server said: some repeat what they were told, as it is or as it was sent."""
        sent = (self.password, f"\0{self.user}\0{self.password}")
        forms = {*sent, *(base64.b64encode(each.encode()).decode() for each in sent)} if self.password else set()
        for form in sorted(forms, key=len, reverse=True):
            said = said.replace(form, "PASSWORD")
        return said


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Post:
    """A list's letter, ready to go."""

    mailing_list: MailingList
    edition: str
    subject: str
    text: str
    html: str
    page: str

    def message_id(self, site: Site) -> str:
        """The same for every sending of this letter, so that a repeat is recognised."""
        return f"<{self.edition}.{self.mailing_list.id}@{_host(site)}>"


class Outbox:
    """Hands letters to a mail server and keeps the ledger of it."""

    def __init__(self, store: Store, site: Site, server: Server, now: datetime) -> None:
        self._store, self._site, self._server, self._now = store, site, server, now

    def send(self, post: Post, over: Collection[SendingState] = ()) -> Delivery:
        """Send a letter unless it went out, or may have; `over` names the states in which a person sends it again."""
        last = self._store.sending(post.mailing_list.id, post.edition)
        if last and last.state not in over and last.state is SendingState.SENT:
            return self._delivery(post, Result.ALREADY, f"on {last.at:%Y-%m-%d %H:%M} UTC")
        if last and last.state not in over and last.state is SendingState.SENDING:
            return self._delivery(post, Result.UNKNOWN, _unknown(last))
        try:
            said = self._server.without_password(self._hand_over(post))
        except _Refused as refused:
            why = self._server.without_password(str(refused))
            self._note(post, SendingState.REFUSED, why)
            return self._delivery(post, Result.REFUSED, why)
        except _Lost as lost:
            return self._delivery(post, Result.UNKNOWN, f"{lost}; look at the list before you use --resend")
        self._note(post, SendingState.SENT, said)
        return self._delivery(post, Result.SENT, said)

    def _hand_over(self, post: Post) -> str:
        body = compose(post, self._site, self._server.sender, self._now).as_bytes(policy=POLICY)
        return deliver(
            self._server,
            post.mailing_list.to,
            body,
            lambda: self._note(post, SendingState.SENDING, "handed to the server"),
        )

    def _note(self, post: Post, state: SendingState, detail: str) -> None:
        name = post.message_id(self._site)
        self._store.record_sending(Sending(post.mailing_list.id, post.edition, state, self._now, name, detail[:200]))

    def _delivery(self, post: Post, result: Result, detail: str) -> Delivery:
        log.info("mail list=%s edition=%s result=%s", post.mailing_list.id, post.edition, result)
        return Delivery(post.mailing_list.id, post.edition, result, detail)


def _unknown(last: Sending) -> str:
    return (
        f"begun on {last.at:%Y-%m-%d %H:%M} UTC and never confirmed: it may have gone out; "
        "look at the list, and use --resend if it did not"
    )


# ---------------------------------------------------------------- the message


def compose(post: Post, site: Site, sender: str, now: datetime) -> EmailMessage:
    """Write the message: plain text and HTML, from us to the list."""
    one = post.mailing_list
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(site.title, addr_spec=sender)
    message["To"] = Address(addr_spec=one.to)
    message["Subject"] = clean(post.subject)  # a line end in it would be refused
    message["Date"] = format_datetime(now)
    message["Message-ID"] = post.message_id(site)
    message["List-Id"] = f"<{one.id}.{_host(site)}>"
    message["List-Unsubscribe"] = f"<{one.subscribe_url}>"
    message["List-Subscribe"] = f"<{one.subscribe_url}>"
    message["List-Archive"] = f"<{site.url}digest/>"
    message.set_content(post.text, cte="quoted-printable")
    message.add_alternative(post.html, subtype="html", cte="quoted-printable")
    message.set_boundary(hashlib.sha256(post.message_id(site).encode()).hexdigest()[:40])
    return message


def _host(site: Site) -> str:
    return urlsplit(site.url).hostname or "localhost"


# ---------------------------------------------------------------- the wire


class _Refused(Exception):
    """The message certainly did not go out."""


class _Lost(Exception):
    """Whether the message went out, nobody can say."""


def deliver(server: Server, to: str, body: bytes, before_data: Callable[[], None]) -> str:
    """Hand a message to the server and give its answer. `before_data` is called when nothing but the message is left to send.

    Raises `_Refused` when it certainly did not go out, `_Lost` when the line dropped after it left and before the answer.
    """
    smtp = _connect(server)
    try:
        _address(smtp, server, to)
        before_data()
        return _hand(smtp, server, body)
    finally:
        with suppress(OSError, smtplib.SMTPException):  # what was confirmed stands, however the line is closed
            smtp.quit()
        smtp.close()


def _address(smtp: smtplib.SMTP, server: Server, to: str) -> None:
    with _before_data(server):
        for (code, said), what in ((smtp.mail(server.sender), "sender"), (smtp.rcpt(to), f"address {to}")):
            if code not in (250, 251):
                raise _Refused(f"{server.host} refused the {what}: {code} {_said(said)}")


def _hand(smtp: smtplib.SMTP, server: Server, body: bytes) -> str:
    try:
        point("smtp.before-data")
        code, answer = smtp.data(body)
        point("smtp.after-data")
    except smtplib.SMTPDataError as error:  # it refused to take any message
        raise _Refused(f"{server.host} refused the message: {error.smtp_code} {_said(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise _Lost(f"the line to {server.host} dropped before it confirmed") from error
    if code != 250:
        raise _Refused(f"{server.host} refused the message: {code} {_said(answer)}")
    return f"{code} {_said(answer)}"


@contextmanager
def _before_data(server: Server) -> Iterator[None]:
    """Whatever fails here, no message has left."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _Refused(f"{server.host} refused: {error.smtp_code} {_said(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise _Refused(f"can't reach {server.host}:{server.port}: {str(error) or type(error).__name__}") from error


def _connect(server: Server) -> smtplib.SMTP:
    with _before_data(server):
        context = ssl.create_default_context(cafile=server.ca or None)
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            smtp.ehlo()
            if server.security == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _said(answer: bytes | str) -> str:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(said.split())
