"""The kept figures of the whole are those a count of the tables gives."""

import random
from collections import Counter

import pytest
import sqlalchemy as sa

from heliu.identity.resolution import Match
from heliu.identity.tables.audit import Figures
from heliu.identity.tables.whole import Evidence, Sized, Whole, measure, move, read_whole
from models import EdgeStatus, Strength
from models.bulk import bulk_insert
from models.database import writing

EVIDENCE = [
    Evidence("deterministic", "phone", "linked", "same phone"),
    Evidence("deterministic", "phone", "refused", "two unionids"),
    Evidence("human", "decision", "linked", "decided same"),
]


def put_profiles(connection, profiles):
    bulk_insert(
        connection,
        "profile",
        ["id", "records", "sources", "component_id", "created_run_id", "changed_run_id"],
        [(*one, one.id, 1, 1) for one in profiles],
    )


def put_edges(connection, edges):
    bulk_insert(
        connection,
        "edge",
        ["left_id", "right_id", "kind", "type", "scope", "value", "strength", "status", "reason",
         "detail", "run_id"],
        [
            (1, 2, why.kind, why.type, "", value, "medium", why.status, why.reason, "", 1)
            for value, why in edges.items()
        ],
    )  # fmt: skip


def put_records(connection):
    bulk_insert(
        connection,
        "record",
        ["id", "source", "source_pk", "version", "content_hash", "first_run_id", "changed_run_id"],
        [(id_, "crm", str(id_), 1, "h", 1, 1) for id_ in (1, 2)],
    )


def a_profile(chance, id_):
    records = chance.choice([1, 1, 1, 2, 2, 3, 5, 8])
    return Sized(id_, records, chance.randint(1, records))


@pytest.mark.parametrize("seed", range(3))
def test_moved_run_by_run_they_equal_a_fresh_count(engine, seed):
    chance = random.Random(seed)
    profiles: dict[int, Sized] = {}
    edges: dict[str, Evidence] = {}
    with writing(engine) as connection:
        put_records(connection)
        whole = measure(connection)
        assert whole == Whole()
    for run in range(12):
        gone_ids = chance.sample(sorted(profiles), min(len(profiles), chance.randint(0, 6)))
        kept = [id_ for id_ in gone_ids if chance.random() < 0.5]
        fresh = range(100 * run + 1, 100 * run + 1 + chance.randint(0, 9))
        gone = [profiles[id_] for id_ in gone_ids]
        come = [a_profile(chance, id_) for id_ in [*kept, *fresh]]
        less = chance.sample(sorted(edges), min(len(edges), chance.randint(0, 4)))
        more = {f"{run}-{n}": chance.choice(EVIDENCE) for n in range(chance.randint(0, 5))}
        edges_gone = [edges[value] for value in less]
        profiles = {i: p for i, p in profiles.items() if i not in gone_ids} | {
            p.id: p for p in come
        }
        edges = {value: why for value, why in edges.items() if value not in less} | more
        with writing(engine) as connection:
            connection.execute(sa.text("DELETE FROM profile"))
            connection.execute(sa.text("DELETE FROM edge"))
            put_profiles(connection, profiles.values())
            put_edges(connection, edges)
            whole = move(
                connection,
                read_whole(whole.as_json()),
                gone=gone,
                come=come,
                edges_gone=edges_gone,
                edges_come=more.values(),
            )
            assert whole == measure(connection)
            assert whole.as_json() == measure(connection).as_json()
        assert whole.figures == Figures(
            sum(p.records for p in profiles.values()),
            len(profiles),
            max((p.records for p in profiles.values()), default=0),
        )
        assert whole.edges == Counter(edges.values())


def test_nothing_asks_for_the_largest_again_unless_one_of_them_shrank(sqlite_engine):
    profiles = [Sized(n, 30 - n, 1) for n in range(1, 20)]
    with writing(sqlite_engine) as connection:
        put_profiles(connection, profiles)
        whole = measure(connection)
        asked = []
        sa.event.listen(sqlite_engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        move(connection, whole, gone=[Sized(15, 15, 1)], come=[Sized(15, 40, 2)])
        assert asked == []
        move(connection, whole, gone=[Sized(3, 27, 1)], come=[Sized(3, 1, 1)])
        assert len(asked) == 1


def test_the_whole_comes_back_from_json_the_same():
    whole = Whole(Counter({1: 5, 3: 1}), 1, 3, [Sized(7, 3, 2)], Counter({EVIDENCE[0]: 2}))
    assert read_whole(whole.as_json()) == whole
    assert read_whole("{}") == read_whole("") == Whole()


def test_edges_at_hand_are_counted_as_the_table_counts_them(engine):
    edges = [
        Match(1, 2, why.kind, why.type, "", f"v{n}", Strength.MEDIUM, EdgeStatus(why.status),
              why.reason)
        for n, why in enumerate([*EVIDENCE, *EVIDENCE[:2]])
    ]  # fmt: skip
    with writing(engine) as connection:
        put_records(connection)
        put_edges(connection, {one.value: Evidence(*one[2:4], *one[7:9]) for one in edges})
        assert measure(connection, edges) == measure(connection)
        assert measure(connection, edges).as_json() == measure(connection).as_json()
