"""Companies: without legal form, town in brackets or branch."""

import re
from functools import lru_cache

from heliu.identity.values.han import simplified
from heliu.identity.values.place import CITIES, PROVINCE_OF
from heliu.identity.values.text import NOTHING, Found, Status, clean, is_empty, words

NO_COMPANY = words(
    "个人 个体 个体户 自由职业 自由职业者 自由 待业 无业 退休 学生 在家 家庭主妇 "
    "无公司 无单位 self self-employed freelance freelancer individual 个体工商户 个体经营 自己 "
    "本人 私人 "
    "大学生 在校学生 研究生 退休人员 已退休 离职 失业 宝妈 全职妈妈 家庭妇女 全职太太 务农 农民 "
    "打工 打零工 "
    "自主创业 创业 灵活就业 待就业 私企 国企 央企 外企 民企 某公司 公司 企业 集团 单位 工厂 保密 "
    "unemployed retired student none company 有限公司 责任公司 股份有限公司"
)
LEGAL_FORM = re.compile(
    r"(?i)(?:股份有限公司|有限责任公司|有限公司|责任公司|总公司|公司|集团"
    r"|,?\s+(?:co\.?,?\s*ltd|inc|ltd|llc|llp|plc|corp|corporation|gmbh|limited|company)\.?)$"
)
BRANCH = re.compile(r"(?<=公司)[\u4e00-\u9fff]{1,8}(?:分公司|办事处|分部)$")
PLACE = re.compile(
    rf"^(?:(?:{'|'.join(CITIES)})省)?(?:(?:{'|'.join(PROVINCE_OF)})市)?(?=[\u4e00-\u9fff]{{3}})"
)
BRACKETS = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]")
HAN_BLANK = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")


@lru_cache(maxsize=50_000)
def normalise_company(text: str) -> Found:
    """The name people call a company by.

    >>> normalise_company("华信教育（深圳）股份有限公司").value
    '华信教育'
    """
    name = simplified(clean(text))
    while (shorter := _without_form(name)) != name and any(map(str.isalnum, shorter)):
        name = shorter
    if is_empty(name) or name.casefold() in NO_COMPANY:
        return NOTHING
    return Found(name, Status.OK)


def _without_form(name: str) -> str:
    """One layer of brackets, branch, place and legal form less."""
    name = HAN_BLANK.sub("", clean(BRACKETS.sub("", name))).strip(" ,")
    return LEGAL_FORM.sub("", PLACE.sub("", BRANCH.sub("", name))).strip(" ,")
