"""People's names: Chinese and Latin, without titles, notes and decoration."""

import re
from functools import lru_cache
from typing import NamedTuple

from heliu.identity.values.han import HAN, simplified
from heliu.identity.values.latin import normalise_latin, titled_surname
from heliu.identity.values.surnames import READING, surname_of
from heliu.identity.values.text import Status, clean, is_empty, words


class Name(NamedTuple):
    """A person's name: what is compared, how sure it is one, and how to write it."""

    value: str
    status: Status
    display: str


NAMELESS = Name("", Status.EMPTY, "")
NICKNAME = Name("", Status.NICKNAME, "")
TOLD = (Status.OK, Status.SURNAME_ONLY, Status.LATIN)

NO_NAME = words(
    "匿名 匿名用户 测试 测试用户 微信用户 用户 新用户 客户 游客 顾客 先生 女士 小姐 姓名 昵称 "
    "test tester testing admin user guest anonymous 微信昵称 抖音用户 qq用户 无名 无名氏 "
    "新客户 老客户 潜在客户 意向客户 学员 新学员 家长 会员 网友 路人 本人 某人 某某 佚名 未命名 "
    "未署名 "
    "微博用户 快手用户 小红书用户 淘宝用户 支付宝用户 企业微信用户 手机用户 匿名网友 默认昵称 "
    "已注销 "
    "帐号已注销 账号已注销 已注销用户 用户已注销 测试员 测试账号 测试用 测试数据 admin管理员 "
    "管理员 客服"
)
# Ordinary words that begin with a character which is also a surname.
WORDS = words(
    "阳光 平安 安静 高兴 成功 金鱼 白云 马上 水晶 雷雨 方便 明天 温暖 时光 向日葵 "
    "向前 康乐 安心 安好 平凡 平淡 云淡 花开 花朵 海洋 海浪 海阔 山水 水木 月亮 幸福 "
    "幸运 红豆 红尘 竹子 松树 凤凰 骆驼 终于 安然 简单 常乐 文艺 农夫 易如 万里 金牛 都好 "
    "路过 路人 路人甲 任性 年华 时间 时代 相信 项目 何必 何时 何处 何妨 任何 如何 从容 从前 成长 "
    "成熟 成真 "
    "高冷 高考 金色 黄昏 黄金 黄河 白色 白天 白雪 蓝天 蓝色 江湖 海阔天 "
    "孤独 于是 向上 向往 甘甜 甘愿 平淡是 易碎 古风 古道 石头 雷人 雷电 温柔 温馨 毛毛雨 "
    "马甲 马路 牛奶 牛人 熊猫 熊孩子 龙猫 龙珠 花海 花香 花花 花儿 云朵 云端 云烟 云游 梅花 兰花 "
    "荷花 "
    "柳絮 柳叶 叶子 林间 夏日 秋天 秋水 秋叶 冷风 冷雨 冷月 明天 水晶 水瓶 水仙 "
    "时尚 时刻 文字 文青 和平 和谐 信仰 元气 乐观 乐园 喜乐 凌晨 舒心 舒服 阳台 阳春 简爱 简约 "
    "步步 红尘客 红颜 酒香 鱼儿 鱼丸 米粒 米兰 米饭 巴黎 都市 都行 能行 过客 过往 随缘 "
    "广告 商城 商务 全部 包子 车神 车友 相思 相伴 荣耀 利息 常在 焦虑 祖国 国宝 国民"
)
PLAIN = re.compile(rf"{HAN.pattern}+")  # nothing to take off before it is looked at
BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕|《[^》]*》|<[^<>]*>|「[^」]*」")
DOTS = re.compile(r"(?:\s*[•‧∙⋅・･·.])+\s*")
MASK = re.compile(r"[*]|某")
NOTE = re.compile(r"[-_|:+~—–、,;/&]")
FOREIGN_EDGE = re.compile(r"^[\x00-\x7f]+|[\x00-\x7f]+$")
LABEL = re.compile(
    r"^(?:新学员|老学员|学员|新客户|老客户|潜在客户|意向客户|客户|顾客|会员|用户|家长|姓名|真实姓名|名字|"
    r"联系人|收件人|收货人|付款人|报名人|报考人|申请人|推荐人|学生|意向|潜在|我是|我叫)[::]?(?=.{2})"
)
# 小张, 老王: a surname with what one says before it.
SHORT_PREFIX = re.compile(
    r"^[小老](?=[王李张刘陈杨黄赵吴周徐孙朱胡郭何罗郑梁谢宋唐许韩邓冯曹彭曾肖董潘袁蔡蒋余杜程魏苏吕丁任姚沈钟"
    r"姜崔谭陆范汪廖]$)"
)
# Two-syllable Tibetan names, one or two of which make a name.
TIBETAN = re.compile(
    r"(?:扎西|卓玛|次仁|才让|索南|多吉|拉姆|达瓦|尼玛|格桑|旦增|丹增|洛桑|平措|央金|德吉|白玛|仁增|"
    r"强巴|土登|边巴|普布|贡布|顿珠|旺堆|次旺|拉毛|卓嘎|曲珍|措姆|桑吉|加措|晋美|巴桑|米玛|拉巴|旦巴){2}"
)
RELATIVE = re.compile(
    r"的?(?:妈妈|爸爸|奶奶|爷爷|老公|老婆|爱人|家长|妈|爸|姥姥|姥爷|外婆|外公|母亲|父亲|儿子|女儿|孩子|"
    r"妹妹|姐姐|哥哥|弟弟|朋友|同事)$"
)
TITLES = re.compile(
    r"(?:老师|同学|先生|女士|小姐|太太|夫人|经理|总监|总经理|主任|教授|医生|大夫|师傅|律师|护士|"
    r"校长|院长|部长|处长|科长|局长|店长|厂长|老板|董事长|会计|助理|主管|教练|队长|阿姨|叔叔|学员|"
    r"博士|硕士|工程师|书记|班长|首席|会长|行长|厅长|市长|县长|镇长|村长|所长|站长|副总|董事|顾问|专员|"
    r"老板娘|姑娘|大哥|大姐|大叔|大爷|大妈|女生|男生|"
    r"设计师|美女|帅哥|同志|法官|警官|导师|讲师|编辑|记者|司机)$"
)
SHORT_TITLES = re.compile(
    r"[总工哥姐叔姨嫂董局处科院校导医妹弟婶伯爷]$"
)  # only after a bare surname: 张总


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
    if value:
        return Name(value, Status.LATIN, display)
    if surname := titled_surname(bare):
        return Name(surname, Status.SURNAME_ONLY, bare)
    return NICKNAME


