"""Cells as people leave them: cleaned of what nobody meant, before anything is read."""

import unicodedata
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """What normalising says of a value; only OK and LATIN are taken at their word."""

    OK = "ok"
    LATIN = "latin"  # a name in Latin letters, given name first
    SURNAME_ONLY = "surname_only"  # 张总
    NICKNAME = "nickname"  # not a person's name
    REPAIRED = "repaired"  # an obvious typo mended
    LANDLINE = "landline"
    ROLE = "role"  # hr@
    SERVICE = "service"  # a hotline
    BLOCKED = "blocked"  # a placeholder
    MASKED = "masked"  # 139****5678
    INVALID = "invalid"
    EMPTY = "empty"


class Found(NamedTuple):
    """One value read from a cell, in its canonical form; "" where there is none to use."""

    value: str
    status: Status


NOTHING = Found("", Status.EMPTY)

# Zero-width signs, direction marks, variation selectors, soft hyphens, controls.
INVISIBLE = dict.fromkeys(
    [
        *(code for code in range(0x20) if code not in (9, 10, 13)),
        *range(0x7F, 0xA0),
        0xAD,
        0x61C,
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        0xFEFF,
    ]
)


def words(text: str) -> frozenset[str]:
    """A set of words, written as people write lists of words."""
    return frozenset(text.split())


NO_VALUE = words(
    "无 没有 暂无 未知 不详 未填 未填写 未提供 空 保密 拒绝提供 n/a na #n/a null none nil "
    "undefined nan (null) (none) unknown n.a n\\a nil. 不知道 不清楚 不方便 不便透露 不愿透露 "
    "无此项 "
    "无手机 无电话 无邮箱 没手机 没电话 没邮箱 无号码 同上 待补充 待填 待定 缺 无数据 <null> \\n "
    "#value! #ref! #name?"
)


def clean(text: str) -> str:
    r"""NFKC without invisible signs, blanks collapsed, a spreadsheet's text mark dropped.

    >>> clean(" '１３９　1234\u200b5678 ")
    '139 12345678'
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text.translate(INVISIBLE)).translate(INVISIBLE)
    return " ".join(text.split()).removeprefix("'").strip()


def is_empty(cleaned: str) -> bool:
    """Whether a cleaned cell holds no letter and no digit, or a word for nothing."""
    folded = cleaned.casefold()
    if folded in NO_VALUE or not any(map(str.isalnum, cleaned)):
        return True
    return not folded[-1].isalnum() and folded.rstrip("。.!,;: ") in NO_VALUE
