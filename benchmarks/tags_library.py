"""The libraries that are measured: fifty tags in YAML, and more made of them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.apart import ROOT
from heliu.documents import Problems
from heliu.rules.conditions import Compare, Question
from heliu.rules.library import Library, TagRule
from heliu.rules.vocabulary import (
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    STANDARD_PROPERTIES,
    FieldType,
    Vocabulary,
    Word,
)
from heliu.rules.windows import DAY, Back
from heliu.tags.library import load_library

FOLDER = ROOT / "benchmarks" / "tags"
ZONE = ZoneInfo("Asia/Shanghai")

# How often each thing is done, in hundredths, orders apart.
EVENTS = {
    "view": 38, "search": 7, "add_to_cart": 8, "checkout_start": 3, "purchase": 3,
    "email_open": 9, "email_click": 2.5, "email_bounce": 0.6, "login": 8, "app_open": 7,
    "support_ticket": 0.6, "unsubscribe": 0.15, "review": 0.8, "share": 1, "wishlist": 2,
    "coupon_use": 1, "page_exit": 4, "video_play": 2.5, "chat": 0.6, "return_request": 0.25,
}  # fmt: skip
ITEMS = ("shoes", "electronics", "books", "beauty", "home", "garden", "toys", "sport", "food",
         "auto", "music", "office", "pets", "baby", "travel")  # fmt: skip

TEXT, NUMBER = FieldType.TEXT, FieldType.NUMBER
DECLARED = {
    "country": Word("country", TEXT, "text_1"),
    "language": Word("language", TEXT, "text_2"),
    "mail_ok": Word("mail_ok", NUMBER, "number_1"),
    "sms_ok": Word("sms_ok", NUMBER, "number_2"),
}
VOCABULARY = Vocabulary(
    fields={**STANDARD_FIELDS, **DECLARED},
    events=frozenset((*STANDARD_EVENTS, *EVENTS)),
    properties=dict(STANDARD_PROPERTIES),
)


def fifty() -> Library:
    """The tags of `benchmarks/tags/rules/tags`.

    Raises:
        heliu.errors.ConfigError: A file isn't sound.
    """
    problems = Problems()
    library = load_library([FOLDER], VOCABULARY, problems)
    problems.raise_if_any()
    return library


def hundred() -> Library:
    """Twice the questions: every tag once more, over windows half as long again."""
    library = fifty()
    return _with(library, _copies(library, "wide", widened))


def two_hundred() -> Library:
    """And each of those once more, with numbers one higher: no further questions."""
    library = hundred()
    return _with(library, _copies(library, "more", one_more))


LIBRARIES = {50: fifty, 100: hundred, 200: two_hundred}


def widened(node: Any) -> Any:
    """The node with every window back half as long again, and without one, of 18 months."""
    if isinstance(node, Question) and node.window is None:
        return replace(node, window=Back(548 * DAY))
    if isinstance(node, Back):
        far = None if node.far is None else node.far * 3 // 2
        return replace(node, far=far, near=node.near * 3 // 2)
    return _rebuilt(node, widened)


def one_more(node: Any) -> Any:
    """The node with every number compared with one higher; ranks and fields stay."""
    if isinstance(node, Compare) and node.op in (">=", ">"):
        return replace(node, number=node.number + 1)
    return _rebuilt(node, one_more)


def _rebuilt(node: Any, change: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(change(part) for part in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{f.name: change(getattr(node, f.name)) for f in fields(node)})
    return node


def _copies(library: Library, suffix: str, change: Any) -> Mapping[str, TagRule]:
    rules = {}
    for name, rule in library.tags.items():
        copy = replace(rule, name=f"{name}.{suffix}", condition=change(rule.condition), examples=())
        rules[copy.name] = copy
    return rules


def _with(library: Library, more: Mapping[str, TagRule]) -> Library:
    return replace(library, tags={**library.tags, **more})
