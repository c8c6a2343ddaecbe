"""Platform ids: compared letter by letter, so only trimmed."""

import re

from heliu.identity.values.text import INVISIBLE, NO_VALUE, NOTHING, Found, Status

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_:-]{10,}")  # what nearly all of them look like
NO_ID = NO_VALUE | {"0", "-", "--", "", "."}
MASK = re.compile(r"\*{2,}|•{2,}|●{2,}")
# What developers and forms leave in the column; a default id of a platform belongs here.
FILLER = re.compile(
    r"(?i)test|demo|example|todo|tbd|your[_-]?(?:open|union)?id|([^0-9])\1{4,}|0{4,}"
)


def is_plain_id(text: str) -> bool:
    """Whether an id is one just as it stands."""
    return PLAIN.fullmatch(text) is not None


def normalise_id(text: str) -> Found:
    """An id as its platform wrote it; case is never touched.

    >>> normalise_id(" o6_bmJr ").value
    'o6_bmJr'
    """
    if is_plain_id(text):
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
    status = _status(value)
    return Found(value if status is Status.OK else "", status)


def _status(value: str) -> Status:
    if MASK.search(value):
        return Status.MASKED
    if FILLER.fullmatch(value):
        return Status.BLOCKED
    return Status.INVALID if any(map(str.isspace, value)) else Status.OK
