"""What is too old, as the artifact, the page and `heliu` say it."""

from collections.abc import Sequence
from datetime import datetime

from heliu.reports.figures.lateness import LateThing
from heliu.reports.words import Words
from heliu.rules.windows import DAY

HOUR = 3_600  # seconds


def held_by(rows: Sequence[LateThing]) -> list[str]:
    """The campaigns these hold, each once."""
    return list(dict.fromkeys(name for late in rows for name in late.holds))


def headline(rows: Sequence[LateThing], say: Words) -> str:
    """How many campaigns wait, or if none does, how many things are late."""
    if held := held_by(rows):
        return say(
            "{n} 个活动暂停：所用数据过旧",
            "{n} campaigns are held: what they read is too old",
            n=len(held),
        )
    return say("{n} 个来源或标签过旧", "{n} of the sources and tags too old", n=len(rows))


def remedy(say: Words) -> str:
    """What to do, and what happens meanwhile."""
    return say(
        "补上数据或重算标签后，下一次运行照常圈人；数据新鲜时已排队的消息照常发送。",
        "Deliver the source or retag, and the next run plans them again; messages queued while"
        " all was fresh go out.",
    )


def late_line(late: LateThing, now: datetime, say: Words) -> str:
    """The same in one sentence."""
    limit = "" if late.max_age_seconds is None else span(late.max_age_seconds, say)
    return (
        f"{say.label('late', late.kind)} {late.name}{say('：', ': ')}{age(late, now, say)}"
        + (say(f"，上限 {limit}", f", at most {limit}") if limit else "")
        + say(f"，负责人 {late.owner or '–'}", f", owner {late.owner or '–'}")
        + (say("，暂停 ", ", holds ") + ", ".join(late.holds) if late.holds else "")
    )


def late_markdown(rows: Sequence[LateThing], now: datetime, say: Words) -> str:
    """What is late, for an artifact."""
    lines = "\n".join(f"- {late_line(late, now, say)}" for late in rows)
    return f"# {headline(rows, say)}\n\n{lines}\n\n{remedy(say)}\n"


def age(late: LateThing, now: datetime, say: Words) -> str:
    """How long ago it was heard of, or that it never was."""
    if late.heard_at is None:
        return say("从未更新", "never")
    return span(int((now - late.heard_at).total_seconds()), say)


def span(seconds: int, say: Words) -> str:
    """Days and hours, whole ones.

    >>> from zoneinfo import ZoneInfo
    >>> [span(hours * 3600, Words("en", ZoneInfo("UTC"))) for hours in (36, 48, 73)]
    ['36 h', '2 d', '3 d 1 h']
    """
    days, hours = seconds // DAY, seconds % DAY // HOUR
    if days < 2:
        return f"{seconds // HOUR} {say('小时', 'h')}"
    rest = f" {hours} {say('小时', 'h')}" if hours else ""
    return f"{days} {say('天', 'd')}{rest}"
