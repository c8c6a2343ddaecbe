"""Platform ids: compared letter by letter, so only trimmed."""

import re

from heliu.identity.text import INVISIBLE, NO_VALUE, NOTHING, Found, Status

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_:-]{10,}")  # what nearly all of them look like
NO_ID = NO_VALUE | {"0", "-", "--", "", "."}


def normalise_id(text: str) -> Found:
    """An id as its platform wrote it; case is never touched.

    >>> normalise_id(" o6_bmJr ").value
    'o6_bmJr'
    """
    if PLAIN.fullmatch(text):
        return Found(text, Status.OK)
    if not text:
        return NOTHING
    value = text if text.isascii() and text.isprintable() else text.translate(INVISIBLE)
    value = value.strip().removeprefix("'")
    if value.casefold() in NO_ID:
        return NOTHING
    if value[0].isdigit():
        value = re.sub(r"^(\d+)\.0$", r"\1", value)  # a spreadsheet's float
        if re.fullmatch(r"\d\.\d+[eE]\+?\d+", value):  # digits are lost
            return Found("", Status.INVALID)
    if any(map(str.isspace, value)):
        return Found("", Status.INVALID)
    return Found(value, Status.OK)
