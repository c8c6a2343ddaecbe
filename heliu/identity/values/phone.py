"""Phone numbers: the common Chinese form by one pattern, the world's by phonenumbers."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import digit

import phonenumbers
from phonenumbers import PhoneNumberType

from heliu.identity.values.text import NOTHING, Found, Status, clean, is_empty

MOBILE = re.compile(r"1[3-9][0-9]{9}")
COUNTRY = r"(?:\+?(?:00|0)?86)?0?"  # of China, in every way it is written
CHINESE = re.compile(COUNTRY + r"(1[3-9][0-9]{9})")
MOBILE_WITHIN = re.compile(rf"(?<!\d){COUNTRY}(1[3-9][0-9]{{9}})(?!\d)")
# Four of five cells: grouped as every Chinese number is, or not at all.
PLAIN = re.compile(r"(?:(?:\+?|00)86[- ]?)?(1[3-9][0-9])([- ]?)([0-9]{4})\2([0-9]{4})")
# 852 9123 4567: Hong Kong, Macau and Taiwan by their codes alone.
NEIGHBOUR = re.compile(r"(?:852|853)\d{8}|886\d{8,10}")
# 702-919-1300: North America's grouping, which no Chinese number has.
AMERICAN = re.compile(r"(?:\+?1[-. ]*)?\(?([2-9]\d{2})\)?[-. ]+([2-9]\d{2})[-. ]+(\d{4})")
SLIPPED = re.compile(r"[0-9oOlI|]{11}")  # letters typed or scanned for digits
SLIPS = str.maketrans("oOlI|", "00111")
NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
SPOKEN = re.compile(r"[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")
SPLIT = re.compile(r"[/、,;|&\n]|\s或\s?|或者?|和")
MASK = re.compile(r"\d[\d\s-]*(?:[*xX●○•#?_]\s*){2,}")
SCIENTIFIC = re.compile(r"(\d(?:\.\d+)?)[eE]\+?\d+")
EXTENSION = re.compile(
    r"(?i)(?:转接?|分机号?|内线|extension|extn?\.?|x(?=\s*\d{1,6}$)|#)\s*\d+.*$|(?<=\d{7})-\d{1,4}$"
)
SERVICE = re.compile(
    r"(?:\+?(?:00|0)?86)?"
    r"(?:[48]00\d{7}|10\d{3}|100[018]\d{2,5}|106\d{8,17}|12\d{3}|9[56]\d{3,6}|1[12]\d|118\d{2,3})"
)
# One digit to the end, or an operator's famous test numbers.
FILLER = re.compile(r"1[3-9]\d(\d)\1{7}")
PLACEHOLDERS = frozenset({"13800138000", "13800138001", "13900139000", "13700137000"})

SHARED = {PhoneNumberType.FIXED_LINE}
PERSONAL = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,  # North America doesn't tell them apart
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
}


@lru_cache(maxsize=200_000)
def normalise_phone(text: str, region: str = "CN") -> tuple[Found, ...]:
    """Every number of a cell in E.164, best first as written; never empty.

    Args:
        text: The cell as it came.
        region: Whose numbers carry no country code (ISO 3166 alpha-2).

    >>> [found.value for found in normalise_phone("139-1234-5678/0086 13798765432")]
    ['+8613912345678', '+8613798765432']
    """
    if region == "CN" and (plain := PLAIN.fullmatch(text)):
        return (_mobile(plain[1] + plain[3] + plain[4]),)
    return read_closely(text, region)


def read_closely(text: str, region: str) -> tuple[Found, ...]:
    """Every number of a cell, however it is written; see `normalise_phone`."""
    cleaned = _digits(clean(text))
    if is_empty(cleaned) or cleaned == "0":
        return (NOTHING,)
    whole = _one(cleaned, region)
    if whole.value or whole.status not in (Status.INVALID, Status.MASKED):
        return (whole,)
    pieces = [piece for piece in SPLIT.split(cleaned) if sum(map(str.isdigit, piece)) >= 5]
    several = [_one(piece, region) for piece in pieces] if len(pieces) > 1 else []
    if not any(found.value for found in several) and region == "CN":
        several = [_mobile(match) for match in _mobiles_within(cleaned)]
    good = [found for found in several if found.value]
    return tuple(dict.fromkeys(good or several)) or (whole,)


def _digits(text: str) -> str:
    """Digits of other scripts, and Chinese numerals where a number is spelled out, as 0 to 9."""
    if text.isascii():
        return text
    text = "".join(str(digit(sign)) if sign.isdigit() else sign for sign in text)
    return SPOKEN.sub(lambda match: match[0].translate(NUMERALS), text)


def _one(text: str, region: str) -> Found:
    if MASK.search(text):
        return Found("", Status.MASKED)
    text = EXTENSION.sub("", _from_spreadsheet(text))
    if region == "CN" and SLIPPED.fullmatch(text) and not text.isdigit():
        mended = text.translate(SLIPS)
        return _repaired(mended) if MOBILE.fullmatch(mended) else Found("", Status.INVALID)
    digits = re.sub(r"[^0-9+]", "", text)
    if region == "CN" and SERVICE.fullmatch(digits):
        return Found("", Status.SERVICE)
    if american := AMERICAN.fullmatch(text.strip()):
        return _world("+1" + "".join(american.groups()), region)
    chinese = region == "CN" or digits.startswith(("+86", "0086"))
    mobile = CHINESE.fullmatch(digits) if chinese else None
    return _mobile(mobile[1]) if mobile else _world(digits, region)


def _from_spreadsheet(text: str) -> str:
    """Undo what a spreadsheet makes of a long number, where no digit is lost."""
    if match := SCIENTIFIC.fullmatch(text):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        lost = number.adjusted() + 1 > sum(map(str.isdigit, match[1]))
        return "" if lost else str(int(number))
    return re.sub(r"(?<=\d)\.0+$", "", text)


def _mobile(digits: str) -> Found:
    """A Chinese mobile number of eleven digits."""
    if digits in PLACEHOLDERS or FILLER.fullmatch(digits):
        return Found("", Status.BLOCKED)
    return Found("+86" + digits, Status.OK)


def _repaired(digits: str) -> Found:
    value, status = _mobile(digits)
    return Found(value, Status.REPAIRED if value else status)


def _mobiles_within(text: str) -> list[str]:
    found = MOBILE_WITHIN.findall(text) or MOBILE_WITHIN.findall(
        re.sub(r"(?<=\d)[ .-](?=\d)", "", text)
    )
    if found:
        return found
    digits = re.sub(r"\D", "", text)  # two numbers run together
    halves = [digits[:11], digits[11:]]
    return halves if len(digits) == 22 and all(map(MOBILE.fullmatch, halves)) else []


def _world(digits: str, region: str) -> Found:
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif region == "CN" and NEIGHBOUR.fullmatch(digits):
        digits = "+" + digits
    if region == "CN" and digits.startswith("1"):  # a mobile of the wrong length
        return Found("", Status.INVALID)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return Found("", Status.INVALID)
    if not phonenumbers.is_valid_number(number):
        return Found("", Status.INVALID)
    kind = phonenumbers.number_type(number)
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if kind in PERSONAL:
        return Found(value, Status.OK)
    if kind in SHARED:
        return Found(value, Status.LANDLINE)
    return Found("", Status.SERVICE)
