"""The e-mail channel: one SMTP connection a batch, one message a call."""

import contextlib
import ipaddress
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from heliu.channels.base import Accepted, AddressKind, NotAccepted, Outgoing, Result, Traits
from heliu.channels.letter import letter, plain_address, sender_address
from heliu.channels.smtp import Disconnected, Refused, Server, connect, hand_over
from heliu.errors import (
    ConfigError,
    OutcomeUnknown,
    Place,
    Problem,
    RecipientRejected,
    TransientError,
    did_you_mean,
)

SECURITIES = ("none", "starttls", "tls")


@dataclass(frozen=True)
class EmailOptions:
    """`[channels.email]`: there is no default server, and none but loopback without `live`."""

    host: str
    port: int
    sender: str  # Name <address>
    kind: str = "email"
    security: str = "tls"
    user: str = ""
    password_secret: str = ""  # name of the secret
    ca_file: str = ""
    unsubscribe_url: str = ""  # https, takes /TOKEN at its end
    unsubscribe_secret: str = ""  # name of the secret that signs the token
    timeout_seconds: float = 30.0
    consent_channel: str = "email"
    live: bool = False
    off: bool = False

    @property
    def traits(self) -> Traits:
        """What planning knows of it."""
        return Traits(self.kind, self.consent_channel, AddressKind.EMAIL, self.off)

    def check(self, name: str) -> None:
        """Refuse what is unsafe.

        Raises:
            ConfigError: Every such option at once.
        """
        place = Place(f"channels.{name}")
        problems = [Problem(place, says, remedy) for says, remedy in self._complaints()]
        if problems:
            raise ConfigError(problems)

    def _complaints(self) -> list[tuple[str, str]]:
        found = []
        if self.security not in SECURITIES:
            says = f"unknown security {self.security!r}{did_you_mean(self.security, SECURITIES)}"
            found.append((says, f"One of {', '.join(SECURITIES)}."))
        if not is_loopback(self.host) and not self.live:
            says = "the host is not this machine, and 'live' is not set"
            found.append((says, "Set live = true once real people may be written to."))
        if not is_loopback(self.host) and self.security == "none":
            found.append(("security 'none' leaves this machine", "Use starttls or tls."))
        if not 0 < self.port < 65536:
            found.append(("port must lie between 1 and 65535", ""))
        if not self._sender_is_good():
            found.append(("sender must be like 'Name <name@example.com>'", ""))
        if self.user and not self.password_secret:
            found.append(("user needs password_secret", "Name the secret that holds it."))
        if self.unsubscribe_url and not self.unsubscribe_url.startswith("https://"):
            found.append(("unsubscribe_url must begin with https://", "RFC 8058 asks for it."))
        if self.unsubscribe_url and not self.unsubscribe_secret:
            found.append(("unsubscribe_url needs unsubscribe_secret", ""))
        if self.timeout_seconds <= 0:
            found.append(("timeout_seconds must be more than 0", ""))
        return found

    def _sender_is_good(self) -> bool:
        try:
            plain_address(sender_address(self.sender))
        except RecipientRejected:
            return False
        return self.sender.isprintable()


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("smtp.example.com")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Email:
    """Send by SMTP."""

    batch_size = 1  # so that a crash leaves one message in doubt, not many
    can_tell = False

    def __init__(
        self,
        name: str,
        options: EmailOptions,
        secret: Callable[[str], str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self.traits = options.traits
        self.options = options
        self.secret = secret
        self.clock = clock
        self.smtp: smtplib.SMTP | None = None
        self.sign = ""

    def __enter__(self) -> Self:
        if self.options.unsubscribe_secret:
            self.sign = self.secret(self.options.unsubscribe_secret)
        self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.smtp.quit()
        self._hang_up()

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        """Hand over one message after the other.

        Raises:
            TransientError: The server has gone; what wasn't handed over wasn't sent.
            PermanentError: The server refuses us, not them.
        """
        return [self._send(message) for message in batch]

    def outcome(self, message: Outgoing) -> Accepted | NotAccepted | None:
        """SMTP has no way to ask."""
        return None

    def _send(self, message: Outgoing) -> Result:
        options = self.options
        try:
            recipient = plain_address(message.address)
            text = letter(message, options.sender, self.clock(), options.unsubscribe_url, self.sign)
        except RecipientRejected as error:
            return error
        # Servers end a connection after so many messages; one new one is fair.
        first = self._hand_over(recipient, text)
        return self._hand_over(recipient, text) if isinstance(first, Disconnected) else first

    def _hand_over(self, recipient: str, text: bytes) -> Result:
        smtp = self.smtp or self._connect()
        sender = sender_address(self.options.sender)
        try:
            return Accepted(hand_over(smtp, sender, recipient, text))
        except (Disconnected, OutcomeUnknown) as error:
            self._hang_up()
            return error
        except (RecipientRejected, Refused, TransientError) as error:
            self._reset()
            return error

    def _connect(self) -> smtplib.SMTP:
        options = self.options
        password = self.secret(options.password_secret) if options.user else ""
        self.smtp = connect(
            Server(
                options.host,
                options.port,
                options.security,
                options.user,
                password,
                options.ca_file,
                options.timeout_seconds,
            )
        )
        return self.smtp

    def _reset(self) -> None:
        """Forget a refused message, so that the next begins cleanly."""
        if self.smtp is None:
            return
        try:
            code, _ = self.smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        if code != 250:
            self._hang_up()

    def _hang_up(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = None
