"""Segments by name: who is in them, and what is noted of them."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.documents import Problems
from heliu.rules.cuts import stored_cuts
from heliu.rules.vocabulary import Vocabulary, products_of
from heliu.segments.library import SEGMENT, load_segments, record_segments
from heliu.segments.members import members
from heliu.sources.products import load_products
from heliu.tags.library import load_library
from heliu.tags.retag import retag
from models.bulk import bulk_insert
from models.database import reading, writing

ROOT = Path(__file__).parents[3]
FIRM = ROOT / "examples" / "firm"
ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2025, 10, 1, tzinfo=ZONE)
NOW, DAY = int(AS_OF.timestamp()), 86_400


def load(*roots):
    problems = Problems()
    words = Vocabulary(products=products_of(load_products(FIRM, ZONE, problems)))
    library = load_library(roots, words, problems)
    segments = load_segments(roots, library, words, problems)
    problems.raise_if_any()
    return library, segments


def fill(connection, events):
    """Three people known for a year, and what they did: (profile, type, item, days ago)."""
    columns = ["id", "records", "sources", "created_run_id", "changed_run_id", "created_at"]
    rows = [(n, 1, 1, 1, 1, NOW - 365 * DAY) for n in (1, 2, 3)]
    bulk_insert(connection, "profile", columns, rows)
    columns = ["profile_id", "at", "id", "record_id", "source", "type", "item"]
    rows = [(n, NOW - int(d * DAY), i, n, "t", e, item) for i, (n, e, item, d) in enumerate(events)]
    bulk_insert(connection, "event", columns, rows)


def found(engine, segment, as_of=AS_OF):
    with reading(engine) as connection:
        return sorted(connection.execute(members(segment, as_of, ZONE)).scalars())


@pytest.mark.parametrize(
    ("name", "roots", "events", "expected"),
    [
        (
            "inactive_customers",
            (ROOT,),
            [(1, "order_paid", "hr", 90), (2, "order_paid", "hr", 9), (3, "course_view", "hr", 90)],
            [1],
        ),
        (
            "unpaid_orders",
            (ROOT, FIRM),
            [(1, "order_created", "hr", 3), (2, "order_created", "hr", 0.5)],
            [1],
        ),
        (
            "interested_in_course",
            (ROOT,),
            [(1, "course_view", "hr", n) for n in range(5)] + [(2, "course_view", "hr", 1)],
            [1],
        ),
        (
            "interested_in_course",
            (ROOT, FIRM),
            [(1, "course_view", "hr", 1), (1, "course_view", "hr", 2), (2, "course_view", "hr", 1)],
            [1],
        ),
    ],
)
def test_a_campaigns_segment_has_the_people_it_means(engine, name, roots, events, expected):
    library, segments = load(*roots)
    with writing(engine) as connection:
        fill(connection, events)
    retag(engine, library, AS_OF, 1, ZONE)
    assert found(engine, segments[name]) == expected


def test_members_are_those_at_as_of(engine):
    _, segments = load(ROOT)
    library, _ = load(ROOT)
    with writing(engine) as connection:
        fill(connection, [(1, "order_created", "hr", 0.5)])
    retag(engine, library, AS_OF, 1, ZONE)
    assert found(engine, segments["unpaid_orders"]) == []
    assert found(engine, segments["unpaid_orders"], AS_OF + timedelta(days=1)) == [1]


def test_members_can_be_frozen_by_one_insert(engine):
    library, segments = load(ROOT)
    with writing(engine) as connection:
        fill(connection, [(1, "order_paid", "hr", 90)])
    retag(engine, library, AS_OF, 1, ZONE)
    frozen = members(segments["inactive_customers"], AS_OF, ZONE).subquery()
    with reading(engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(frozen)).scalar() == 1


def test_a_segment_is_noted_once_until_its_file_changes(engine):
    _, segments = load(ROOT)
    _, firms = load(ROOT, FIRM)
    for run_id, given in ((1, segments), (2, segments), (3, firms)):
        with writing(engine) as connection:
            record_segments(connection, given, run_id)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(SEGMENT.c.name, SEGMENT.c.run_id)).all()
    same = {n for n, rule in segments.items() if rule.rule_hash == firms[n].rule_hash}
    assert {"inactive_customers", "interested_in_course"} & same == {"inactive_customers"}
    assert {tuple(row) for row in rows} == {(name, 1 if name in same else 3) for name in firms}


def test_a_rank_goes_by_the_cuts_of_the_last_tag_run(tmp_path, engine):
    folder = tmp_path / "rules" / "segments"
    folder.mkdir(parents=True)
    rule = "segment: s\ntitle: S\nwhen: { rank: { count: login }, top: 40% }\n"
    (folder / "s.yaml").write_text(rule, encoding="utf-8")
    problems = Problems()
    library = load_library([], Vocabulary(), problems)
    segments = load_segments([tmp_path], library, Vocabulary(), problems)
    problems.raise_if_any()
    with writing(engine) as connection:
        fill(connection, [(n, "login", None, day) for n in (1, 2, 3) for day in range(1, 2 * n)])
    people = members(segments["s"], AS_OF, ZONE)
    retag(engine, library.lend(segments.values()), AS_OF, 1, ZONE)
    with reading(engine) as connection:
        assert connection.execute(people).all() == []
        ranked = members(segments["s"], AS_OF, ZONE, stored_cuts(connection))
        assert connection.execute(ranked).scalars().all() == [3]
