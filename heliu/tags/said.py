"""Small texts in the two languages of an explanation: numbers, times, windows, comparisons."""

from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from heliu.rules.comparing import Scalar
from heliu.rules.conditions import Compare
from heliu.rules.vocabulary import STANDARD_PROPERTIES, FieldType, Word
from heliu.rules.windows import DAY, Back, Day, Edge, Window, duration_text

LONGEST_PLAIN = 9_999_999  # a larger number in a field may be a phone's or an identity card's

CALENDAR_ZH = {
    "today": "今天",
    "yesterday": "昨天",
    "this_week": "本周",
    "last_week": "上周",
    "this_month": "本月",
    "last_month": "上月",
    "this_quarter": "本季度",
    "last_quarter": "上季度",
    "this_year": "今年",
    "last_year": "去年",
}
SIGNS = {"=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


class Said(NamedTuple):
    """One text, in Chinese and in English."""

    zh: str
    en: str


class Shown(Protocol):
    """How values of people may be shown; heliu.identity.people.shown has two such ways."""

    @property
    def field(self) -> "Showing":
        """A profile's field: its name and the value."""

    @property
    def words(self) -> "Rewording":
        """Text that may hold somebody's number or address."""


class Showing(Protocol):
    """From a field's name and value to what may be seen."""

    def __call__(self, name: str, value: str, /) -> str:
        """The text to show."""


class Rewording(Protocol):
    """From a text to what may be seen of it."""

    def __call__(self, text: str, /) -> str:
        """The text to show."""


UNKNOWN = Said("未知", "unknown")
NEVER = Said("从未", "never")
NOBODY = Said("无", "none")


def plain(text: str) -> Said:
    """The same in both languages."""
    return Said(text, text)


def joined(parts: "list[Said] | tuple[Said, ...]", zh: str = "、", en: str = ", ") -> Said:
    """Texts one after another."""
    return Said(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def moment_text(at: int, zone: ZoneInfo) -> str:
    """An instant as the firm's clock shows it.

    >>> moment_text(0, ZoneInfo("Asia/Shanghai"))
    '1970-01-01 08:00:00'
    """
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M:%S}"


def number_text(word: Word | None, number: int) -> str:
    """A number, money in yuan beside it.

    >>> number_text(Word("amount_fen", FieldType.NUMBER, "amount_fen"), 123456)
    '123456 (¥1,234.56)'
    """
    if word is None or not word.name.endswith("_fen"):
        return str(number)
    sign = "-" if number < 0 else ""
    return f"{number} ({sign}¥{abs(number) // 100:,}.{abs(number) % 100:02})"


def compare_said(compare: Compare, word: Word | None = None) -> Said:
    """A comparison as mathematics writes it."""
    number = number_text(word, compare.number)
    if compare.op == "between":
        upper = number_text(word, compare.upper)
        return Said(f"介于 {number} 与 {upper} 之间", f"between {number} and {upper}")
    return plain(f"{SIGNS[compare.op]} {number}")


def window_said(window: Window | None) -> Said:
    """A window, "" for all time."""
    if window is None:
        return plain("")
    if not isinstance(window, Back):
        return Said(CALENDAR_ZH[window.name], window.name)
    near = length_said(window.near)
    if window.far is None:
        return Said(f"{near.zh}以前", f"older than {near.en}")
    far = length_said(window.far)
    if window.near:
        return Said(f"{far.zh}前至 {near.zh}前", f"between {far.en} and {near.en} ago")
    return Said(f"近 {far.zh}", f"within {far.en}")


def length_said(seconds: int) -> Said:
    """A duration.

    >>> length_said(90 * 86_400), length_said(12 * 3_600)
    (Said(zh='90 天', en='90d'), Said(zh='12 小时', en='12h'))
    """
    zh = f"{seconds // DAY} 天" if seconds % DAY == 0 else f"{seconds // 3_600} 小时"
    return Said(zh, duration_text(seconds))


def edge_said(edge: Edge) -> Said:
    """A date, or how long ago."""
    if isinstance(edge, Day):
        return plain(edge.on.isoformat())
    length = length_said(edge.seconds)
    return Said(f"{length.zh}前", f"{length.en} ago")


def field_text(word: Word, value: Scalar, shown: Shown, zone: ZoneInfo) -> str:
    """A profile's field as it may be shown; numbers that can't be somebody's stay as they are."""
    if word.type is FieldType.TIME and isinstance(value, int):
        return moment_text(value, zone)
    if _telling_nobody(word, value):
        return number_text(word, int(value or 0))
    return shown.field(word.name, str(value))


def property_text(word: Word, value: Scalar, shown: Shown) -> str:
    """An event's property as it may be shown: keys of products and campaigns are nobody's."""
    if _telling_nobody(word, value):
        return number_text(word, int(value or 0))
    if word.name in STANDARD_PROPERTIES and isinstance(value, str):
        return value
    return shown.words(str(value))


def _telling_nobody(word: Word, value: Scalar) -> bool:
    money = word.name.endswith("_fen")
    return isinstance(value, int) and (money or abs(value) <= LONGEST_PLAIN)
