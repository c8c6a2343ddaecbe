"""Text as people keep it in spreadsheets → instants, money, numbers, ids."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

EMPTY = frozenset({"", "-", "--", "—", "无", "null", "NULL", "None", "N/A", "n/a", "#N/A", "NaN"})
SPREADSHEET_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of XLSX, no zone
SERIAL_DAYS = (18264, 73050)  # 1950 to 2099: what a spreadsheet's date number can be
UNIX_SECONDS = (315_532_800, 4_102_444_800)  # 1980 to 2099

_DESTROYED = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
_SIGNS = str.maketrans("年月/.：时分", "----:::", "日秒")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2})(?:\.\d+)?)?:?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_UNITS = {"万": 10_000, "亿": 100_000_000}


def parse_id(text: str) -> str:
    r"""An id as it was meant: without the tab or apostrophe that saved it from a spreadsheet.

    Raises:
        ValueError: A spreadsheet has rounded it; the digits are gone.

    >>> parse_id("\t6917926768823643751")
    '6917926768823643751'
    """
    cleaned = text.strip()
    if cleaned[:1] == "'":
        cleaned = cleaned[1:].strip()
    if "+" in cleaned and _DESTROYED.fullmatch(cleaned):
        raise ValueError("an id was rounded by a spreadsheet; export it as text")
    return cleaned


def parse_instant(text: str, zone: ZoneInfo) -> int | None:
    """Epoch seconds of a time as sources write it; None where there is none.

    Without a zone of its own it is read in `zone`. Spreadsheet day numbers and
    Unix seconds or milliseconds are understood.

    Raises:
        ValueError: It is no time.

    >>> parse_instant("2026年08月07日10时00分", ZoneInfo("Asia/Shanghai"))
    1786068000
    """
    if len(text) == 19 and text[10] == " " and text[13] == ":":  # the common form, fast
        try:
            hour = _hour(text[:13], zone)
            minute, second = int(text[14:16]), int(text[17:19])
        except ValueError:
            raise ValueError("not a time like 2026-08-07 10:00:00") from None
        if minute < 60 and second < 60:
            return hour + minute * 60 + second
    cleaned = text.strip().lstrip("'")
    if cleaned in EMPTY:
        return None
    if _NUMBER.fullmatch(cleaned):
        return _instant_of_number(Decimal(cleaned), zone)
    return _instant_of_text(cleaned, zone)


@lru_cache(maxsize=100_000)
def _hour(text: str, zone: ZoneInfo) -> int:
    day, hour = text.split(" ")
    year, month, date = day.replace("/", "-").split("-")
    return int(datetime(int(year), int(month), int(date), int(hour), tzinfo=zone).timestamp())


def _instant_of_number(number: Decimal, zone: ZoneInfo) -> int:
    if SERIAL_DAYS[0] <= number <= SERIAL_DAYS[1]:
        seconds = round(number * 86_400)
        return int(
            (SPREADSHEET_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=zone).timestamp()
        )
    for unix in (number, number / 1000):
        if UNIX_SECONDS[0] <= unix <= UNIX_SECONDS[1]:
            return int(unix)
    if len(digits := str(number)) == 8 and digits.isdigit():  # 20260807
        return _instant_of_text(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}", zone)
    raise ValueError("not a time like 2026-08-07 10:00:00")


def _instant_of_text(text: str, zone: ZoneInfo) -> int:
    if "T" in text or text.endswith("Z") or "+" in text:
        try:
            parsed = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            raise ValueError("not a time like 2026-08-07 10:00:00") from None
        return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).timestamp())
    tidy = text.translate(_SIGNS).strip()
    day = _DATE.match(tidy)
    if not day:
        raise ValueError("not a time like 2026-08-07 10:00:00")
    rest = tidy[day.end() :].strip().strip("-:")
    clock = _TIME.fullmatch(rest) if rest else None
    if rest and not clock:
        raise ValueError("not a time like 2026-08-07 10:00:00")
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    try:
        local = datetime(int(day[1]), int(day[2]), int(day[3]), hour, minute, second, tzinfo=zone)
    except ValueError:
        raise ValueError("no such day or time in the calendar") from None
    return int(local.timestamp())


def parse_date(text: str, zone: ZoneInfo) -> str | None:
    """ISO date of a day in `zone`; None where there is none.

    Raises:
        ValueError: It is no date.
    """
    instant = parse_instant(text, zone)
    if instant is None:
        return None
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).date().isoformat()


def parse_number(text: str) -> int | None:
    """A whole number, thousands commas and 万/亿 understood.

    Raises:
        ValueError: It is no whole number.

    >>> parse_number("1.2万")
    12000
    """
    number = _decimal(text)
    if number is None:
        return None
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def parse_fen(text: str) -> int | None:
    """An amount written in fen.

    Raises:
        ValueError: It is no amount, or below zero.
    """
    return _amount(_decimal(text), 1)


def parse_yuan(text: str) -> int | None:
    """An amount written in yuan, as fen.

    Raises:
        ValueError: It is no amount, or below zero, or has parts of a fen.

    >>> parse_yuan("¥1,299.00")
    129900
    """
    return _amount(_decimal(text), 100)


def _amount(number: Decimal | None, fen: int) -> int | None:
    if number is None:
        return None
    if number < 0:
        raise ValueError("an amount below zero; refunds have a mapping of their own")
    if (amount := number * fen) != int(amount):
        raise ValueError("an amount with parts of a fen")
    return int(amount)


def _decimal(text: str) -> Decimal | None:
    cleaned = (
        text.strip().lstrip("'¥￥").replace(",", "").replace("，", "").removesuffix("元").strip()
    )
    if cleaned in EMPTY:
        return None
    factor = _UNITS.get(cleaned[-1], 1)
    try:
        return Decimal(cleaned[:-1] if factor > 1 else cleaned) * factor
    except InvalidOperation:
        raise ValueError("not a number") from None


YES = frozenset({"granted", "yes", "true", "1", "y", "是", "同意", "订阅", "opt-in", "subscribed"})
NO = frozenset(
    {
        "withdrawn",
        "no",
        "false",
        "0",
        "n",
        "否",
        "不同意",
        "退订",
        "拒绝",
        "opt-out",
        "unsubscribed",
    }
)


def parse_consent(text: str) -> bool:
    """Whether a person allowed it.

    Raises:
        ValueError: Neither yes nor no.
    """
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("neither granted nor withdrawn")
