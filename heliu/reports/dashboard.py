"""Figures → one HTML file that opens anywhere: no server, no script, no outside request."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
import sqlalchemy as sa
from markupsafe import Markup

from heliu.reports.figures import Figures, gather
from heliu.reports.page import sections
from heliu.reports.page.parts import Bars, Drawing, Heat, Section, Trends
from heliu.reports.words import Words
from models.database import reading

TEMPLATES = Path(__file__).parents[2] / "templates" / "reports"
NO_LINKS: Mapping[str, str] = {}


def build_dashboard(
    engine: sa.Engine,
    home: Path,
    firm_name: str,
    zone: ZoneInfo,
    now: datetime,
    language: str = "zh",
    links: Mapping[str, str] = NO_LINKS,
) -> Path:
    """Write HOME/dashboard/index.html from what the database says, all at once or not at all.

    Args:
        engine: The firm's database; read in one consistent view.
        home: The state folder.
        firm_name: Whose dashboard it is.
        zone: Whose days and months.
        now: The moment ages are counted from; aware.
        language: zh or en.
        links: Text → address, shown at the top; relative ones start at the page's folder.

    Returns:
        The page's path.

    Raises:
        ValueError: No such language, or an address that is neither a path nor http(s) nor a file.
        OSError: The page can't be written.
    """
    say = Words(language, zone)
    with reading(engine) as connection:
        figures = gather(connection, zone, now)
    page = home / "dashboard" / "index.html"
    write_page(page, render_page(figures, firm_name, say, links))
    return page


def render_page(
    figures: Figures, firm_name: str, say: Words, links: Mapping[str, str] = NO_LINKS
) -> str:
    """The page as HTML text; a pure function of the figures."""
    return render_sections(
        "dashboard",
        sections(figures, say),
        say,
        links,
        firm=firm_name,
        title=say("运行看板", "Dashboard"),
        figures=figures,
    )


def render_sections(
    template: str,
    sections: Sequence[Section],
    say: Words,
    links: Mapping[str, str] = NO_LINKS,
    **values: object,
) -> str:
    """A page of sections as HTML text.

    Args:
        template: The page's own, below templates/reports; it extends shell.html.jinja.
        sections: From top to bottom.
        say: The reader's language.
        links: As for `build_dashboard`.
        values: Whatever else the template shows.

    Raises:
        ValueError: An address is neither a path nor http(s) nor a file.
    """
    for address in links.values():
        _check_address(address)
    # Our own file, so its quotes and arrows stay as they are.
    css = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704
    page = page_environment().get_template(f"{template}.html.jinja")
    return page.render(sections=sections, say=say, links=links, css=css, **values)


def page_environment() -> jinja2.Environment:
    """What pages are rendered in: everything escaped, nothing missing passed over."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests |= {
        "bars": lambda chart: isinstance(chart, Bars),
        "drawing": lambda chart: isinstance(chart, Drawing),
        "heat": lambda chart: isinstance(chart, Heat),
        "trends": lambda chart: isinstance(chart, Trends),
    }
    return environment


def _check_address(address: str) -> None:
    """A link may not run a script."""
    scheme = address.partition(":")[0].lower() if ":" in address.partition("/")[0] else ""
    if scheme not in ("", "http", "https", "file"):
        raise ValueError(f"a link may not begin with {scheme!r}; use a path, http, https or file")


def write_page(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, meets the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
