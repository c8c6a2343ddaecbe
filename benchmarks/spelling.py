"""How people and systems write names, phones and addresses: right, sloppy, and wrong."""

import re
from itertools import accumulate
from random import Random
from typing import NamedTuple

from heliu.identity.values.surnames import READING

GIVEN = """
伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao
明ming 超chao 秀xiu 霞xia 平ping 刚gang 桂gui 英ying 华hua 玉yu 兰lan 红hong 建jian 文wen 国guo
海hai 春chun 鑫xin 宇yu 浩hao 轩xuan 子zi 梓zi 涵han 欣xin 怡yi 雨yu 晨chen 佳jia 思si 琪qi
雅ya 婷ting 雪xue 梅mei 玲ling 燕yan 辉hui 鹏peng 飞fei 波bo 斌bin 峰feng 龙long 志zhi 永yong
林lin 成cheng 东dong 晓xiao 小xiao 瑞rui 俊jun 博bo 睿rui 诗shi 若ruo 可ke 彤tong 佩pei 凤feng
云yun 莲lian 珍zhen 淑shu 慧hui 巧qiao 美mei 倩qian 颖ying 琳lin 晶jing 洁jie 莉li 萍ping 岩yan
康kang 宁ning 安an 乐le 凯kai 航hang 昊hao 天tian 泽ze 嘉jia 豪hao 家jia 振zhen 世shi 德de
庆qing 福fu 立li 正zheng 学xue 荣rong 新xin 清qing 冰bing 丹dan 青qing 月yue 夏xia 秋qiu 冬dong
松song 柏bai 楠nan 森sen 桐tong 毅yi 恒heng 坤kun 旭xu 阳yang 亮liang 光guang 耀yao 辰chen
星xing 翔xiang 腾teng 骏jun 达da 通tong
"""
SURNAMES = [(han, latin) for han, latin in READING.items() if len(han) == 1]
COMPOUND = [(han, latin) for han, latin in READING.items() if len(han) == 2][:20]
GIVEN_NAMES = [(one[0], one[1:]) for one in GIVEN.split()]
# The n-th most frequent surname is about as frequent as 1/(n + 8): 王 7 %, the first 100 85 %.
SURNAME_WEIGHTS = list(accumulate(1 / (n + 8) ** 1.35 for n in range(len(SURNAMES))))
GIVEN_WEIGHTS = list(accumulate(1 / (n + 30) for n in range(len(GIVEN_NAMES))))

TRADITIONAL = str.maketrans(
    "张陈刘杨黄赵吴孙马罗郑谢许韩邓冯萧叶吕苏卢钟谭陆汪丽伟国华强军静艳涛兰红建鑫宇轩",
    "張陳劉楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉呂蘇盧鐘譚陸汪麗偉國華強軍靜艷濤蘭紅建鑫宇軒",
)
NICKNAMES = ["平安是福", "静待花开", "一路向北", "阳光", "奋斗", "Lucky", ".", "微信用户"]
DOMAINS = ["qq.com", "163.com", "126.com", "foxmail.com", "sina.com", "139.com", "outlook.com"]
WIDE = str.maketrans("0123456789@", "０１２３４５６７８９＠")


class FullName(NamedTuple):
    """A Chinese name, and how its two parts are spelled in Latin letters."""

    surname: str
    given: str
    surname_latin: str
    given_latin: str


def a_name(random: Random) -> FullName:
    """A surname by its frequency, a given name of one or (four times of five) two characters."""
    if random.random() < 0.004:
        surname = random.choice(COMPOUND)
    else:
        surname = random.choices(SURNAMES, cum_weights=SURNAME_WEIGHTS)[0]
    signs = random.choices(GIVEN_NAMES, cum_weights=GIVEN_WEIGHTS, k=1 + (random.random() < 0.8))
    return FullName(
        surname[0],
        "".join(sign for sign, _ in signs),
        surname[1],
        "".join(latin for _, latin in signs),
    )


def write_name(name: FullName, random: Random) -> str:
    """As it stands in a form: nine times of eleven plainly."""
    han = name.surname + name.given
    dice = random.random()
    if dice < 0.82:
        return han
    if dice < 0.86:
        return f"{name.surname_latin} {name.given_latin}".upper()
    if dice < 0.885:
        return f"{name.given_latin.capitalize()} {name.surname_latin.capitalize()}"
    if dice < 0.905:
        return han.translate(TRADITIONAL)
    if dice < 0.925:
        return f"{name.surname} {name.given}"
    if dice < 0.945:
        return han + random.choice(("老师", "先生", "女士", "同学"))
    if dice < 0.97:
        return random.choice(("学员", "客户", "A", "1")) + han
    return name.surname + random.choice(("女士", "先生", "总", "姐", "哥"))


def write_nickname(name: FullName, random: Random) -> str:
    """As people call themselves: most say nothing of who they are."""
    dice = random.random()
    if dice < 0.5:
        return random.choice(NICKNAMES)
    if dice < 0.75:
        return random.choice(("小", "A", "")) + name.given
    return name.surname + name.given + random.choice(("", "🌹"))


def write_phone(phone: str, random: Random) -> str:
    """Eleven digits as they stand in a cell: three times of five plainly."""
    dice = random.random()
    if dice < 0.58:
        return phone
    if dice < 0.66:
        return "+86" + phone
    if dice < 0.72:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if dice < 0.78:
        return f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}"
    if dice < 0.83:
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    if dice < 0.86:
        return "0086" + phone
    if dice < 0.89:
        return "86" + phone
    return _write_oddly(phone, random)


def _write_oddly(phone: str, random: Random) -> str:
    """What spreadsheets, notes and tired people make of it; the last lose or lie."""
    ways = (
        "'" + phone,
        phone + ".0",
        "手机:" + phone,
        phone.translate(WIDE),
        f"（{phone[:3]}）{phone[3:]}",
        phone + " 微信同号",
        f"{phone[:3]}.{phone[3:7]}.{phone[7:]}",
        f"{phone}/{int(phone) - 7}",
        phone[:5] + phone[6:],
        random.choice(("无", "0", "10086", "13800138000", "13812345678")),
    )
    return random.choices(ways, weights=(24, 21, 20, 15, 15, 8, 8, 4, 5, 6))[0]


def an_email(name: FullName, random: Random) -> str:
    """A mailbox of one's own."""
    latin = name.surname_latin + name.given_latin
    own = str(random.randrange(10**7, 10**10)) if random.random() < 0.4 else None
    return f"{own or latin + str(random.randrange(10**6))}@{random.choice(DOMAINS)}"


def write_email(email: str, random: Random) -> str:
    """As it stands in a cell: four times of five plainly."""
    dice = random.random()
    if dice < 0.8:
        return email
    if dice < 0.86:
        return email.upper()
    if dice < 0.91:
        return email.replace("@", "＠")
    if dice < 0.95:
        return f" {email} "
    if dice < 0.97:
        return re.sub(r"com$", "con", email)
    return random.choice(("无", "none@none.com", email.replace("@", ""), email.split("@")[0]))
