"""Figures → what the page says: sections, tiles, panels."""

from heliu.reports.figures import Figures
from heliu.reports.page.customers import customers_section
from heliu.reports.page.history import runs_section
from heliu.reports.page.parts import Section
from heliu.reports.page.quality import quality_section
from heliu.reports.page.sending import reach_section
from heliu.reports.page.service import service_section
from heliu.reports.page.tags import tags_section
from heliu.reports.page.today import today_section
from heliu.reports.page.unifying import unify_section
from heliu.reports.words import Words


def sections(figures: Figures, say: Words) -> list[Section]:
    """The page from top to bottom."""
    return [
        today_section(figures, say),
        reach_section(figures, say),
        customers_section(figures, say),
        unify_section(figures, say),
        tags_section(figures, say),
        service_section(figures, say),
        quality_section(figures, say),
        runs_section(figures, say),
    ]
