"""Days as people and spreadsheets write them."""

import re
from datetime import date, timedelta

DAY = r"(?:[日号號]|\s*[T\s].*)?"
YEAR_FIRST = re.compile(
    rf"(\d{{4}})\s?[-/.年、\s]\s?(\d{{1,2}})\s?[-/.月、\s]\s?(\d{{1,2}})\s?{DAY}"
)
SHORT_YEAR_FIRST = re.compile(rf"(\d{{2}})\s?[-/.年]\s?(\d{{1,2}})\s?[-/.月]\s?(\d{{1,2}})\s?{DAY}")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4}|\d{2})(?:\s.*)?")
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{6})?")
SHORT_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})")
MONTH_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])")
SERIAL = re.compile(r"(\d{5})(?:\.\d*)?")  # days since 1899-12-30, as spreadsheets count
SERIAL_ZERO = date(1899, 12, 30)
WORDED = re.compile(r"(?i)(\d{1,2})(?:st|nd|rd|th)?[-\s./]*([a-z]{3,9})\.?[-\s,./]*(\d{4}|\d{2})")
WORDED_FIRST = re.compile(
    r"(?i)([a-z]{3,9})\.?[-\s./]*(\d{1,2})(?:st|nd|rd|th)?[-\s,./]+(\d{4}|\d{2})"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LABEL = re.compile(
    r"^(?:出生日期|出生年月日|出生|生日|生于|birthday|born|dob)\s*[::]?\s*(?=.)", re.I
)
LUNAR = re.compile(r"农历|阴历|旧历|农曆|lunar|闰|初[一二三四五六七八九十]|腊月|正月|冬月")

NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
SPELLED = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十廿卅]{1,3})[日号]?"
)
# Two digits of a year below this are of the 21st century.
CENTURY_TURN = 30
# Whose 5/6/1990 is the sixth of May. Elsewhere both orders are met, so it is refused.
MONTH_FIRST = frozenset({"US", "PH"})
DAY_FIRST = frozenset(
    {"GB", "IE", "FR", "DE", "ES", "IT", "AU", "NZ", "IN", "SG", "HK", "ZA", "NL"}
)


class NoDay(ValueError):
    """Why a text is no day; never the text."""


def day_of(text: str, region: str = "CN") -> date:
    """The day a cleaned text names.

    Args:
        text: Cleaned, not empty.
        region: Where it was written: the order of day and month, if both fit.

    Raises:
        NoDay: It names none, or not just one.
        ValueError: One that doesn't exist.

    >>> day_of("1990年5月6日"), day_of("一九九〇年五月十六日"), day_of("90-5-6")
    (datetime.date(1990, 5, 6), datetime.date(1990, 5, 16), datetime.date(1990, 5, 6))
    >>> day_of("5/6/90", "US"), day_of("24-May-11"), day_of("32994")
    (datetime.date(1990, 5, 6), datetime.date(2011, 5, 24), datetime.date(1990, 5, 1))
    """
    text = LABEL.sub("", text)
    if LUNAR.search(text):
        raise NoDay("lunar date")
    if match := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
        return date(year, month, day)
    if match := YEAR_LAST.fullmatch(text):
        return _year_last(match[1], match[2], match[3], region)
    return _rarer(text)


def _rarer(text: str) -> date:
    if match := SERIAL.fullmatch(text):
        return SERIAL_ZERO + timedelta(days=int(match[1]))
    if match := SHORT_YEAR_FIRST.fullmatch(text) or _short_compact(text):
        year, month, day = map(int, match.groups())
        return date(_century(year), month, day)
    if match := WORDED.fullmatch(text):
        return date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := WORDED_FIRST.fullmatch(text):
        return date(_year(match[3]), _month(match[1]), int(match[2]))
    if match := SPELLED.fullmatch(text):
        return date(int(match[1].translate(NUMERALS)), _spelled(match[2]), _spelled(match[3]))
    raise NoDay("not a date")


def _year_last(one: str, two: str, last: str, region: str) -> date:
    """5/6/1990 by the region's order; 90-5-6 is the year first where nothing else fits."""
    first, second = int(one), int(two)
    if len(last) == 2 and region not in MONTH_FIRST | DAY_FIRST:
        if first > 31 or (len(one) == 2 and first == 0):
            return date(_century(first), second, int(last))
        raise NoDay("ambiguous date")
    if first <= 12 and second <= 12 and first != second:
        if region in MONTH_FIRST:
            return date(_year(last), first, second)
        if region in DAY_FIRST:
            return date(_year(last), second, first)
        raise NoDay("ambiguous date")
    return date(_year(last), *((first, second) if first <= 12 else (second, first)))


def _short_compact(text: str) -> re.Match[str] | None:
    """900506, unless it may be a year and a month, like 199005."""
    return None if MONTH_COMPACT.fullmatch(text) else SHORT_COMPACT.fullmatch(text)


def _year(digits: str) -> int:
    return _century(int(digits)) if len(digits) == 2 else int(digits)


def _century(year: int) -> int:
    return year + (2000 if year < CENTURY_TURN else 1900)


def _month(word: str) -> int:
    start = word[:3].casefold()
    if start not in MONTHS:
        raise NoDay("not a date")
    return MONTHS.index(start) + 1


def _spelled(numeral: str) -> int:
    """1 to 39: 五, 十二, 二十, 三十一, 廿三."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = numeral.rpartition("十")
    units = int(ones.translate(NUMERALS)) if ones else 0
    if not ten:
        return units
    return 10 * (int(tens.translate(NUMERALS)) if tens else 1) + units
