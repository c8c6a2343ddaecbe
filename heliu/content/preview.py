"""A message as its phone would show it: an HTML fragment, and the style it needs.

Messages are shown to staff in a browser, so what is in them is data: text is
escaped, a mail's HTML sits in an iframe that may neither run nor load anything.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "previews"
PREVIEW_CSS = (FOLDER / "phone.css").read_text(encoding="utf-8")

# A link ends before a space, a Chinese letter or a Chinese full stop.
LINK = re.compile(r"https?://[\w\-./?%&=#:@~+,;!$*]+", re.ASCII)
# The mail's own document: no script, nothing fetched, no line longer than the phone is wide.
MAIL_HEAD = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
    "<style>html{overflow-wrap:anywhere}body{scrollbar-width:none}</style>"
)

_environment = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def preview(
    channel: str,
    body: str,
    *,
    subject: str = "",
    sender: str = "合流",
    at: datetime | None = None,
) -> str:
    """A phone showing one message; the page around it needs `PREVIEW_CSS` once.

    Args:
        channel: `email` shows a mail; every other channel a chat.
        body: The content's body: HTML of a mail, text of a chat.
        subject: The mail's subject.
        sender: Who it comes from, as the phone names them.
        at: When it arrives, in the zone to be shown.
    """
    mail = channel == "email"
    return _environment.get_template("phone.html").render(
        kind="mail" if mail else "chat",
        label=f"{'邮件' if mail else '消息'}预览",
        subject=subject,
        sender=sender,
        initial=sender.strip("【】 ")[:1],
        clock=at.strftime("%H:%M") if at else "10:00",
        day=f"{at.month}月{at.day}日" if at else "今天",
        document=MAIL_HEAD + body if mail else "",
        parts=[] if mail else list(_parts(body)),
    )


def _parts(text: str) -> Iterator[dict[str, object]]:
    """A chat's text, its links apart."""
    end = 0
    for found in LINK.finditer(text):
        link = found.group().rstrip(".,;:!")
        yield {"text": text[end : found.start()], "link": False}
        yield {"text": link, "link": True}
        end = found.start() + len(link)
    yield {"text": text[end:], "link": False}
