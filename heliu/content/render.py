"""Rendering an audience: every decided person's message, before the first one leaves."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from jinja2.exceptions import TemplateError

from heliu.content.catalogue import read_catalogue
from heliu.content.context import CampaignContext, FirmContext, shared_context
from heliu.content.failures import RENDER_ERRORS, why
from heliu.content.files import FOLDER
from heliu.content.library import ContentLibrary, Rendered, Variant
from heliu.content.limits import limits_of
from heliu.content.lint import Demands, lint
from heliu.content.people import Reader, day_in
from heliu.content.store import Outcome, store_page
from heliu.errors import PermanentError
from models import Audience, Reason, Recipient
from models.database import reading, writing

PAGE = 1_000
GONE = "the profile is gone: merged or erased after the segment was frozen"

_recipient = Recipient.__table__  # type: ignore[attr-defined]
_audience = Audience.__table__  # type: ignore[attr-defined]


def render_audience(
    engine: sa.Engine,
    library: ContentLibrary,
    campaign: CampaignContext,
    occurrence: str,
    firm: FirmContext,
    *,
    as_of: datetime,
    now: datetime,
    run_id: int,
    zone: ZoneInfo,
    progress: Callable[[int, int], None] | None = None,
) -> Counter[str]:
    """Render for everybody of an audience who is decided to get a message and has none yet.

    Each page is one transaction, so a run that dies is taken up by the next one
    and ends as if nothing had happened. A person whose message can't be
    rendered, or doesn't pass the lint, gets NOT_RENDERED and a detail.

    Args:
        engine: The firm's database.
        library: Contents, already checked.
        campaign: What to render, with its variables.
        occurrence: Which audience of the campaign.
        firm: Brand and sender identity.
        as_of: Facts after it are unknown.
        now: The time of sending, for `today`; also when the contents are said to be made.
        run_id: The run that does this.
        zone: The firm's zone.
        progress: Called after each page with (done, of how many).

    Returns:
        Of the whole audience, whenever rendered: `rendered`, `not_rendered`, and
        `contents`, the distinct messages among them.

    Raises:
        PermanentError: The audience isn't frozen and decided.
        ConfigError: The content has no variant for a channel decided on.
    """
    of = _of(campaign.name, occurrence)
    today = day_in(zone, now)
    with reading(engine) as connection:
        _check_decided(connection, campaign.name, occurrence)
        pending, variants = _pending(connection, library, campaign.content, of)
        catalogue = read_catalogue(connection, as_of, today.isoformat())
    variables = frozenset[str]().union(*(v.variables for v in variants.values()))
    page = Page(
        variants,
        Reader(
            catalogue,
            library.vocabulary,
            needs=frozenset[str]().union(*(v.names for v in variants.values())),
            fields=_fields(variants.values()),
            as_of=as_of,
            zone=zone,
        ),
        shared_context(campaign, firm, today, variables),
        {
            channel: Demands(limits_of(channel), variant.html, firm.mark, campaign.marketing)
            for channel, variant in variants.items()
        },
    )
    done, last = 0, -1
    while True:
        with writing(engine) as connection:
            people = _next_page(connection, of, last)
            if not people:
                break
            outcomes = page.render(connection, people)
            store_page(connection, of, outcomes, variants, now=now, run_id=run_id)
        done, last = done + len(people), people[-1][0]
        if progress:
            progress(done, max(done, pending))
    with writing(engine) as connection:
        connection.execute(
            sa.update(_audience)
            .where(
                _audience.c.campaign == campaign.name,
                _audience.c.occurrence == occurrence,
                _audience.c.rendered_at.is_(None),
            )
            .values(rendered_at=now)
        )
        return _counts(connection, of)


@dataclass
class Page:
    """Renders pages of people; what it made of each message is in its answer."""

    variants: Mapping[str, Variant]
    reader: Reader
    shared: Mapping[str, Any]
    demands: Mapping[str, Demands]

    def render(self, connection: sa.Connection, people: Sequence[tuple[int, str]]) -> list[Outcome]:
        """Render for (profile id, channel) pairs, in their order."""
        contexts = self.reader.contexts(connection, [key for key, _ in people])
        return [self._one(key, channel, contexts.get(key)) for key, channel in people]

    def _one(self, key: int, channel: str, personal: dict[str, Any] | None) -> Outcome:
        if personal is None:
            return Outcome(key, channel, detail=GONE)
        variant = self.variants[channel]
        try:
            rendered = variant.render({**self.shared, **personal})
        except (TemplateError, *RENDER_ERRORS) as error:
            return Outcome(key, channel, detail=why(error, variant.name))
        wrong = lint(*rendered, self.demands[channel])
        if wrong:
            return Outcome(key, channel, detail=f"{(FOLDER / variant.name).as_posix()}: {wrong}")
        return Outcome(key, channel, rendered, content_hash(channel, variant.hash, rendered))


def content_hash(channel: str, template_hash: str, rendered: Rendered) -> str:
    """What a rendered message is called: the same for all who get the same.

    No part holds a NUL (the lint refuses control characters), so the parts can't run together.
    """
    parts = "\0".join((channel, template_hash, *rendered))
    return hashlib.sha256(parts.encode()).hexdigest()


def _fields(variants: Iterable[Variant]) -> frozenset[str] | None:
    """Profile fields any of them names; None where one can't tell."""
    found: frozenset[str] = frozenset()
    for variant in variants:
        if variant.fields is None:
            return None
        found |= variant.fields
    return found


