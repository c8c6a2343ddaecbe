"""People's names: Chinese and Latin, without titles, notes and decoration."""

import re
from functools import lru_cache
from typing import NamedTuple

from heliu.identity.han import HAN, simplified
from heliu.identity.latin import normalise_latin
from heliu.identity.surnames import READING, surname_of
from heliu.identity.text import Status, clean, is_empty, words


class Name(NamedTuple):
    """A person's name: what is compared, how sure it is one, and how to write it."""

    value: str
    status: Status
    display: str


NAMELESS = Name("", Status.EMPTY, "")
NICKNAME = Name("", Status.NICKNAME, "")

NO_NAME = words(
    "匿名 匿名用户 测试 测试用户 微信用户 用户 新用户 客户 游客 顾客 先生 女士 小姐 姓名 昵称 "
    "test tester testing admin user guest anonymous 微信昵称 抖音用户 qq用户 无名 无名氏"
)
# Ordinary words that begin with a character which is also a surname.
WORDS = words(
    "阳光 平安 安静 高兴 成功 金鱼 白云 马上 水晶 雷雨 方便 明天 温暖 时光 向日葵 "
    "向前 康乐 安心 安好 平凡 平淡 云淡 花开 花朵 海洋 海浪 海阔 山水 水木 月亮 幸福 "
    "幸运 红豆 红尘 竹子 松树 凤凰 骆驼 终于 安然 简单 常乐 文艺 农夫 易如 万里 金牛 都好 "
    "路过 路人 路人甲 任性 年华 时间 时代 相信 项目"
)
BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕|《[^》]*》|<[^<>]*>|「[^」]*」")
DOTS = re.compile(r"(?:\s*[•‧∙⋅・･·.])+\s*")
MASK = re.compile(r"[*]|某")
NOTE = re.compile(r"[-_|:+~—–、,;]")
FOREIGN_EDGE = re.compile(r"^[\x00-\x7f]+|[\x00-\x7f]+$")
LABEL = re.compile(r"^(?:新学员|老学员|学员|客户|顾客|会员|用户|家长|姓名|意向|潜在)[::]?(?=.{2})")
RELATIVE = re.compile(r"的?(?:妈妈|爸爸|奶奶|爷爷|老公|老婆|爱人|家长|妈|爸|姥姥|外婆)$")
TITLES = re.compile(
    r"(?:老师|同学|先生|女士|小姐|太太|夫人|经理|总监|总经理|主任|教授|医生|大夫|师傅|律师|护士|"
    r"校长|院长|部长|处长|科长|局长|店长|厂长|老板|董事长|会计|助理|主管|教练|队长|阿姨|叔叔|学员|"
    r"博士|工程师|书记|班长)$"
)
SHORT_TITLES = re.compile(r"[总工哥姐叔姨嫂董]$")  # only after a bare surname: 张总


@lru_cache(maxsize=200_000)
def normalise_name(text: str) -> Name:
    """A name as it is compared, with what kind of name it is.

    Chinese names come in simplified characters; Latin ones in lower case, given
    name first. Only OK and LATIN names tell people apart.

    >>> normalise_name("張偉國老师").value, normalise_name("ZHANG WEIGUO").value
    ('张伟国', 'weiguo zhang')
    """
    cleaned = clean(text)
    if is_empty(cleaned) or cleaned.casefold() in NO_NAME:
        return NAMELESS
    if MASK.search(cleaned):
        return Name("", Status.MASKED, "")
    bare = BRACKETS.sub("", cleaned).strip() or cleaned.strip("()[]【】<>「」《》")
    if HAN.search(bare):
        return _han(simplified(bare))
    value, display = normalise_latin(bare)
    if not value:
        return NICKNAME
    return Name(value, Status.LATIN, display)


def _han(text: str) -> Name:
    text = DOTS.sub("·", FOREIGN_EDGE.sub("", text))
    text = "".join(sign for sign in text if HAN.match(sign) or sign == "·" or NOTE.match(sign))
    text = DOTS.sub("·", text)  # what stood between two may be gone
    text = next((bare for part in NOTE.split(text) if (bare := part.strip("·"))), "")
    if text in NO_NAME or not text:
        return NAMELESS
    if "·" in text:
        return Name(text, Status.OK, text)
    text = LABEL.sub("", text)
    bare = text
    while (shorter := TITLES.sub("", bare)) != bare:
        bare = shorter
    if not bare:
        return NAMELESS
    if RELATIVE.search(bare):
        return NICKNAME  # somebody's mother is not that somebody
    if (surname := SHORT_TITLES.sub("", bare)) in READING:
        bare = surname
    if bare in READING:
        return Name(bare, Status.SURNAME_ONLY, text)
    return Name(bare, Status.OK, bare) if _is_full(bare) else NICKNAME


def _is_full(name: str) -> bool:
    """Whether Chinese characters make a surname and a given name of one or two."""
    surname = surname_of(name)
    given = len(name) - len(surname)
    if not surname or not 1 <= given <= 2:
        return False
    return name not in WORDS and not (len(name) == 2 and name[0] == name[1])
