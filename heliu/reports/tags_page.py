"""The tags page: sizes, movements, a line a tag, overlaps, and what is of no use."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.reports.dashboard import NO_LINKS, render_sections, write_page
from heliu.reports.figures.tag_use import Rulebook
from heliu.reports.figures.tags import NO_RULES, TagFigures, gather_tags
from heliu.reports.page.parts import Section, Tile
from heliu.reports.page.tag_moves import moves_section
from heliu.reports.page.tag_overlap import overlap_section
from heliu.reports.page.tag_sizes import sizes_section
from heliu.reports.page.tag_trends import trends_section
from heliu.reports.page.tag_use import use_section
from heliu.reports.words import Words
from models.database import reading

NAME = "tags.html"


def build_tags_page(
    engine: sa.Engine,
    home: Path,
    firm_name: str,
    zone: ZoneInfo,
    now: datetime,
    language: str = "zh",
    rules: Rulebook = NO_RULES,
    links: Mapping[str, str] = NO_LINKS,
) -> Path:
    """Write HOME/dashboard/tags.html from what the database says, all at once or not at all.

    Args:
        engine: The firm's database; read in one consistent view.
        home: The state folder.
        firm_name: Whose page it is.
        zone: Whose days.
        now: When it is made; aware.
        language: zh or en.
        rules: What the firm's files say of tags.
        links: Text → address, shown at the top; relative ones start at the page's folder.

    Returns:
        The page's path.

    Raises:
        ValueError: No such language, or an address that is neither a path nor http(s) nor a file.
        OSError: The page can't be written.
    """
    say = Words(language, zone)
    with reading(engine) as connection:
        figures = gather_tags(connection, zone, now, rules)
    page = home / "dashboard" / NAME
    write_page(page, render_tags(figures, firm_name, say, links))
    return page


def render_tags(
    figures: TagFigures, firm_name: str, say: Words, links: Mapping[str, str] = NO_LINKS
) -> str:
    """The page as HTML text; a pure function of the figures."""
    return render_sections(
        "tags",
        tag_sections(figures, say),
        say,
        links,
        firm=firm_name,
        title=say("标签", "Tags"),
        figures=figures,
    )


def tag_sections(figures: TagFigures, say: Words) -> list[Section]:
    """The page from top to bottom."""
    return [
        overview_section(figures, say),
        sizes_section(figures, say),
        moves_section(figures, say),
        trends_section(figures, say),
        overlap_section(figures, say),
        use_section(figures, say),
    ]


def overview_section(figures: TagFigures, say: Words) -> Section:
    """What one asks first."""
    return Section(
        "overview",
        say("概览", "Overview"),
        say(
            "标签库的全部标签：多大、怎么变、和谁重叠、有没有用。",
            "All tags of the library: their sizes, movements, what they share, what they are for.",
        ),
        tiles=_tiles(figures, say),
    )


def _tiles(figures: TagFigures, say: Words) -> list[Tile]:
    last = figures.last
    moved = f"+{say.number(last.entered)} / −{say.number(last.left)}" if last else "–"
    per_person = f"{figures.held / figures.people:.1f}" if figures.people else "–"
    return [
        Tile(
            "tags",
            say("标签", "Tags"),
            say.number(len(figures.tags)),
            say("{n} 组", "in {n} groups", n=len(figures.groups)),
        ),
        Tile(
            "held",
            say("标签总人次", "Tags carried"),
            say.number(figures.held),
            say("平均每人 {n} 个", "{n} a person on average", n=per_person),
        ),
        Tile(
            "tagged",
            say("有标签的客户", "Customers with a tag"),
            say.share(figures.tagged, figures.people),
            f"{say.number(figures.tagged)} / {say.number(figures.people)}",
        ),
        Tile("moved", say("最近一次进出", "Moved last time"), moved),
        *_check_tile(figures, say),
        Tile(
            "unused",
            say("没人用", "Unused"),
            say.number(len(figures.unused)),
            say("没有规则、人群或活动读取", "no rule, segment or campaign reads them"),
        ),
        _odd("empty", say("空标签", "Empty"), len(figures.empty), say("没有人", "on nobody"), say),
        _odd(
            "alike",
            say("几乎相同", "Nearly the same"),
            len(figures.twins),
            say("对标签", "pairs of tags"),
            say,
        ),
    ]


def _check_tile(figures: TagFigures, say: Words) -> list[Tile]:
    """Whether an incremental run would have come to the same, where the last run looked."""
    last = figures.last
    if last is None or last.checked is None:
        return []
    detail = say("抽查 {n} 人", "of {n} people checked", n=last.checked)
    title = say("增量与全量不一致", "Incremental differs")
    return [_odd("differing", title, last.differing or 0, detail, say)]


def _odd(name: str, label: str, number: int, detail: str, say: Words) -> Tile:
    """A number that had better be 0."""
    return Tile(name, label, say.number(number), detail, "wait" if number else "")