def _han(text: str) -> Name:
    return _han_part(text) if PLAIN.fullmatch(text) else read_decorated(text)


def read_decorated(text: str) -> Name:
    """A simplified name with whatever stands around it."""
    text = DOTS.sub("·", FOREIGN_EDGE.sub("", text))
    text = "".join(sign for sign in text if HAN.match(sign) or sign == "·" or NOTE.match(sign))
    text = DOTS.sub("·", text)  # what stood between two may be gone
    parts = [bare for part in NOTE.split(text) if (bare := part.strip("·"))]
    found = [_han_part(part) for part in parts]
    if len(found) > 1 and found[0].status not in TOLD:
        return next((one for one in found[1:] if one.status is Status.OK), found[0])
    return found[0] if found else NAMELESS


def _han_part(text: str) -> Name:
    """A name in Chinese characters, without the notes that stood around it."""
    if text in NO_NAME:
        return NAMELESS
    if "·" in text:
        return _dotted(text)
    text = LABEL.sub("", text)
    bare = text
    while (shorter := TITLES.sub("", bare)) != bare:
        bare = shorter
    if text in NO_NAME or not bare:
        return NAMELESS
    if RELATIVE.search(bare):
        return NICKNAME  # somebody's mother is not that somebody
    # 董 is a surname too, where nothing else is left of 董女士.
    surname = bare if bare in READING else SHORT_TITLES.sub("", SHORT_PREFIX.sub("", bare))
    if surname in READING:
        return Name(surname, Status.SURNAME_ONLY, text)
    return Name(bare, Status.OK, bare) if _is_full(bare) else NICKNAME


def _dotted(text: str) -> Name:
    """阿依古丽·买买提; but 张·伟国 is 张伟国 with a decoration."""
    if (
        (joined := text.replace("·", ""))
        and text[1] == "·"
        and len(joined) <= 3
        and _is_full(joined)
    ):
        return _han(joined)
    return Name(text, Status.OK, text)


def _is_full(name: str) -> bool:
    """Whether Chinese characters make a surname and a given name of one or two."""
    if TIBETAN.fullmatch(name):
        return True
    surname = surname_of(name)
    given = len(name) - len(surname)
    if not surname or not 1 <= given <= 2:
        return False
    return name not in WORDS and not (len(name) == 2 and name[0] == name[1])
