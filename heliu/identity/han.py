"""Chinese characters: traditional to simplified, and read aloud."""

import re
from functools import lru_cache

import opencc

from heliu.identity.surnames import READING, surname_of

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]")
_converter = opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; everything else as it is."""
    return text if text.isascii() else str(_converter.convert(text))


@lru_cache(maxsize=100_000)
def pinyin(name: str) -> str:
    """A Chinese name as "surname givenname", without tones; ü is v.

    >>> pinyin("单雄信"), pinyin("欧阳修")
    ('shan xiongxin', 'ouyang xiu')
    """
    surname = surname_of(name)
    given = "".join(map(_read_aloud, name[len(surname) :].replace("·", "")))
    return f"{READING[surname]} {given}".strip() if surname else given


@lru_cache(maxsize=30_000)
def _read_aloud(character: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary takes a quarter of a second to load

    return str(lazy_pinyin(character)[0])
