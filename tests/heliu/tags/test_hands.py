"""Words by hand: whose they are, when they are in force, and that a run makes them true."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.documents import Problems
from heliu.errors import ConfigError, Place
from heliu.rules.library import Library
from heliu.rules.vocabulary import Vocabulary
from heliu.tags.hands import HAND, TOUCHED, HandWord, set_by_hand, words_on
from heliu.tags.library import load_library
from heliu.tags.retag import Mode, retag
from heliu.tags.whom import people_named
from models.bulk import bulk_insert
from models.database import reading, writing

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, tzinfo=ZONE)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Library:
    """One tag only hands set, one that a rule decides unless they do, one they can't touch."""
    folder = tmp_path_factory.mktemp("rules") / "rules/tags"
    folder.mkdir(parents=True)
    (folder / "vip.yaml").write_text("tag: vip\ntitle: t\nmanual: true\n", "utf-8")
    examples = (
        "examples:\n- {given: {login: [{on: 2025-01-01}]}, holds: true}\n"
        "- {given: {}, holds: false}"
    )
    for name, more in {"seen": "manual: true\n", "computed": ""}.items():
        text = f"tag: {name}\ntitle: t\n{more}when: {{ did: login }}\n{examples}\n"
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    problems = Problems()
    found = load_library([folder.parents[1]], Vocabulary(), problems)
    problems.raise_if_any()
    return found


@pytest.fixture
def people(engine):
    """Profiles 1 (records 1, 4), 2 and 6 (its anchor record is gone); 7 → 5 → 2 are former ids."""
    with writing(engine) as connection:
        columns = ["id", "records", "sources", "created_run_id", "changed_run_id"]
        bulk_insert(connection, "profile", columns, [(n, 1, 1, 1, 1) for n in (1, 2, 6)])
        record = ["id", "source", "source_pk", "version", "content_hash", "first_run_id"]
        bulk_insert(
            connection,
            "record",
            [*record, "changed_run_id"],
            [(n, "crm", f"C:{n}", 1, "x", 1, 1) for n in (1, 2, 3, 4, 5, 7, 8)],
        )
        members = [(1, 1), (4, 1), (2, 2), (5, 2), (7, 2), (8, 6)]
        bulk_insert(
            connection, "membership", ["record_id", "from_run_id", "profile_id"],
            [(record, 1, profile) for record, profile in members],
        )  # fmt: skip
        bulk_insert(
            connection, "alias", ["old_id", "from_run_id", "profile_id", "reason", "to_run_id"],
            [(5, 1, 2, "merge", None), (7, 1, 5, "merge", None), (8, 1, 2, "merge", 2),
             (90, 1, 91, "merge", None), (91, 1, 90, "merge", None)],
        )  # fmt: skip
    return engine


def say(engine, library, *words, at=NOW):
    told = [HandWord(who="mei", **word) for word in words]
    with writing(engine) as connection:
        return set_by_hand(connection, told, library, at)


def vip(person, holds=True, **more):
    return {"person": str(person), "tag": "vip", "holds": holds, **more}


def stored(engine):
    columns = (HAND.c.record_id, HAND.c.profile_id, HAND.c.holds, HAND.c.until_at)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(HAND.c.id))]


def noted(engine):
    with reading(engine) as connection:
        return sorted(connection.scalars(sa.select(TOUCHED.c.profile_id)))


def test_a_person_is_found_by_whatever_led_to_them_once(people):
    led = {
        1: ["1", " 1 ", "4", "crm:C:4"],  # a key may hold a colon
        2: ["2", "5", "7", "crm:C:7"],
        6: ["6", "8"],  # an alias taken back leads nowhere, the record does
    }
    nobodys = ["3", "crm:C:3", "99", "90", "crm:C:99", "x", "", "-1", "9" * 30]  # 90 is in a circle
    wanted = {name: profile for profile, names in led.items() for name in names}
    with reading(people) as connection:
        assert people_named(connection, [*wanted, *nobodys]) == wanted
        assert people_named(connection, nobodys) == {}