def _of(campaign: str, occurrence: str) -> sa.ColumnElement[bool]:
    return sa.and_(_recipient.c.campaign == campaign, _recipient.c.occurrence == occurrence)


def _waiting() -> sa.ColumnElement[bool]:
    return sa.and_(
        _recipient.c.channel.is_not(None),
        _recipient.c.reason.is_(None),
        _recipient.c.content_hash.is_(None),
    )


def _check_decided(connection: sa.Connection, campaign: str, occurrence: str) -> None:
    decided_at = connection.execute(
        sa.select(_audience.c.decided_at).where(
            _audience.c.campaign == campaign, _audience.c.occurrence == occurrence
        )
    ).one_or_none()
    if decided_at is None:
        raise PermanentError(
            f"{campaign} has no audience for {occurrence}: freeze its segment first"
        )
    if decided_at[0] is None:
        raise PermanentError(f"{campaign} {occurrence} isn't decided: decide its recipients first")


def _pending(
    connection: sa.Connection, library: ContentLibrary, content: str, of: sa.ColumnElement[bool]
) -> tuple[int, dict[str, Variant]]:
    """How many wait, and the variant of each channel they wait on."""
    rows = connection.execute(
        sa.select(_recipient.c.channel, sa.func.count())
        .where(of, _waiting())
        .group_by(_recipient.c.channel)
        .order_by(_recipient.c.channel)
    ).all()
    return sum(count for _, count in rows), {
        channel: library.variant(content, channel) for channel, _ in rows
    }


def _next_page(
    connection: sa.Connection, of: sa.ColumnElement[bool], last: int
) -> list[tuple[int, str]]:
    statement = (
        sa.select(_recipient.c.profile_id, _recipient.c.channel)
        .where(of, _waiting(), _recipient.c.profile_id > last)
        .order_by(_recipient.c.profile_id)
        .limit(PAGE)
    )
    return [(key, channel) for key, channel in connection.execute(statement)]


def _counts(connection: sa.Connection, of: sa.ColumnElement[bool]) -> Counter[str]:
    rendered, contents, not_rendered = connection.execute(
        sa.select(
            sa.func.count(_recipient.c.content_hash),
            sa.func.count(_recipient.c.content_hash.distinct()),
            sa.func.count().filter(_recipient.c.reason == Reason.NOT_RENDERED),
        ).where(of)
    ).one()
    return Counter(rendered=rendered, not_rendered=not_rendered, contents=contents)
