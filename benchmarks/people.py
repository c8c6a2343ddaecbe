"""Invented customers, as many as you like.

Made after the bundled firm's labelled records: agents who sign up hundreds with their own
number, families with one phone, recycled numbers, staff with their firm's mailbox.
The same seed gives the same people. Nobody is meant; phone numbers may by chance exist.
"""

import base64
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from benchmarks.spelling import FullName, a_name, an_email

PREFIXES = """
130 131 133 135 136 137 138 139 150 151 152 155 156 158 159 166 173 176 177 178
180 181 185 186 187 188 189 191 195 198 199
"""
PROVINCES = """
北京:北京 上海:上海 深圳:广东 广州:广东 杭州:浙江 成都:四川 武汉:湖北 西安:陕西 南京:江苏 苏州:江苏
郑州:河南 长沙:湖南 合肥:安徽 昆明:云南 青岛:山东 南宁:广西 重庆:重庆 天津:天津 沈阳:辽宁 福州:福建
"""
NAMES_OF_FIRMS = "蓝海 华信 中科 金桥 远大 瑞丰 百川 启明"
TRADES = "科技 教育 机械 贸易 餐饮 物流 电子 汽修"

MOBILE_PREFIXES = PREFIXES.split()
PROVINCE_OF = dict(pair.split(":") for pair in PROVINCES.split())
CITIES = list(PROVINCE_OF)
COMPANIES = [name + trade for name in NAMES_OF_FIRMS.split() for trade in TRADES.split()]
APPS = ("oA", "oM", "oC", "_dy")  # how openids begin: one app each
AGENT_CROWDS = (36, 37, 41, 42, 135, 450)  # people one agent signs up
LATELY = 1_000  # phones that may be a family's, or given out again

FAMILY_SHARE = 0.012
RECYCLED_SHARE = 0.010
SECOND_PHONE_SHARE = 0.16
STAFF_SHARE = 0.012
NEW_AGENT_SHARE = 0.0008  # about a tenth of all people are signed up by one


class Person(NamedTuple):
    """One invented customer and every id a system might know it by."""

    number: int
    name: FullName
    phones: tuple[str, ...]
    email: str
    signed_up_by: str  # the agent's phone, or ""
    unionid: str
    external_userid: str
    openids: dict[str, str]  # app → openid
    city: str
    company: str
    birthday: str
    gender: str


def people(random: Random, first: int = 0) -> Iterator[Person]:
    """Customers without end, numbered from `first`; some share a phone with an earlier one."""
    agent, crowd = "", 0
    lately = [a_phone(random)]
    number = first
    while True:
        if not crowd and random.random() < NEW_AGENT_SHARE:
            agent, crowd = a_phone(random), random.choice(AGENT_CROWDS)
        person = _a_person(number, random, _a_first_phone(random, lately), agent if crowd else "")
        yield person
        crowd -= crowd > 0
        lately = [*lately[-LATELY:], person.phones[0]] if len(lately) > 2 * LATELY else lately
        lately.append(person.phones[0])
        number += 1


def a_phone(random: Random) -> str:
    """Eleven digits nobody has, as far as chance goes."""
    return f"{random.choice(MOBILE_PREFIXES)}{random.randrange(10**8):08}"


def _a_first_phone(random: Random, lately: list[str]) -> str:
    dice = random.random()
    if dice < FAMILY_SHARE:
        return lately[-1]
    if dice < FAMILY_SHARE + RECYCLED_SHARE:
        return random.choice(lately)
    return a_phone(random)


def _a_person(number: int, random: Random, phone: str, signed_up_by: str) -> Person:
    name = a_name(random)
    year, month, day = 1965 + random.randrange(41), 1 + random.randrange(12), random.randrange(28)
    return Person(
        number,
        name,
        (phone, a_phone(random)) if random.random() < SECOND_PHONE_SHARE else (phone,),
        f"hr@firm{number % 97}.example.com"
        if random.random() < STAFF_SHARE
        else an_email(name, random),
        signed_up_by,
        f"o6_{_letters(random)}",
        f"wm{_letters(random)}",
        {app: f"{app}{_letters(random)}" for app in APPS},
        random.choice(CITIES),
        random.choice(COMPANIES),
        f"{year}-{month:02}-{day + 1:02}",
        random.choice("12"),
    )


def _letters(random: Random) -> str:
    """24 letters as platforms draw them."""
    return base64.urlsafe_b64encode(random.randbytes(18)).decode()
