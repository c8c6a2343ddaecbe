"""The contents that ship: what they say, to whom, within which law."""

import itertools
import re
from datetime import date, datetime
from html.parser import HTMLParser

import pytest

from heliu.content.context import CampaignContext, FirmContext, shared_context
from heliu.content.library import load_contents
from heliu.content.limits import limits_of
from heliu.content.lint import Demands, lint
from heliu.documents import Problems

# Words an education firm's advertisement must not use (Advertising Law, articles 9 and 24).
FORBIDDEN = re.compile("包过|保过|必过|保证|保拿证|保录取|100%|命题|第一|最好|最佳|国家级|退款")
TAG = re.compile("<[^>]*>")
COURSE = {"key": "accounting", "title": "会计初级", "why": "interest", "category": "财会"}
COURSE |= {"price_fen": 129900, "link": "https://school.example/c/accounting?a=1&b=2"}
ORDER = {"item": "accounting", "title": "会计初级", "amount_fen": 129900, "link": COURSE["link"]}
ORDER |= {"ordered_at": datetime(2025, 9, 28)}
PEOPLE = [{"name": None, "surname": None}, {"name": "李 & <雷>", "surname": "李"}]
COURSES = [
    None,
    COURSE,
    COURSE | {"why": "viewed", "category": None},
    COURSE | {"why": "popular", "price_fen": None, "link": None},
]
ORDERS = [ORDER, ORDER | {"amount_fen": None, "link": None, "ordered_at": None}]
FIRMS = [
    FirmContext("合流学堂"),
    FirmContext(
        "合流学堂", "【合流学堂】", "400-000-0000", "示例路 1 号", "https://school.example"
    ),
]
CONTENTS = ["welcome_back", "unpaid_order", "course_recommendation"]


def messages(library, content):
    """Every message a content can become, over all that may be missing."""
    campaign = CampaignContext(content, "秋季学习季", content)
    for person, course, order, firm in itertools.product(PEOPLE, COURSES, ORDERS, FIRMS):
        if content == "course_recommendation" and course is None:
            continue
        values = shared_context(campaign, firm, date(2025, 10, 1), frozenset())
        values |= {"profile": person, "tags": [], "course": course, "order": order}
        for channel in library.channels_of(content):
            yield channel, firm, library.variant(content, channel).render(values)


class Balance(HTMLParser):
    """Complains of tags that are not closed in order."""

    VOID = ("meta", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("content", CONTENTS)
def test_every_message_passes_the_lint_whatever_is_missing(defaults, content) -> None:
    seen = 0
    for channel, firm, rendered in messages(defaults, content):
        html = channel == "email"
        demands = Demands(limits_of(channel), html, firm.mark, marketing=True)
        assert lint(*rendered, demands) is None, rendered
        assert not FORBIDDEN.search(TAG.sub("", "".join(rendered)))
        assert "\n\n\n" not in rendered.plain + ("" if html else rendered.body)
        seen += 1
    assert seen >= 48


@pytest.mark.parametrize("content", CONTENTS)
def test_mails_are_well_formed_and_escape_what_people_typed(defaults, content) -> None:
    for channel, _, rendered in messages(defaults, content):
        if channel == "email":
            Balance(rendered.body)
            assert "<雷>" not in rendered.body
            assert len(rendered.body.encode()) < 12_000
            assert "&amp;" not in rendered.plain + rendered.subject


def test_the_bundled_firm_changes_the_colours_and_nothing_else(defaults, request) -> None:
    root = request.config.rootpath
    problems = Problems()
    firm = load_contents([root, root / "examples" / "firm"], problems)
    assert problems.found == []
    for content in CONTENTS:
        ours, theirs = (lib.variant(content, "email") for lib in (defaults, firm))
        assert ours.hash != theirs.hash
        assert defaults.variant(content, "folder").hash == firm.variant(content, "folder").hash
    first, second = (next(iter(messages(lib, "welcome_back"))) for lib in (defaults, firm))
    colour = re.compile(r"#[0-9a-f]{6}")
    assert first[2].body != second[2].body
    assert colour.sub("", first[2].body) == colour.sub("", second[2].body)
