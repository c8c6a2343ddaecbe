"""The last look at a rendered message: what must be in it, and what must not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import escape

from heliu.content.limits import Limits

# What tells a reader how to refuse further messages.
OPT_OUT = ("退订", "拒收", "不再接收", "unsubscribe", "Unsubscribe")
LEFTOVERS = ("{{", "{%", "{#")
NONE = re.compile(r"\bNone\b")
CONTROL = bytes(set(range(32)) - set(b"\t\n")) + b"\x7f"
TRAILING = re.compile(r"[ \t]+(?=\n)")
BLANKS = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    r"""Text without trailing spaces and with one blank line at most between paragraphs.

    >>> tidy("a \n\n\n\nb\n")
    'a\n\nb'
    """
    text = text.strip()
    if " \n" in text or "\t\n" in text:
        text = TRAILING.sub("", text)
    return BLANKS.sub("\n\n", text) if "\n\n\n" in text else text


@dataclass(frozen=True)
class Demands:
    """What the messages of one campaign on one channel must have."""

    limits: Limits
    html: bool  # whether the body is HTML
    brand: str  # the brand mark
    marketing: bool  # whether it must say how to refuse further messages


def lint(subject: str, body: str, plain: str, demands: Demands) -> str | None:
    """The first thing wrong with a message, without a word of it; None where all is well.

    Args:
        subject: Its subject, empty where the channel shows none.
        body: The document, HTML or text.
        plain: Text beside an HTML body.
        demands: What it is held against.
    """
    return next(_problems(subject, body, plain, demands), None)


def _problems(subject: str, body: str, plain: str, demands: Demands) -> Iterator[str]:
    limits = demands.limits
    if not body:
        yield "the body is empty"
    if limits.needs_subject and not subject:
        yield "the subject is empty"
    if limits.needs_plain and not plain:
        yield "the plain text is empty"
    if len(body.encode()) > limits.body_bytes:
        yield f"the body has more than {limits.body_bytes:,} bytes"
    if limits.subject_bytes and len(subject.encode()) > limits.subject_bytes:
        yield f"the subject has more than {limits.subject_bytes} bytes"
    yield from _missing(
        "body", body, str(escape(demands.brand)) if demands.html else demands.brand, demands
    )
    if plain:
        yield from _missing("plain text", plain, demands.brand, demands)
    for what, text in (("subject", subject), ("body", body), ("plain text", plain)):
        yield from _strays(what, text)


def tells_how_to_refuse(text: str) -> bool:
    """Whether a text says how to refuse further messages."""
    return any(wording in text for wording in OPT_OUT)


def _strays(what: str, text: str) -> Iterator[str]:
    """What only a mistake leaves in a message. Substrings first: a regex costs ten times that."""
    for leftover in LEFTOVERS:
        if leftover in text:
            yield f"the {what} holds {leftover!r}"
    if "None" in text and NONE.search(text):
        yield f"the {what} holds 'None'"
    data = text.encode()
    if len(data.translate(None, CONTROL)) != len(data):
        yield f"the {what} holds a control character"


def _missing(what: str, text: str, brand: str, demands: Demands) -> Iterator[str]:
    if brand not in text:
        yield f"the {what} lacks the brand mark"
    if demands.marketing and not tells_how_to_refuse(text):
        yield f"the {what} lacks the opt-out wording"
