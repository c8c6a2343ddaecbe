"""Customer text made fit to stand in a message.

What people typed into forms is untrusted: it may hold line breaks, invisible
characters that turn the line around, a link to a swindler, a template's braces.
"""

import re
import unicodedata

MAX_FIELD = 40  # characters of a personal field in a message
NOTHING = frozenset({"none", "null", "nan", "n/a", "undefined", "nil"})
# A name with these is advertising, a number or an address, not a name.
NO_NAME = re.compile(r"https?:|www\.|[@/\\#$%^*=|~<>]|\d{5}", re.IGNORECASE)
BRACES = str.maketrans({"{": "｛", "}": "｝"})
HAN_NAME = re.compile("[一-鿿]{2,4}")
SPACES = re.compile(r"\s+")

# The families of about 95 in 100 people in China.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝"
    "包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤"
    "阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇"
    "栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
COMPOUND_SURNAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "皇甫", "令狐", "司徒", "慕容", "端木", "尉迟", "公孙", "东方"}
)


def clean(value: str | None, longest: int = MAX_FIELD) -> str | None:
    r"""A personal text on one line, visible characters only, or None.

    >>> clean("李雷\n\u202e买一送一"), clean("{{ 7*7 }}"), clean("  "), clean("None")
    ('李雷 买一送一', '｛｛ 7*7 ｝｝', None, None)
    """
    if value is None:
        return None
    if not value.isprintable():
        value = "".join(map(_visible, value))
    if "  " in value:
        value = SPACES.sub(" ", value)
    value = value.strip()[:longest].rstrip()
    if not value or value.casefold() in NOTHING:
        return None
    return value.translate(BRACES) if "{" in value or "}" in value else value


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return character if unicodedata.category(character)[0] != "C" else ""


def clean_name(value: str | None) -> str | None:
    """A name fit for a salutation, or None where it is advertising or a number.

    >>> clean_name("李雷"), clean_name("加我 www.example.com"), clean_name("13800138000")
    ('李雷', None, None)
    """
    name = clean(value)
    return None if name is None or NO_NAME.search(name) else name


def surname_of(name: str | None) -> str | None:
    """The family name of a Chinese name of ordinary form, or None.

    >>> surname_of("李涵轩"), surname_of("欧阳娜"), surname_of("平安是福"), surname_of("Lucky")
    ('李', '欧阳', None, None)
    """
    if not name or not HAN_NAME.fullmatch(name):
        return None
    if name[:2] in COMPOUND_SURNAMES and len(name) > 2:
        return name[:2]
    return name[0] if len(name) <= 3 and name[0] in SURNAMES else None
