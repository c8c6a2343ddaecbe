"""Invented customers: the same for the same seed, as many as asked, and told apart well."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from benchmarks.deliver import change, fill, poison
from benchmarks.telling import SOURCES, generate
from heliu.documents import Problems
from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import RawRecord
from heliu.identity.resolve import resolve
from heliu.rules.vocabulary import STANDARD_FIELDS
from heliu.sources.config import load_sources
from heliu.sources.mapping import mapper
from tasks.settings import ROOT

ZONE = ZoneInfo("Asia/Shanghai")
RECORDS = 4_000


@pytest.fixture(scope="module")
def told():
    return list(generate(RECORDS, seed=3))


def rows(engine, query):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_the_same_seed_tells_the_same_and_another_one_else(told):
    assert list(generate(RECORDS, seed=3)) == told
    assert list(generate(RECORDS, seed=4)) != told


def test_they_are_as_many_and_as_manifold_as_the_bundled_firm_s(told):
    assert len(told) == RECORDS
    assert {one.source for one in told} == set(SOURCES)
    per_person = Counter(Counter(one.person for one in told).values())
    assert 3.5 < RECORDS / per_person.total() < 4.2
    assert set(range(1, 9)) <= per_person.keys()
    assert all(all(one.payload.values()) for one in told)  # empty cells are left out


def test_every_record_is_read_by_its_source_s_mapping_and_most_are_put_right(told):
    problems = Problems()
    specs = {spec.name: spec for spec in load_sources(ROOT / "examples" / "firm", problems)}
    read = {name: mapper(specs[name], ZONE) for name in SOURCES}
    raws = [
        RawRecord(id_, one.source, str(id_), 50, one.source, *read[one.source](one.payload))
        for id_, one in enumerate(told, 1)
    ]
    profile_of = resolve(normalise_records(raws, Policy(), STANDARD_FIELDS), Policy()).profile_of
    person_of = dict(enumerate((one.person for one in told), 1))

    def pairs(groups):
        return sum(n * (n - 1) // 2 for n in Counter(groups).values())

    rightly = pairs((profile_of[id_], person_of[id_]) for id_ in person_of)
    assert rightly / pairs(profile_of.values()) > 0.98
    assert rightly / pairs(person_of.values()) > 0.35


def test_they_are_delivered_as_collect_would_and_wait_to_be_normalised(engine):
    persons = fill(engine, 600, seed=5)
    assert len(persons) == 600
    found = rows(
        engine,
        "SELECT r.id, r.source, v.payload FROM record r JOIN record_version v "
        "ON v.record_id = r.id AND v.version = r.version "
        "WHERE r.normalised_by IS NULL ORDER BY r.id",
    )
    assert [id_ for id_, *_ in found] == list(range(1, 601))
    assert [source for source, _ in Counter(source for _, source, _ in found).items()] == [
        source for source in SOURCES if source in {source for _, source, _ in found}
    ]


def test_a_later_delivery_changes_deletes_and_adds_its_share(engine):
    fill(engine, 1_000, seed=5)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE record SET normalised_by = 'k'"))
    counts = change(engine, 0.1, seed=1, run_id=7)
    assert counts == {"changed": 80, "deleted": 10, "new": 10}
    told = "SELECT count(*) FROM record WHERE changed_run_id = 7 AND normalised_by IS NULL AND "
    assert rows(engine, told + "version = 2 AND deleted_at IS NULL") == [(80,)]
    assert rows(engine, told + "deleted_at IS NOT NULL") == [(10,)]
    assert rows(engine, told + "first_run_id = 7") == [(10,)]
    differ = (
        "SELECT count(*) FROM record_version a JOIN record_version b ON b.record_id = a.record_id "
        "WHERE a.version = 1 AND b.version = 2 AND a.payload <> b.payload"
    )
    assert rows(engine, differ) == [(80,)]


def test_nothing_changes_where_nothing_is_to_change(engine):
    fill(engine, 300, seed=5)
    assert not change(engine, 0.0, seed=1)
    assert rows(engine, "SELECT count(*) FROM record_version") == [(300,)]


def test_a_poisoned_delivery_carries_one_phone(sqlite_engine):
    fill(sqlite_engine, 1_000, seed=5)
    owner = poison(sqlite_engine, rows=50, run_id=9)
    phone = f"SELECT json_extract(payload, '$.phone') FROM record_version WHERE record_id = {owner}"
    carried = (
        "SELECT count(*) FROM record_version WHERE run_id = 9 "
        f"AND payload LIKE '%' || ({phone}) || '%'"
    )
    assert rows(sqlite_engine, carried) == [(50,)]
