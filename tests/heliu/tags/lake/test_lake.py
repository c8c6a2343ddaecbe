"""DuckDB over Parquet: the same words as the database, and only differences come back."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from heliu.errors import Place
from heliu.rules.among import EVERYBODY, Among
from heliu.rules.cuts import rank_cuts
from heliu.rules.library import Library, TagRule
from heliu.rules.reference import tags_of
from heliu.rules.sql import measures_select
from heliu.rules.words import library_select, word_names
from heliu.tags.apply import finish
from heliu.tags.checksum import checksum_of, checksum_select
from heliu.tags.delta import PROFILE_TAG, TAG_CHANGE
from heliu.tags.lake.engines import duckdb_over
from heliu.tags.lake.export import exported
from heliu.tags.lake.extra import ExtraMissing, require_extra
from heliu.tags.lake.judge import histograms_of, judge_in_lake, read_by
from heliu.tags.lake.text import needs, translated
from heliu.tags.plan import Mode, begin
from heliu.tags.ranges import merged_cuts
from heliu.tags.retag import retag
from models.database import reading, writing
from tests.heliu.rules.grammar import AS_OF, CLOCK, ZONE, libraries, read
from tests.heliu.rules.people import PEOPLE, people_of, store, undone
from tests.heliu.rules.test_engines_agree import words_of

FEW = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking takes longer than looking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HALVES = [Among(high=10), Among(low=11)]


@given(library=libraries(), people=PEOPLE, offset=st.sampled_from([0, 58]))
@FEW
def test_duckdb_gives_everybody_the_same_tags(sqlite_engine, tmp_path, library, people, offset):
    numbers = {name: n for n, name in enumerate(library.tags, start=offset)}
    with undone(sqlite_engine) as connection:
        store(connection, people)
        measures = measures_select(library.questions, CLOCK).subquery()
        cuts = rank_cuts(connection, library, measures)
        wanted = library_select(library, numbers, CLOCK, cuts)
        rows = connection.execute(wanted).tuples().all()
        read = read_by(library, numbers, CLOCK)
        with (
            exported(connection, read, HALVES, tmp_path / "l"),
            duckdb_over(tmp_path / "l") as lake,
        ):
            found = sorted(lake.rows(wanted))
            assert merged_cuts(library, [histograms_of(lake, library, CLOCK)]) == cuts
            summed = checksum_select(wanted.subquery("words"), word_names(numbers))
            ((checksum,),) = lake.rows(summed)
    assert found == sorted(rows)
    assert found == [
        (n, *words_of(tags_of(library, person, CLOCK, cuts), numbers))
        for n, person in enumerate(people, start=1)
    ]
    assert checksum == checksum_of(found)


@pytest.fixture
def firm(engine):
    """Forty people and the tags of an ordinary library."""
    with writing(engine) as connection:
        store(connection, [*people_of(1), *people_of(2)])
    return engine


def a_library():
    """Always the same, of many kinds of rules."""
    rules = {
        "t.seen": {"did": "login", "within": "30d"},
        "t.large": {"did": "order_paid", "max": "amount_fen", "is": ">= 100"},
        "t.allowed": {"consent": "marketing", "on": "sms", "is": "granted"},
        "t.clicked": {"did": "message_clicked"},
        "t.top": {"rank": {"count": "any"}, "top": "20%"},
        "t.both": {"all": [{"tag": "t.seen"}, {"not": {"tag": "t.top"}}]},
    }
    return Library(
        {
            name: TagRule(name, name, read(plain, tuple(rules)), Place(f"{name}.yaml"))
            for name, plain in rules.items()
        }
    )


def state(engine):
    with reading(engine) as connection:
        return [
            sorted(tuple(row) for row in connection.execute(sa.select(table)))
            for table in (PROFILE_TAG, TAG_CHANGE)
        ]


def in_lake(engine, library, clock, run, folder):
    plan = begin(engine, library, clock, run, Mode.FULL)
    judged = judge_in_lake(engine, library, clock, run, "duckdb", folder)
    finish(engine, library, clock.as_of, run, plan, judged, clock.as_of)
    return judged


def test_a_run_in_the_lake_leaves_what_one_in_the_database_leaves(firm, tmp_path):
    library = a_library()
    nights = [replace(CLOCK, as_of=AS_OF - timedelta(days=n)) for n in (3, 1, 0)]
    for run, clock in enumerate(nights, start=1):
        retag(firm, library, clock.as_of, run, ZONE)
    wanted = state(firm)
    with writing(firm) as connection:
        for table in ("profile_tag", "tag_change", "tag_run", "tag_count", "tag"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    for run, clock in enumerate(nights, start=1):
        assert in_lake(firm, library, clock, run, tmp_path / "lake") == 40
    assert state(firm) == wanted
    assert len({row[0] for row in wanted[1]}) == 3  # every night moved somebody


def leave_midway(engine, folder, seen):
    needs_of = {"event": frozenset({"id"})}
    with reading(engine) as connection, exported(connection, needs_of, [EVERYBODY], folder):
        seen += sorted(path.name for path in folder.iterdir())
        assert folder.stat().st_mode & 0o077 == 0
        raise KeyboardInterrupt


def test_facts_are_gone_from_the_folder_whatever_happened(sqlite_engine, tmp_path):
    folder, seen = tmp_path / "lake", []
    folder.mkdir()
    (folder / "left-over.parquet").write_bytes(b"of a run that died")
    with pytest.raises(KeyboardInterrupt):
        leave_midway(sqlite_engine, folder, seen)
    assert seen == ["carried", "event"]
    assert not folder.exists()


def test_only_what_is_read_is_taken_along():
    library = Library({"t.seen": a_library().tags["t.seen"]})
    found = needs(library_select(library, {"t.seen": 0}, CLOCK, {}))
    assert found == {
        "event": {"profile_id", "at", "id", "type"},
        "profile": {"id"},
    }


def test_the_statement_is_written_in_the_engines_words():
    library = a_library()
    numbers = {name: n for n, name in enumerate(library.tags)}
    select = library_select(library, numbers, CLOCK, {})
    assert '"at"' in translated(select, "duckdb")
    spark = translated(select, "spark")
    assert "`at`" in spark
    assert "MATERIALIZED" not in spark


def test_a_checksum_tells_a_single_tag():
    rows = [(n, n * 7919 % 2**60) for n in range(1, 50)]
    other = [(n, word ^ (1 << 31 if n == 9 else 0)) for n, word in rows]
    assert checksum_of(rows) == checksum_of(reversed(rows))
    assert checksum_of(rows) != checksum_of(other)


def test_what_is_not_installed_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setattr("heliu.tags.lake.extra.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"pip install 'heliu\[lake\]' pyspark"):
        require_extra("spark")
