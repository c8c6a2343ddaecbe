"""What nine sources tell of invented customers: about four records a person.

Phones in every spelling, placeholders, names in Latin letters and with titles, platform
ids that are often missing: shares as in the bundled firm's labelled records.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from benchmarks.people import PROVINCE_OF, Person, people
from benchmarks.spelling import write_email, write_name, write_nickname, write_phone

Payload = dict[str, str]  # column → text

# Source → the share of people it knows by one, two, three records.
SOURCES: dict[str, tuple[float, ...]] = {
    "crm_sheet": (0.457, 0.115, 0.031),
    "wecom_contact": (0.553,),
    "oa_fan": (0.495,),
    "miniprogram_user": (0.402,),
    "h5_form": (0.338, 0.133, 0.051),
    "wxpay_order": (0.181, 0.070, 0.030),
    "douyin_lead": (0.208,),
    "weibo_fan": (0.098,),
    "channels_fan": (0.147,),
}
FORMS = ("", "有限公司", "集团", "股份有限公司")
COURSES = (
    "会计初级", "人力资源管理师", "健康管理师", "新媒体运营", "焊工证", "育婴师", "电工证",
    "消防设施操作员", "叉车证", "短视频剪辑", "数控机床",
)  # fmt: skip
AMOUNTS_FEN = ("9900", "19900", "49900", "99900", "298000", "680000")
DAYS = [
    f"{year}-{month:02}-{day:02}"
    for year in (2023, 2024, 2025)
    for month in range(1, 13)
    for day in range(1, 29)
]


class Told(NamedTuple):
    """One record: whose it is, which source tells it, and how."""

    person: int
    source: str
    payload: Payload  # as collect keeps it: without the empty cells


def generate(count: int, seed: int = 1, first: int = 0) -> Iterator[Told]:
    """Exactly so many records, person by person, the first of number `first`."""
    random = Random(seed)
    left = count
    for person in people(random, first):
        for told in records(person, random):
            if not left:
                return
            yield told
            left -= 1


def records(person: Person, random: Random) -> Iterator[Told]:
    """What the sources tell of one person; one record at least."""
    told = 0
    for source, shares in SOURCES.items():
        for _ in range(_times(shares, random)):
            told += 1
            yield tell(source, person, random)
    if not told:
        yield tell("h5_form", person, random)


def tell(source: str, person: Person, random: Random) -> Told:
    """One record of this source on this person."""
    cells = WRITERS[source](person, random)
    return Told(person.number, source, {column: text for column, text in cells.items() if text})


def _times(shares: tuple[float, ...], random: Random) -> int:
    dice = random.random()
    for times, share in enumerate(shares, 1):
        dice -= share
        if dice < 0:
            return times
    return 0


def an_instant(random: Random) -> str:
    """A time in the firm's zone, within three years."""
    second = int(random.random() * 86_400)
    day = random.choice(DAYS)
    return f"{day} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _maybe(share: float, text: str, random: Random) -> str:
    return text if random.random() < share else ""


def _phone(person: Person, random: Random, share: float, by_agent: bool = False) -> str:
    if random.random() >= share:
        return ""
    if by_agent and person.signed_up_by:
        return write_phone(person.signed_up_by, random)
    return write_phone(person.phones[-1 if random.random() < 0.3 else 0], random)


def _crm_sheet(person: Person, random: Random) -> Payload:
    return {
        "姓名": write_name(person.name, random),
        "手机": _phone(person, random, 0.91, by_agent=True),
        "邮箱": _maybe(0.29, write_email(person.email, random), random),
        "城市": _maybe(0.8, person.city, random),
        "公司": _maybe(0.35, person.company + random.choice(FORMS), random),
        "出生日期": _maybe(0.25, person.birthday, random),
        "意向课程": random.choice(COURSES),
        "更新时间": an_instant(random),
    }


def _wecom_contact(person: Person, random: Random) -> Payload:
    return {
        "external_userid": person.external_userid,
        "unionid": _maybe(0.56, person.unionid, random),
        "name": write_nickname(person.name, random),
        "remark": _maybe(0.6, write_name(person.name, random), random),
        "remark_mobiles": _phone(person, random, 0.4),
        "remark_corp_name": _maybe(0.175, person.company, random),
        "gender": person.gender if random.random() < 0.7 else "0",
        "add_time": an_instant(random),
    }


def _oa_fan(person: Person, random: Random) -> Payload:
    return {
        "openid": person.openids["oA"],
        "unionid": _maybe(0.64, person.unionid, random),
        "nickname": _maybe(0.2, write_nickname(person.name, random), random),
        "province": _maybe(0.31, PROVINCE_OF[person.city], random),
        "subscribe_time": an_instant(random),
    }


def _miniprogram_user(person: Person, random: Random) -> Payload:
    return {
        "openid": person.openids["oM"],
        "unionid": _maybe(0.53, person.unionid, random),
        "phone": _phone(person, random, 0.58),
        "nickname": write_nickname(person.name, random),
        "last_login": an_instant(random),
    }


def _h5_form(person: Person, random: Random) -> Payload:
    return {
        "name": write_name(person.name, random),
        "phone": _phone(person, random, 0.96, by_agent=True),
        "email": _maybe(0.145, write_email(person.email, random), random),
        "openid": _maybe(0.17, person.openids["oA"], random),
        "course": random.choice(COURSES),
        "submitted_at": an_instant(random),
    }


def _wxpay_order(person: Person, random: Random) -> Payload:
    return {
        "transaction_id": str(random.randrange(42 * 10**26, 43 * 10**26)),
        "openid": _maybe(0.7, person.openids[random.choice(("oA", "oM"))], random),
        "phone": _phone(person, random, 0.67),
        "payer_name": _maybe(0.3, person.name.surname + person.name.given, random),
        "course": random.choice(COURSES),
        "amount_fen": random.choice(AMOUNTS_FEN),
        "paid_at": an_instant(random),
    }


def _douyin_lead(person: Person, random: Random) -> Payload:
    called = write_name if random.random() < 0.62 else write_nickname
    return {
        "open_id": person.openids["_dy"],
        "name": called(person.name, random),
        "phone": _phone(person, random, 0.87),
        "city": _maybe(0.5, person.city, random),
        "created_at": an_instant(random),
    }


def _weibo_fan(person: Person, random: Random) -> Payload:
    return {
        "uid": str(10**9 + person.number * 7_919),
        "screen_name": write_nickname(person.name, random),
        "location": _maybe(0.62, f"{PROVINCE_OF[person.city]} {person.city}", random),
        "phone": _phone(person, random, 0.115),
        "followed_at": an_instant(random),
    }


def _channels_fan(person: Person, random: Random) -> Payload:
    return {
        "openid": person.openids["oC"],
        "unionid": _maybe(0.43, person.unionid, random),
        "nickname": write_nickname(person.name, random),
        "at": an_instant(random),
    }


WRITERS: dict[str, Callable[[Person, Random], Payload]] = {
    "crm_sheet": _crm_sheet,
    "wecom_contact": _wecom_contact,
    "oa_fan": _oa_fan,
    "miniprogram_user": _miniprogram_user,
    "h5_form": _h5_form,
    "wxpay_order": _wxpay_order,
    "douyin_lead": _douyin_lead,
    "weibo_fan": _weibo_fan,
    "channels_fan": _channels_fan,
}
