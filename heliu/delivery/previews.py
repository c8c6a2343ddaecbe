"""The page of previews: what each campaign says, as its phones show it, and how far it got."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from heliu.channels.folder import OUTBOX, occurrence_path
from heliu.content.preview import PREVIEW_CSS, preview
from heliu.delivery.audience import AUDIENCE, CAMPAIGN, RECIPIENT
from heliu.delivery.decide import SEND, count_decisions
from heliu.delivery.history import MESSAGE
from heliu.delivery.outcomes import CONTENT
from models import DeliveryStatus, Reason
from models.database import reading

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "previews"
SAMPLES = 12  # phones a campaign
MOST_BYTES = 800_000  # of phones; the page stays quick to open

STATES = {
    DeliveryStatus.QUEUED: "待发送",
    DeliveryStatus.SENDING: "发送中",
    DeliveryStatus.ACCEPTED: "已受理",
    DeliveryStatus.DELIVERED: "已送达",
    DeliveryStatus.SUPPRESSED: "主动不发",
    DeliveryStatus.REJECTED: "被拒收",
    DeliveryStatus.UNKNOWN: "结果不明",
}
REASONS = {
    Reason.ALREADY: "近期已收到过",
    Reason.HOLDOUT: "对照组",
    Reason.SUPPRESSED: "在禁发名单",
    Reason.NO_ADDRESS: "没有可用地址",
    Reason.NO_CONSENT: "未征得同意",
    Reason.OPTED_OUT: "已退订",
    Reason.DUPLICATE: "与他人同一地址",
    Reason.CAPPED: "超过频次上限",
    Reason.NOT_RENDERED: "内容生成失败",
    Reason.CHANNEL_OFF: "渠道已关闭",
}


@dataclass(frozen=True)
class Sample:
    """One phone of the page."""

    phone: str  # HTML
    profile_id: int
    state: str
    file: str  # link below the outbox, or empty


@dataclass(frozen=True)
class Shown:
    """One campaign of the page, at its newest occurrence."""

    name: str
    title: str
    occurrence: str
    size: int
    planned: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    samples: tuple[Sample, ...]
    folder: str  # link to its files, or empty


def write_index(engine: sa.Engine, home: Path, firm_name: str, now: datetime, zone: tzinfo) -> Path:
    """Write HOME/outbox/index.html, whole or not at all; one page without script or network.

    Args:
        engine: Only read.
        home: HELIU_HOME.
        firm_name: Heads the page, and is the sender on the phones.
        now: When the page is made.
        zone: Times are shown on its clock.

    Returns:
        The page's path.
    """
    outbox = home / OUTBOX
    outbox.mkdir(parents=True, exist_ok=True)
    with reading(engine) as connection:
        shown = list(_campaigns(connection, outbox, firm_name, zone))
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("index.html").render(
        firm=firm_name, campaigns=shown, css=PREVIEW_CSS, made=now.astimezone(zone)
    )
    path = outbox / "index.html"
    draft = outbox / ".index.html"
    draft.write_text(page, encoding="utf-8")
    return draft.replace(path)


def _campaigns(
    connection: sa.Connection, outbox: Path, firm_name: str, zone: tzinfo
) -> Iterator[Shown]:
    newest = _newest(connection)
    for row in newest:
        decided = count_decisions(connection, row.campaign, row.occurrence)
        folder = occurrence_path(row.campaign, row.occurrence)
        phones = _samples(connection, row, outbox, firm_name, zone)
        yield Shown(
            name=row.campaign,
            title=row.title,
            occurrence=row.occurrence,
            size=row.size,
            planned=decided[SEND],
            states=_named(_states(connection, row), STATES),
            reasons=_named(decided, REASONS),
            samples=tuple(_light(phones, MOST_BYTES // len(newest))),
            folder=f"{quote(folder.as_posix())}/" if (outbox / folder).is_dir() else "",
        )


def _newest(connection: sa.Connection) -> list[Any]:
    """Each campaign's newest decided occurrence, in order of title."""
    rank = sa.func.row_number().over(
        partition_by=AUDIENCE.c.campaign,
        order_by=[AUDIENCE.c.frozen_at.desc(), AUDIENCE.c.occurrence.desc()],
    )
    audience = (
        sa.select(AUDIENCE.c.campaign, AUDIENCE.c.occurrence, AUDIENCE.c.size, rank.label("rank"))
        .where(AUDIENCE.c.decided_at.is_not(None))
        .subquery()
    )
    rows = connection.execute(
        sa.select(audience, CAMPAIGN.c.title)
        .join(CAMPAIGN, CAMPAIGN.c.name == audience.c.campaign)
        .where(audience.c.rank == 1)
        .order_by(CAMPAIGN.c.title)
    )
    return list(rows)


def _states(connection: sa.Connection, row: Any) -> Counter[str]:
    rows = connection.execute(
        sa.select(MESSAGE.c.status, sa.func.count())
        .where(MESSAGE.c.campaign == row.campaign, MESSAGE.c.occurrence == row.occurrence)
        .group_by(MESSAGE.c.status)
    )
    return Counter({str(status): number for status, number in rows})


def _named(counts: Mapping[str, int], words: Mapping[Any, str]) -> dict[str, int]:
    return {word: counts[key] for key, word in words.items() if counts[key]}


def _samples(
    connection: sa.Connection, row: Any, outbox: Path, firm_name: str, zone: tzinfo
) -> Iterator[Sample]:
    """Different contents, in order of their hash: as good as drawn, and the same every time."""
    one_each = (
        sa.select(RECIPIENT.c.content_hash, sa.func.min(RECIPIENT.c.profile_id).label("id"))
        .where(
            RECIPIENT.c.campaign == row.campaign,
            RECIPIENT.c.occurrence == row.occurrence,
            RECIPIENT.c.content_hash.is_not(None),
            RECIPIENT.c.reason.is_(None),
        )
        .group_by(RECIPIENT.c.content_hash)
        .order_by(RECIPIENT.c.content_hash)
        .limit(SAMPLES)
        .subquery()
    )
    message = sa.and_(
        MESSAGE.c.campaign == row.campaign,
        MESSAGE.c.occurrence == row.occurrence,
        MESSAGE.c.profile_id == one_each.c.id,
    )
    sampled = sa.select(
        one_each.c.id,
        CONTENT.c.channel,
        CONTENT.c.subject,
        CONTENT.c.body,
        MESSAGE.c.status,
        MESSAGE.c.provider_id,
        MESSAGE.c.not_before_at,
    )
    joined = one_each.join(CONTENT, CONTENT.c.hash == one_each.c.content_hash).outerjoin(
        MESSAGE, message
    )
    for found in connection.execute(
        sampled.select_from(joined).order_by(one_each.c.content_hash)
    ).all():
        at = found.not_before_at.astimezone(zone) if found.not_before_at else None
        yield Sample(
            phone=preview(
                found.channel, found.body, subject=found.subject, sender=firm_name, at=at
            ),
            profile_id=found.id,
            state=STATES.get(found.status, "未入发件箱"),
            file=_file(outbox, found.provider_id),
        )


def _file(outbox: Path, provider_id: str | None) -> str:
    """The link to a message's file, where its channel wrote one."""
    if not provider_id or "\n" in provider_id or len(provider_id) > 200:
        return ""
    return quote(provider_id) if (outbox / provider_id).is_file() else ""


def _light(samples: Iterator[Sample], budget: int) -> Iterator[Sample]:
    for sample in samples:
        budget -= len(sample.phone.encode())
        if budget < 0:
            return
        yield sample
