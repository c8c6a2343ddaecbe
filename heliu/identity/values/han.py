"""Chinese characters: traditional to simplified, and read aloud."""

import re
from functools import lru_cache

import opencc

from heliu.identity.values.surnames import READING, surname_of

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]")
# As given names have them; a dictionary's first reading is another.
GIVEN_READING = {"长": "chang", "晟": "sheng"}
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


@lru_cache(maxsize=100_000)
def phrase_pinyin(name: str) -> str:
    """The same, the given name read as words are: 洋行 is yanghang, by itself 行 is xing.

    >>> phrase_pinyin("曾洋行"), pinyin("曾洋行")
    ('zeng yanghang', 'zeng yangxing')
    """
    surname = surname_of(name)
    given = "".join(_syllables(name[len(surname) :].replace("·", "")))
    return f"{READING[surname]} {given}".strip() if surname else given


def phrase(text: str) -> str:
    """Characters read as a word, in one piece: 重庆 is chongqing."""
    return "".join(_syllables(text))


@lru_cache(maxsize=30_000)
def _read_aloud(character: str) -> str:
    return GIVEN_READING.get(character) or _syllables(character)[0]


def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionary takes a quarter of a second to load

    return list(lazy_pinyin(text))
