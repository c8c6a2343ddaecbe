"""Filters templates may use: what each takes, gives and does. There are no others.

Every one is bounded: what it gives is at most a little longer than what it took.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from jinja2 import Undefined
from jinja2.exceptions import SecurityError
from markupsafe import Markup, escape

from heliu.content.context import Kind

MAX_TEXT = 65_536  # characters any one text may have


def bounded(text: str) -> str:
    """The text, unless it has run away.

    Raises:
        SecurityError: It is longer than `MAX_TEXT`.
    """
    if len(text) > MAX_TEXT:
        raise SecurityError(f"a text longer than {MAX_TEXT} characters")
    return text


def yuan(fen: int) -> str:
    """Money as people write it.

    >>> yuan(129900), yuan(990), yuan(5), yuan(-100)
    ('¥1,299', '¥9.9', '¥0.05', '-¥1')
    """
    whole, rest = divmod(abs(fen), 100)
    cents = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{'-' if fen < 0 else ''}¥{whole:,}{cents}"


def day(value: date) -> str:
    """A day as people say it.

    >>> day(date(2025, 10, 1))
    '10月1日'
    """
    return f"{value.month}月{value.day}日"


def full_day(value: date) -> str:
    """A day with its year.

    >>> full_day(date(2025, 10, 1))
    '2025年10月1日'
    """
    return f"{value.year}年{value.month}月{value.day}日"


def masked(name: str) -> str:
    """A name nobody can use, that its owner knows.

    >>> masked("李涵轩"), masked("Chen Bo"), masked("李")
    ('李**', 'C***', '*')
    """
    if len(name) < 2:
        return "*" * len(name)
    return name[0] + "*" * min(len(name) - 1, 3)


def short(text: str, characters: int = 20) -> str:
    """At most so many characters, with … where some were left out.

    >>> short("消防设施操作员培训", 6)
    '消防设施操…'
    """
    return text if len(text) <= characters else text[: max(characters - 1, 0)] + "…"


def default(value: Any, otherwise: Any = "") -> Any:
    """The value, or something else where it is missing or empty.

    >>> default(None, "同学"), default("", "同学"), default(0, 1)
    ('同学', '同学', 0)
    """
    return otherwise if value is None or value == "" or isinstance(value, Undefined) else value


def join(values: Iterable[Any], between: str = "、") -> str:
    """Texts and numbers in a row."""
    parts = [value if isinstance(value, str) else str(_scalar(value)) for value in values]
    bounded_total(parts, len(between))
    return between.join(parts)


def bounded_total(parts: list[str], between: int = 0) -> None:
    """Refuse to put together more than `MAX_TEXT` characters."""
    if sum(map(len, parts)) + between * len(parts) > MAX_TEXT:
        raise SecurityError(f"a text longer than {MAX_TEXT} characters")


def _scalar(value: Any) -> Any:
    if type(value) not in (int, float):
        raise TypeError(f"{type(value).__name__} is neither text nor number")
    return value


def _upper(text: str) -> str:
    return text.upper()


def _lower(text: str) -> str:
    return text.lower()


def _trim(text: str) -> str:
    return text.strip()


def _length(value: Any) -> int:
    return len(value)


def _first(values: Any) -> Any:
    return values[0] if values else None


def _last(values: Any) -> Any:
    return values[-1] if values else None


def _url(text: str) -> str:
    return quote(text, safe="")


def _escape(value: str) -> Markup:
    return escape(value)


@dataclass(frozen=True)
class FilterRule:
    """A filter, the kinds it takes, and the kind it gives."""

    function: Callable[..., Any]
    takes: frozenset[Kind]
    gives: Kind


def _rule(function: Callable[..., Any], gives: Kind, *takes: Kind) -> FilterRule:
    return FilterRule(function, frozenset(takes), gives)


WORDS = (Kind.TEXT, Kind.LINK)
FILTERS: dict[str, FilterRule] = {
    "yuan": _rule(yuan, Kind.TEXT, Kind.MONEY),
    "day": _rule(day, Kind.TEXT, Kind.DAY),
    "full_day": _rule(full_day, Kind.TEXT, Kind.DAY),
    "masked": _rule(masked, Kind.TEXT, Kind.TEXT),
    "short": _rule(short, Kind.TEXT, Kind.TEXT),
    "default": _rule(default, Kind.FREE),  # takes whatever may be missing
    "join": _rule(join, Kind.TEXT, Kind.LIST),
    "length": _rule(_length, Kind.NUMBER, Kind.LIST, Kind.TEXT),
    "first": _rule(_first, Kind.FREE, Kind.LIST),
    "last": _rule(_last, Kind.FREE, Kind.LIST),
    "upper": _rule(_upper, Kind.TEXT, *WORDS),
    "lower": _rule(_lower, Kind.TEXT, *WORDS),
    "trim": _rule(_trim, Kind.TEXT, *WORDS),
    "urlencode": _rule(_url, Kind.TEXT, *WORDS),
    "escape": _rule(_escape, Kind.TEXT, *WORDS),
    "abs": _rule(abs, Kind.NUMBER, Kind.NUMBER, Kind.MONEY),
}
