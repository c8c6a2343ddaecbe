"""A cell becomes the spellings it is compared by."""

import pytest

from heliu.identity.matching.levels import LEVELS, SPELLINGS
from heliu.identity.matching.nicknames import roots
from heliu.identity.matching.reading import READERS, folded, phonetic, read_value
from heliu.rules.vocabulary import MatchKind

ONE_PERSON = [
    ("name", "張偉國", "张伟国", ""),
    ("name", "张伟国", "Weiguo Zhang", "sound"),
    ("name", "ZHANG, Wei-Guo", "Weiguo Zhang", ""),
    ("name", "张总", "张伟国", "surname"),
    ("given_name", "Bob", "Robert", "root"),
    ("given_name", " É lodie", "e LODIE", ""),
    ("surname", "Smyth", "Smith", "sound"),
    ("surname", "O'Connor", "OConnor", ""),
    ("date", "1990-05-06", "6.5.1990", ""),
    ("date", "1990/5/6", "19900506", ""),
    ("date", "1942-02-31", "19420231", ""),
    ("postcode", "SW1A 2JH", "sw1a2jh", ""),
    ("postcode", "SW1A 2JH", "SW1A 9ZZ", "area"),
    ("text", "Stockton-on-Tees", "stockton on tees", ""),
    ("text", "pridham street", "pridhamstreet", "joined"),
    ("exact", "NSW", "nsw", ""),
    ("id", "12-34 56", "123456", ""),
    ("phone", "+8613912345678", "13912345678", ""),
    ("email", "Ann@example.com", "ann@example.org", "local"),
]


@pytest.mark.parametrize(("kind", "left", "right", "spelling"), ONE_PERSON)
def test_two_ways_to_write_one_thing_share_a_spelling(kind, left, right, spelling):
    values = [set(read_value(MatchKind(kind), text).get(spelling, ())) for text in (left, right)]
    assert values[0] & values[1]


@pytest.mark.parametrize("kind", MatchKind)
def test_what_says_nothing_has_no_reading(kind):
    assert not read_value(kind, "—")


@pytest.mark.parametrize("kind", MatchKind)
def test_every_kind_of_comparison_is_read_in_the_spellings_it_is_compared_in(kind):
    assert kind in READERS
    assert kind in LEVELS
    text = {"date": "1990-05-06", "name": "张伟国", "email": "a@b.cn", "phone": "139"}.get(
        kind, "ab"
    )
    assert set(read_value(kind, text)) == set(SPELLINGS[kind])


def test_a_nickname_is_no_name():
    assert not read_value(MatchKind.NAME, "平安是福")


def test_a_short_form_of_several_names_has_several_roots():
    assert {"albert", "herbert", "robert"} <= set(roots("bert"))
    assert roots("xi") == ("xi",)


def test_folding_keeps_chinese_and_drops_signs():
    assert folded("北京市·朝陽區") == "北京市 朝阳区"


def test_different_surnames_sound_different():
    assert phonetic("smith") != phonetic("baker")
    assert phonetic("张") == phonetic("zhang")
