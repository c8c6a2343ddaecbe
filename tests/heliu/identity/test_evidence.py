"""What one value proves about its carriers, and when it proves nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.identity.compatible import compatible, count_people, namesakes
from heliu.identity.evidence import Unit, corroborated, is_overloaded, prove
from heliu.identity.graph import NAME_BIRTHDAY, Traits
from heliu.identity.policy import Policy
from models import Strength

NO_HURRY = settings(deadline=None)  # dictionaries load on first use
NAMES = [
    "张伟国", "章伟国", "伟国", "weiguo zhang", "w zhang", "张", "zhang", "李静", "覃海", "hai tan",
    "bob smith", "robert smith", "b smith", "pat smith", "patrick smith", "patricia smith",
    "bob j smith", "robert smith jr", "robert smith sr", "zara thompson", "sarah tompson",
]  # fmt: skip


def groups(*names: str) -> list[list[str]]:
    found = compatible({place: [name] for place, name in enumerate(names)})
    return [[names[place] for place in group] for group in found]


def a_unit(holder: int, name: str = "", birth: str = "", account: str = "") -> Unit:
    held = ((("unionid", ""), account),) if account else ()
    return Unit(holder, {name} - {""}, set(), held, {birth} - {""})


@pytest.mark.parametrize(
    "names",
    [
        ("张伟国", "weiguo zhang", "w zhang", "张", "伟国", "章伟国"),
        ("傅荣倩", "荣倩"),
        ("qijie tan", "覃"),
        ("曾洋行", "yanghang ceng"),
        ("bob smith", "robert smith", "robbie smith", "b smith"),
        ("edward kusha", "eddie kusha"),
        ("maria luis medina sentosa", "maria sentosa", "maria medina"),
        ("bob j smith", "b smith"),
        ("keeley jones", "kaylee jones"),
        ("kristen salinger", "kristin salenger"),
    ],
)
def test_spellings_of_one_person_on_one_phone_are_one_group(names):
    assert groups(*names) == [list(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("张伟国", "李静"),
        ("张伟国", "张伟芳", "张"),
        ("robert smith jr", "robert smith sr", "robert smith"),
        ("patrick smith", "patricia smith", "pat smith"),
        ("mark kusha", "mary kusha", "marsha kusha"),
        ("anna anderson", "annabelle anderson"),
        ("john smith", "joan smith"),
        ("mario rossi", "maria rossi"),
        ("alan wood", "ellen wood"),
        ("weiguo zhang", "weiguo zheng"),
        ("wei li", "wen li"),
        ("anna maria aguilar", "jorge aguilar"),
    ],
)
def test_people_of_one_household_stay_apart(names):
    assert groups(*names) == [[name] for name in names]


@NO_HURRY
@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=7),
    random=st.randoms(use_true_random=False),
)
def test_the_order_of_bearers_changes_no_group(names, random):
    bearers = {place: [name] for place, name in enumerate(names)}
    shuffled = dict(random.sample(list(bearers.items()), len(bearers)))
    assert compatible(shuffled) == compatible(bearers)


@NO_HURRY
@given(names=st.lists(st.sampled_from(NAMES), max_size=9))
def test_every_bearer_is_in_one_group_and_people_are_counted_by_name_alone(names):
    found = compatible({place: [name] for place, name in enumerate(names)})
    assert sorted(place for group in found for place in group) == list(range(len(names)))
    assert count_people(names) == count_people(names * 3) <= len(set(names))


def test_a_value_of_too_many_people_is_overloaded_by_its_holders_own_names():
    people = [f"{surname}安" for surname in "赵钱孙李周吴"]
    assert is_overloaded(people, 6, Policy())
    assert not is_overloaded(people[:5], 6, Policy())
    assert not is_overloaded(["张伟国"] * 60, 60, Policy())
    assert is_overloaded(["张伟国"] * 61, 61, Policy())
    spellings = ["张伟国", "weiguo zhang", "w zhang", "章伟国", "张伟囯", "张"]
    assert not is_overloaded(spellings, 6, Policy())


def test_a_platform_s_id_is_trusted_with_more_names_and_any_number_of_records():
    people = [f"{surname}安" for surname in "赵钱孙李周吴郑王冯陈褚"]
    assert is_overloaded(people, 11, Policy(), Strength.STRONG)
    assert not is_overloaded(people[:10], 5_000, Policy(), Strength.STRONG)


def test_father_and_son_of_one_name_are_told_apart_by_their_birthdays():
    father = a_unit(1, "john smith", "1950-10-10")
    son = a_unit(2, "john smith", "1990-03-15")
    unknown = a_unit(3, "john smith")
    assert prove([father, son], Policy()).links == []
    assert prove([father, son], Policy()).doubts == [(1, 2, "birthdays differ")]
    assert len(prove([father, son, unknown], Policy()).doubts) == 3
    assert prove([father, unknown], Policy()).links == [(1, 3)]


@pytest.mark.parametrize("birth", ["1990-06-05", "1990-05-16", "1980-05-06", "1990-01-01"])
def test_a_slip_in_a_birthday_parts_nobody(birth):
    units = [a_unit(1, "张伟国", "1990-05-06"), a_unit(2, "张伟国", birth)]
    assert prove(units, Policy()).links == [(1, 2)]


def test_a_nameless_holder_joins_the_only_name_but_bridges_no_two_accounts():
    assert prove([a_unit(1, "张伟国"), a_unit(2)], Policy()).links == [(1, 2)]
    two = [a_unit(1, account="u1"), a_unit(2), a_unit(3, account="u2")]
    assert prove(two, Policy()).links == []
    assert len(prove(two, Policy()).doubts) == 3


ALONE, CITY, SON = Traits("1990-05-06"), Traits("1990-05-06", city="成都"), Traits("1950-10-10")


@pytest.mark.parametrize(
    ("types", "left", "right", "why"),
    [
        ([NAME_BIRTHDAY], ALONE, ALONE, ""),
        ([NAME_BIRTHDAY], CITY, CITY, "same name, birthday, city"),
        (["email"], Traits(company="华信"), Traits(company="华信"), "same name, company, email"),
        (["email", "address"], Traits(), Traits(), "same name, address, email"),
        (["phone"], Traits(city="成都"), Traits(city="成都"), ""),  # its area code says as much
        (["address"], SON, CITY, ""),
        (["address", "email"], SON, CITY, ""),
        (["email", "address"], Traits(gender="f"), Traits(gender="m"), ""),
        (["email"], Traits("1990-01-01"), Traits("1990-01-01"), ""),  # on a form's first day
        (["address"], Traits("2006-08-02"), Traits("2006-02-08"), "same name, address, birthday"),
    ],
)
def test_namesakes_need_two_facts_and_none_against(types, left, right, why):
    assert corroborated(types, [left], [right]) == why
    assert corroborated(types, [right], [left]) == why


def test_only_namesakes_of_a_weak_value_are_its_concern():
    assert namesakes({1: "张伟国", 2: "李静", 3: "weiguo zhang"}) == [[1, 3]]
    assert namesakes({1: "张伟国"}) == []
