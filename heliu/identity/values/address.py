"""Postal addresses: house and street, which is what two spellings of one have in common."""

import re
import unicodedata
from functools import lru_cache

from heliu.identity.values.han import HAN, simplified
from heliu.identity.values.text import NOTHING, Found, Status, clean, is_empty, words

STREETS = words(
    "street st str road rd avenue ave av drive dr lane ln boulevard blvd court ct place pl way wy "
    "terrace ter circle cir highway hwy parkway pkwy square sq crescent cres close trail trl plaza "
    "ul ulitsa strasse straße rue via calle"
)
DIRECTIONS = words("n s e w ne nw se sw north south east west")
UNITS = words("suite ste apt apartment unit floor fl room rm flat appt")
NUMBER = re.compile(r"#?\d+[a-z]?(?:-\d+)?")
POST_BOX = re.compile(r"\b(?:(?:p\s*o|post office)\s*)?box\s*(\d+)")
WORD = re.compile(r"#?[^\W_]+(?:-\d+)?")
NOISE = re.compile(r"[^\u3400-\u9fffa-z0-9]")
REGION = re.compile(r"^[\u3400-\u9fff]{2,7}?(?:省|自治区)|^[\u3400-\u9fff]{2,5}?市")
STREET_WORDS = 4  # as many as a street's name has


@lru_cache(maxsize=50_000)
def normalise_address(text: str) -> Found:
    """House number and street, without town, kind of street, direction and flat.

    An address is weak evidence: neighbours of one number in two towns come out alike.

    >>> normalise_address("1515 Adela Lane, Las Vegas NV").value, normalise_address(
    ...     "1515 ADELA LN").value
    ('1515 adela', '1515 adela')
    >>> normalise_address("广东省深圳市南山区科技路1号").value
    '南山区科技路1号'
    """
    cleaned = clean(text)
    if is_empty(cleaned):
        return NOTHING
    if HAN.search(cleaned):
        whole = NOISE.sub("", simplified(cleaned).casefold())
        value = REGION.sub("", REGION.sub("", whole))
        return Found(value, Status.OK) if len(value) > 4 else Found("", Status.INVALID)
    folded = unicodedata.normalize("NFKD", cleaned.casefold().replace("ß", "ss"))
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace(".", " ")
    if box := POST_BOX.search(folded):
        return Found(f"box {box[1]}", Status.OK)
    value = next(filter(None, (_street(part) for part in _parts(folded))), "")
    return Found(value, Status.OK) if value else Found("", Status.INVALID)


def _parts(folded: str) -> list[list[str]]:
    """Words between commas, flats left out; then all of them."""
    parts = [WORD.findall(part.replace("'", "")) for part in folded.split(",")]
    kept = [part for part in parts if part and part[0] not in UNITS]
    return [*kept, [word for part in kept for word in part]]


def _street(part: list[str]) -> str:
    """The first number and the name beside it: before it where the number comes last."""
    places = [n for n, word in enumerate(part) if NUMBER.fullmatch(word)]
    if not places:
        return ""
    number, after = part[places[0]], part[places[0] + 1 :]
    beside = after if any(word.isalpha() for word in after[:2]) else part[: places[0]]
    name: list[str] = []
    for word in beside[: STREET_WORDS + 2]:
        if word in STREETS and name:
            break
        if word in UNITS:
            break
        if word not in DIRECTIONS and word not in STREETS:
            name.append(word)
    return f"{number.strip('#')} {' '.join(name[:STREET_WORDS])}" if name else ""
