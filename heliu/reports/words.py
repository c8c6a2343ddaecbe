"""What a reader sees of names and numbers: Chinese or English, thousands, yuan, local times."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from heliu.reports.labels import LABELS

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Words:
    """A language and a zone; called with both texts it gives the right one, facts filled in.

    >>> say = Words("zh", ZoneInfo("Asia/Shanghai"))
    >>> say("客户", "Customers"), say.label("status", "accepted"), say.label("status", "new-one")
    ('客户', '已受理', 'new-one')
    """

    language: str
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is none of {', '.join(LANGUAGES)}")

    def __call__(self, chinese: str, english: str, **facts: int | str) -> str:
        """The text in the reader's language; {names} in it are filled from `facts`.

        >>> Words("zh", ZoneInfo("UTC"))("共 {people} 人", "{people} people", people=1234)
        '共 1,234 人'
        """
        text = english if self.language == "en" else chinese
        shown = {
            name: self.number(fact) if isinstance(fact, int) else fact
            for name, fact in facts.items()
        }
        return text.format(**shown) if facts else text

    def label(self, kind: str, name: str | None) -> str:
        """The reader's word for a stored one; an unknown word stands for itself."""
        if name is None:
            return self("未知", "unknown")
        pair = LABELS[kind].get(name)
        return self(*pair) if pair else name

    def number(self, number: int) -> str:
        """With thousands separated.

        >>> Words("zh", ZoneInfo("UTC")).number(1234567)
        '1,234,567'
        """
        return f"{number:,}"

    def share(self, part: int, whole: int) -> str:
        """A share in per cent; a dash where there is no whole. Neither 0 nor 100 by rounding.

        >>> say = Words("zh", ZoneInfo("UTC"))
        >>> say.share(1, 3), say.share(1, 100_000), say.share(99_999, 100_000), say.share(0, 0)
        ('33.3%', '<0.1%', '>99.9%', '–')
        """
        if not whole:
            return "–"
        if 0 < part / whole < 0.001:
            return "<0.1%"
        if 0.999 < part / whole < 1:
            return ">99.9%"
        return f"{part / whole:.1%}"

    def money(self, fen: int) -> str:
        """Fen as yuan, to the fen.

        >>> Words("zh", ZoneInfo("UTC")).money(123456)
        '¥1,234.56'
        """
        sign = "-" if fen < 0 else ""
        return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02}"

    def about(self, fen: int) -> str:
        """Fen as a headline: 万 in Chinese, k and M in English.

        >>> Words("zh", ZoneInfo("UTC")).about(1_234_567_00), Words("zh", ZoneInfo("UTC")).about(99)
        ('¥123.5 万', '¥0.99')
        >>> Words("en", ZoneInfo("UTC")).about(1_234_567_00)
        '¥1.23M'
        """
        yuan = fen / 100
        if abs(yuan) < 10_000:
            return self.money(fen)
        if self.language == "en":
            return f"¥{yuan / 1e6:,.2f}M" if abs(yuan) >= 1e6 else f"¥{yuan / 1e3:,.1f}k"
        return f"¥{yuan / 1e8:,.2f} 亿" if abs(yuan) >= 1e8 else f"¥{yuan / 1e4:,.1f} 万"

    def time(self, instant: datetime | None) -> str:
        """An instant as the firm's clock shows it, to the minute."""
        return "–" if instant is None else f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def duration(self, milliseconds: int | None) -> str:
        """How long something took.

        >>> say = Words("zh", ZoneInfo("UTC"))
        >>> say.duration(840), say.duration(12_345), say.duration(125_000), say.duration(None)
        ('840 毫秒', '12.3 秒', '2 分 5 秒', '–')
        """
        if milliseconds is None:
            return "–"
        if milliseconds < 1000:
            return f"{milliseconds} {self('毫秒', 'ms')}"
        if milliseconds < 60_000:
            return f"{milliseconds / 1000:.1f} {self('秒', 's')}"
        minutes, seconds = divmod(milliseconds // 1000, 60)
        return f"{minutes} {self('分', 'min')} {seconds} {self('秒', 's')}"

    def age(self, earlier: datetime | None, now: datetime) -> str:
        """How long ago, roughly; a clock a little ahead counts as now."""
        if earlier is None:
            return "–"
        minutes = max(int((now - earlier).total_seconds()) // 60, 0)
        if minutes < 60:
            return self(f"{minutes} 分钟前", f"{minutes} min ago")
        if minutes < 48 * 60:
            return self(f"{minutes // 60} 小时前", f"{minutes // 60} h ago")
        return self(f"{minutes // 1440} 天前", f"{minutes // 1440} days ago")
