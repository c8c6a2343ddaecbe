"""A message as an e-mail: headers nobody can inject into, text beside HTML."""

import base64
import hashlib
import hmac
import re
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from heliu.channels.base import Outgoing
from heliu.errors import RecipientRejected

# cte_type 8bit would need SMTPUTF8's cousin 8BITMIME; base64 goes through everywhere.
POLICY = SMTP.clone(cte_type="7bit")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


def plain_address(text: str) -> str:
    """An ASCII address as SMTP commands take it.

    Raises:
        RecipientRejected: It is none, or would need SMTPUTF8.
    """
    try:
        if ADDRESS.fullmatch(text) and Address(addr_spec=text):
            return text
    except (ValueError, IndexError, HeaderParseError):
        pass
    raise RecipientRejected("the address is no plain e-mail address")


def message_id(message: Outgoing, sender: str) -> str:
    """The same for the same message, whenever it is built."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender_address(sender).rpartition('@')[2]}>"


def sender_address(sender: str) -> str:
    """The address of `Name <address>`."""
    return parseaddr(sender)[1]


def unsubscribe_token(key: str, secret: str) -> str:
    """A message's key, signed: whoever shows it got that message."""
    name = base64.urlsafe_b64encode(key.encode()).rstrip(b"=").decode()
    mark = hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest()[:32]
    return f"{name}.{mark}"


def letter(
    message: Outgoing, sender: str, now: datetime, unsubscribe_url: str = "", secret: str = ""
) -> bytes:
    """The e-mail as it goes over the wire (CRLF lines, not dot-stuffed).

    Args:
        message: What to say; `plain` makes it multipart/alternative.
        sender: `Name <address>`.
        now: Becomes Date.
        unsubscribe_url: https address that takes `/TOKEN` at its end, for one-click; may be empty.
        secret: Signs the token.

    Raises:
        RecipientRejected: The address is none.
    """
    mail = EmailMessage(policy=POLICY)
    name, address = parseaddr(sender)
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["To"] = Address(addr_spec=plain_address(message.address))
    mail["Subject"] = " ".join(message.subject.split())
    mail["Message-ID"] = message_id(message, sender)
    mail["Date"] = format_datetime(now)
    ways = [f"<mailto:{address}?subject=unsubscribe>"]
    if unsubscribe_url:
        token = unsubscribe_token(message.key, secret)
        ways.insert(0, f"<{unsubscribe_url.rstrip('/')}/{token}>")
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: https only
    mail["List-Unsubscribe"] = ", ".join(ways)
    mail.set_content(message.plain or message.body, subtype="plain", cte="base64")
    if message.plain:
        mail.add_alternative(message.body, subtype="html", cte="base64")
    return mail.as_bytes()
