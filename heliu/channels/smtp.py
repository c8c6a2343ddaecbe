"""One SMTP conversation, its answers turned into our words.

smtplib's `sendmail` hides whether the server may have taken the message when a
connection breaks; that is the one thing we must know, so the steps are taken
one by one here. See RFC 5321, section 4.2, and RFC 4954 for AUTH.
"""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from heliu.errors import (
    HeliuError,
    OutcomeUnknown,
    PermanentError,
    RecipientRejected,
    TransientError,
)

LINE_START_DOT = re.compile(rb"(?m)^\.")
AUTH_CODES = (530, 534, 535, 538)
CLOSING = 421


@dataclass(frozen=True)
class Server:
    """Where to connect and how."""

    host: str
    port: int
    security: str  # none, starttls, tls
    user: str = ""
    password: str = ""
    ca_file: str = ""
    timeout_seconds: float = 30.0

    def __repr__(self) -> str:
        return "Server(…)"  # the password never reaches a log


def connect(server: Server) -> smtplib.SMTP:
    """Open, secure and log in.

    Raises:
        TransientError: Out of reach or busy; nothing was sent.
        PermanentError: The address, the certificate or the login is wrong.
    """
    try:
        return _connect(server)
    except smtplib.SMTPAuthenticationError as error:
        raise _by_code(error.smtp_code, "the SMTP server refused our login") from error
    except smtplib.SMTPConnectError as error:
        raise _by_code(error.smtp_code, "the SMTP server refused the connection") from error
    except smtplib.SMTPNotSupportedError as error:
        raise PermanentError(
            "the SMTP server offers no STARTTLS or no login; see option 'security'"
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, "the SMTP server refused the greeting") from error
    except ssl.SSLCertVerificationError as error:
        raise PermanentError("the SMTP server's certificate is not trusted") from error
    except ssl.SSLError as error:
        raise PermanentError("the SMTP server speaks no TLS on this port") from error
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise TransientError("the SMTP server's name can't be looked up now") from error
        raise PermanentError("there is no SMTP server of that name; see option 'host'") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError("SMTP server is out of reach; nothing was sent") from error


def _connect(server: Server) -> smtplib.SMTP:
    if server.security == "none":
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    else:
        context = ssl.create_default_context(cafile=server.ca_file or None)
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_seconds, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
            try:
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


class Disconnected(TransientError):
    """The server hung up before the message was begun: try on a new connection."""


def hand_over(smtp: smtplib.SMTP, sender: str, recipient: str, letter: bytes) -> str:
    """Send one letter and return the server's word of acceptance (its queue id, mostly).

    Raises:
        Disconnected: Gone before the message was begun.
        TransientError: Refused for now; not sent.
        RecipientRejected: This address never.
        PermanentError: `Refused` for this letter; any other for the whole channel.
        OutcomeUnknown: The connection broke when the server may have taken it.
    """
    try:
        _expect(smtp.mail(sender), 250, "the sender")
        code, answer = smtp.rcpt(recipient)
        if code not in (250, 251):
            raise _recipient_refused(code, answer)
        _expect(smtp.docmd("DATA"), 354, "DATA")
    except (OSError, smtplib.SMTPException) as error:
        raise Disconnected("the SMTP server hung up; nothing was sent") from error
    try:
        # In one piece: two small writes would wait for each other's acknowledgement.
        smtp.send(LINE_START_DOT.sub(b"..", letter.removesuffix(b"\r\n")) + b"\r\n.\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise OutcomeUnknown("the connection broke after DATA") from error
    if code != 250:
        raise Refused(f"SMTP {code}") if code >= 500 else TransientError(f"SMTP {code}")
    return answer.decode(errors="replace")[:200]


class Refused(PermanentError):
    """The server refuses this letter for good."""


def _expect(reply: tuple[int, bytes], wanted: int, what: str) -> None:
    code = reply[0]
    if code == CLOSING:
        raise Disconnected(f"SMTP {code}")
    if code != wanted:
        raise _by_code(code, f"the SMTP server refused {what}")


def _recipient_refused(code: int, answer: bytes) -> HeliuError:
    if code == CLOSING:
        return Disconnected(f"SMTP {code}")
    # "Relay access denied" and "authentication required" are about us, not about them.
    if code in AUTH_CODES or b"relay" in answer.lower():
        return PermanentError(f"SMTP {code}: the server won't relay for us")
    return RecipientRejected(f"SMTP {code}") if code >= 500 else TransientError(f"SMTP {code}")


def _by_code(code: int, says: str) -> HeliuError:
    kind = TransientError if 400 <= code < 500 else PermanentError
    return kind(f"{says} (SMTP {code})")
