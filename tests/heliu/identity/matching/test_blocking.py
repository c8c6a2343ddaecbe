"""Keys: which records are looked at together."""

from heliu.identity.matching.blocking import part_values, possible_rules, record_keys
from heliu.identity.matching.features import record_readings
from heliu.rules.vocabulary import MatchKind

FIELDS = {"name": MatchKind.NAME, "birthday": MatchKind.DATE, "phone": MatchKind.PHONE}


def keys(record, *rules):
    return record_keys(rules, record_readings(record, FIELDS))


def test_records_that_agree_on_every_part_share_the_key(a_record):
    ann = a_record(1, name="张伟国", birthday="1990-05-06")
    twin = a_record(2, name="Weiguo Zhang", birthday="1990-12-24")
    rule = ("name.sound", "birthday.year")
    assert keys(ann, rule) == keys(twin, rule) != frozenset()
    assert not keys(ann, ("name.sound", "birthday")) & keys(twin, ("name.sound", "birthday"))


def test_a_part_nobody_told_makes_no_key(a_record):
    assert keys(a_record(1, name="张伟国"), ("name.sound", "birthday.year")) == frozenset()


def test_one_value_under_two_rules_makes_two_keys(a_record):
    record = a_record(1, birthday="1990-05-06")
    assert len(keys(record, ("birthday",), ("birthday.year",), ("birthday.day",))) == 3


def test_every_value_of_a_cell_makes_a_key(a_record):
    record = a_record(1, phone="13912345678，13812345678")
    assert len(keys(record, ("phone",))) == 2


def test_a_key_tells_no_value(a_record):
    (key,) = keys(a_record(1, phone="13912345678"), ("phone",))
    assert "139" not in key
    assert len(key) == 12


def test_a_cut_is_part_of_the_value():
    readings = {"birthday": [{"": ("19900506",)}]}
    assert part_values("birthday.year", readings) == ["1990"]
    assert part_values("birthday.day", readings) == ["0506"]
    assert part_values("phone", readings) == []


def test_rules_are_single_parts_and_pairs_of_different_fields():
    rules = possible_rules({"birthday": MatchKind.DATE, "phone": MatchKind.PHONE})
    assert ("birthday.year", "phone") in rules
    assert ("phone",) in rules
    assert not any({"birthday", "birthday.year"} <= set(rule) for rule in rules)
