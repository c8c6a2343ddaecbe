"""The queue → one HTML file to answer it in: no server, no outside request.

It shows people side by side, so it holds personal data: only its owner may read
the file, and it never leaves HOME. What is decided there stays in the browser
until it is downloaded as CSV for `heliu review import`.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from markupsafe import Markup

from heliu.identity.review.crowd import Crowd, load_crowd
from heliu.identity.review.queue import GroupItem, Queue, review_queue
from heliu.identity.review.queue_file import write_private
from heliu.identity.review.sides import Question, load_questions
from heliu.reports.dashboard import TEMPLATES, page_environment
from heliu.reports.review_cards import group_card, pair_card
from heliu.reports.words import Words
from models.database import reading

MOST_ITEMS = 200  # the rest by CSV: a page of thousands is slow, and nobody answers them
MOST_GROUPS = 50
NAME = "review.html"


def build_review_page(
    engine: sa.Engine,
    home: Path,
    firm_name: str,
    zone: ZoneInfo,
    now: datetime,
    language: str = "zh",
) -> Path:
    """Write HOME/dashboard/review.html, mode 0600, all at once or not at all.

    Args:
        engine: The firm's database; read in one consistent view.
        home: The state folder.
        firm_name: Whose page it is.
        zone: Whose days and months.
        now: When it is made; aware.
        language: zh or en.

    Returns:
        The page's path.

    Raises:
        OSError: The page can't be written.
    """
    say = Words(language, zone)
    with reading(engine) as connection:
        queue = review_queue(connection)
        questions = load_questions(connection, queue.items[:MOST_ITEMS])
        crowds = [
            (one, load_crowd(connection, one.type, one.scope, one.value))
            for one in queue.groups[:MOST_GROUPS]
        ]
    page = home / "dashboard" / NAME
    write_private(page, render_review(questions, crowds, queue, firm_name, say, now))
    return page


def render_review(
    questions: Sequence[Question],
    crowds: Sequence[tuple[GroupItem, Crowd]],
    queue: Queue,
    firm_name: str,
    say: Words,
    now: datetime,
) -> str:
    """The page as HTML text; a pure function of the questions."""
    # Our own files, so their quotes and arrows stay as they are.
    script = (TEMPLATES / "review.js").read_text(encoding="utf-8")
    css = [(TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "review.css")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    names = [question.item.name for question in questions]
    values = [f"{one.type}|{one.scope}|{one.value}" for one, _ in crowds]
    return (
        page_environment()
        .get_template("review.html.jinja")
        .render(
            firm=firm_name,
            say=say,
            now=now,
            queue=queue,
            cards=[pair_card(question, say) for question in questions],
            groups=[group_card(one, crowd, say) for one, crowd in crowds],
            css=Markup("\n".join(css)),  # noqa: S704
            script=Markup(script),  # noqa: S704
            digest=digest,
            # Names this very list, so that a browser takes no decision for another's.
            token=hashlib.sha256("\n".join([*names, *values]).encode()).hexdigest()[:16],
        )
    )