def test_a_word_is_kept_with_the_smallest_record_of_the_profile_of_today(people, library):
    counts = say(people, library, vip(7), vip(6, holds=False), vip("crm:C:4"))
    assert (counts.stored, counts.ended, counts.same, counts.profiles) == (3, 0, 0, (1, 2, 6))
    assert sorted(stored(people)) == [
        (1, 1, True, None), (2, 2, True, None), (8, 6, False, None),
    ]  # fmt: skip
    assert noted(people) == [1, 2, 6]


def test_saying_it_again_stores_nothing_and_wakes_nobody(people, library):
    until = NOW + HOUR
    say(people, library, vip(1, until=until))
    again = say(people, library, vip(4, until=until), at=NOW + HOUR / 2)
    assert (again.stored, again.same, again.profiles) == (0, 1, ())
    assert len(stored(people)) == len(noted(people)) == 1
    late = say(people, library, vip(1), at=until)  # its time is over
    assert (late.stored, late.same) == (1, 0)
    other = say(people, library, vip(1, holds=False), at=until)
    assert other.stored == 1


def test_taking_back_ends_every_word_in_force_and_is_kept(people, library):
    say(people, library, vip(1))
    say(people, library, vip(1, holds=False), at=NOW + HOUR)
    counts = say(people, library, vip(1, holds=None, why="a mistake"), at=NOW + 2 * HOUR)
    assert (counts.stored, counts.ended) == (0, 2)
    assert [until for *_, until in stored(people)] == [NOW + 2 * HOUR] * 3
    with reading(people) as connection:
        said = words_on(connection, 1)
    assert (said[0].takes_back, said[0].why) == (True, "a mistake")
    nothing = say(people, library, vip(1, holds=None), at=NOW + 3 * HOUR)
    assert (nothing.ended, nothing.same, nothing.profiles) == (0, 1, ())


def test_everything_wrong_is_told_and_nothing_is_stored(people, library):
    words = [
        HandWord("1", "vip", True, "mei"),
        HandWord("99", "vpi", True, " ", place=Place("w", 2)),
        HandWord("1", "computed", True, "mei", until=NOW, place=Place("w", 3)),
        HandWord("4", "vip", False, "mei", place=Place("w", 4)),
    ]
    problems = Problems()
    problems.add(Place("w", 1), "was wrong before")
    with pytest.raises(ConfigError) as found, writing(people) as connection:
        set_by_hand(connection, words, library, NOW, problems)
    assert [(p.place.line, p.says) for p in found.value.problems] == [
        (1, "was wrong before"),
        (2, "nobody says it"),
        (2, "there is no such profile, record or former id"),
        (2, "unknown tag 'vpi' (did you mean 'vip'?)"),
        (3, "'computed' is computed, hands can't set it"),
        (3, "its time is over already"),
        (4, "word says another thing of the same profile and tag"),
    ]
    assert stored(people) == []
    assert noted(people) == []


def carried(engine, tag):
    with reading(engine) as connection:
        found = sa.text("SELECT profile_id FROM profile_tag WHERE tag = :tag ORDER BY 1")
        return list(connection.scalars(found, {"tag": tag}))


def test_the_next_run_makes_a_word_true_and_names_a_hand_as_the_cause(people, library):
    with writing(people) as connection:
        at = int((NOW - HOUR).timestamp())
        columns = ["profile_id", "type", "at", "id", "record_id", "source"]
        bulk_insert(connection, "event", columns, [(2, "login", at, 1, 2, "t")])
    retag(people, library, NOW, 1, ZONE)
    assert (carried(people, "vip"), carried(people, "seen")) == ([], [2])

    denied = {"person": "7", "tag": "seen", "holds": False, "until": NOW + 3 * HOUR}
    say(people, library, vip(1), denied)
    retag(people, library, NOW + HOUR, 2, ZONE, mode=Mode.AUTO)
    assert (carried(people, "vip"), carried(people, "seen")) == ([1], [])
    with reading(people) as connection:
        causes = connection.execute(
            sa.text("SELECT profile_id, tag, cause FROM tag_change WHERE run_id = 2 ORDER BY 1")
        )
        assert [tuple(row) for row in causes] == [(1, "vip", "hand"), (2, "seen", "hand")]

    say(people, library, vip(1, holds=None), at=NOW + 2 * HOUR)
    retag(people, library, NOW + 4 * HOUR, 3, ZONE, mode=Mode.AUTO)
    assert (carried(people, "vip"), carried(people, "seen")) == ([], [2])
