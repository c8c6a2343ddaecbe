"""A preview says what two full evaluations by the reference engine would: no more, no less."""

import random
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems, parse_yaml
from heliu.errors import HeliuError, Place
from heliu.identity.people.shown import MASKED
from heliu.rules.conditions import tags_in
from heliu.rules.cuts import bucket_width, cut_of
from heliu.rules.library import Library, SegmentRule, TagRule
from heliu.rules.parse import Reader
from heliu.rules.reference import Happening, Person, Reference, tags_of
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock
from heliu.tags.diff import compare
from heliu.tags.library import load_library
from heliu.tags.person import load_people
from heliu.tags.revision import Change, Kind, Revision, key_of
from models.bulk import bulk_insert

ZONE = ZoneInfo("Asia/Shanghai")
CLOCK = Clock(datetime(2026, 3, 1, 11, 30, tzinfo=ZONE), ZONE)
DAY = 86_400
SEEDS = 25
WORDS = Vocabulary()
EVENTS = ("login", "course_view", "order_paid")
LEAVES = (
    "always",
    "{{ did: {event}, count: '>= {n}', within: {days}d }}",
    "{{ did: {event}, count: 0, within: {days}d }}",
    "{{ did: order_paid, sum: amount_fen, is: '> {n}00', within: {days}d }}",
    "{{ last: {event}, within: {days}d }}",
    "{{ last: {event}, after_last: login }}",
    "{{ sequence: [{event}, login], within: {days}d }}",
    "{{ field: city, is: 成都 }}",
    "{{ not: {{ field: city, exists: true }} }}",
    "{{ rank: {{ count: {event}, within: {days}d }}, top: {share}% }}",
    "{{ rank: {{ sum: amount_fen, of: order_paid }}, bottom: {share}% }}",
)


def condition(when, tags=()):
    problems = Problems()
    value = parse_yaml(when, "rule.yaml", problems)
    read = Reader(WORDS, problems, tags).read(value)
    problems.raise_if_any()
    return read


def rule(name, when, tags=(), **more):
    return TagRule(name, name.upper(), condition(when, tags), Place(f"{name}.yaml"), **more)


def segment(name, when, tags=()):
    return SegmentRule(name, name.upper(), condition(when, tags), Place(f"{name}.yaml"))


def revision(*rules, segments=(), campaigns=None, label="a"):
    library = Library({each.name: each for each in rules})
    return Revision(label, library, {s.name: s for s in segments}, campaigns or {})


def random_when(rng, tags):
    def leaf():
        if tags and rng.random() < 0.35:
            return f"{{ tag: {rng.choice(tags)} }}"
        facts = {"event": rng.choice(EVENTS), "n": rng.randint(1, 3), "days": rng.choice([7, 30])}
        return rng.choice(LEAVES).format(**facts, share=rng.choice([20, 50]))

    parts = ", ".join(leaf() for _ in range(rng.randint(1, 3)))
    return f"{{ {rng.choice(['all', 'any', 'none'])}: [{parts}] }}"


def random_revision(rng, label, old=None):
    """Rules of its own, or those of another revision with some of them changed."""
    rules, segments = {}, {}
    for n in range(7):
        name, tags = f"t.{n}", [f"t.{m}" for m in range(n) if m > 2]
        kept = old and old.library.tags.get(name)
        if kept and rng.random() < 0.7:
            rules[name] = kept
        elif rng.random() < 0.85:
            group = {"group": "stage", "order": rng.randint(0, 1) * 10 + n} if n < 3 else {}
            rules[name] = rule(
                name, random_when(rng, [t for t in tags if t in rules]), tags, **group
            )
    while any(not reads(r) <= set(rules) for r in rules.values()):
        rules = {n: r for n, r in rules.items() if reads(r) <= set(rules)}
    for n in range(2):
        name = f"s{n}"
        kept = old and old.segments.get(name)
        if kept and reads(kept) <= set(rules) and rng.random() < 0.7:
            segments[name] = kept
        else:
            segments[name] = segment(name, random_when(rng, sorted(rules)), tuple(rules))
    campaigns = {"c": rng.choice(["s0", "s1"])}
    return Revision(label, Library(rules), segments, campaigns)


def reads(one):
    return tags_in(one.condition)


def random_people(rng):
    def happening():
        ago = rng.choice([0, 1, 7 * DAY, 7 * DAY - 1, 30 * DAY, rng.randint(0, 40 * DAY)])
        properties = {"amount_fen": rng.choice([50, 100, 150, 250, 90_000])}
        return Happening(rng.choice(EVENTS), CLOCK.at - ago, properties)

    return {
        n: Person(
            {"city": city} if (city := rng.choice(["成都", "重庆", None])) else {},
            [happening() for _ in range(rng.choice([0, 1, 2, 4, 7]))],
        )
        for n in range(1, 31)
    }


def store(connection, people):
    bulk_insert(
        connection,
        "profile",
        ["id", "records", "sources", "created_run_id", "changed_run_id", "city"],
        [(n, 1, 1, 1, 1, person.fields.get("city")) for n, person in people.items()],
    )
    bulk_insert(
        connection,
        "event",
        ["profile_id", "at", "id", "record_id", "source", "type", "amount_fen"],
        [
            (n, e.at, n * 100 + m, n, "test", e.type, e.properties["amount_fen"])
            for n, person in people.items()
            for m, e in enumerate(person.events)
        ],
    )


def reference(side, people):
    """Who carries what, each person judged alone, with cuts counted one by one."""
    library, cuts = side.whole, {}
    for rank in library.ranks:
        told = [Reference(person, CLOCK).answer(rank.question) for person in people.values()]
        told = [a for a in told if a is not None and not (rank.question.counts and a == 0)]
        width = bucket_width(rank)
        lows = [a - a % width for a in told]
        cuts[str(rank)] = cut_of([(low, lows.count(low)) for low in set(lows)], rank)
    carried = {n: tags_of(library, person, CLOCK, cuts) for n, person in people.items()}
    return {name: {n for n, tags in carried.items() if name in tags} for name in library.tags}


def difference(before, after, people):
    """Name to (carriers before, after, who enters, who leaves) of whatever moves."""
    old, new = reference(before, people), reference(after, people)
    sets = {name: (old.get(name, set()), new.get(name, set())) for name in {*old, *new}}
    return {name: (a, b, b - a, a - b) for name, (a, b) in sets.items() if a != b}


def test_a_preview_is_the_difference_of_two_reference_evaluations(engine):
    for seed in range(SEEDS):
        check_preview(engine, random.Random(seed))


def check_preview(engine, rng):
    before = random_revision(rng, "before")
    after = random_revision(rng, "after", before)
    people = random_people(rng)
    loader = lambda _, ids, *__: {n: people[n] for n in ids}  # noqa: E731
    with engine.connect() as connection, connection.begin() as transaction:
        store(connection, people)
        found = compare(connection, before, after, CLOCK, loader, MASKED, samples=100)
        transaction.rollback()
    wanted = difference(before, after, people)
    moves = {key_of(move.kind, move.name): move for move in found.moves}
    assert set(wanted) == {name for name, move in moves.items() if move.moves}
    for name, (old, new, entered, left) in wanted.items():
        assert moves[name].sizes == (len(old), len(new), len(entered), len(left))
        if moves[name].kind is not Kind.CAMPAIGN:
            samples = moves[name].samples
            assert {s.profile_id for s in samples if s.entered} == entered
            assert {s.profile_id for s in samples if not s.entered} == left
            assert all(sample.confirmed for sample in samples)
    assert found.profiles == len(people)
    assert found.same == len({*before.whole.tags, *after.whole.tags}) - len(found.moves)


def test_the_random_worlds_move_every_kind_of_thing():
    moved = set()
    for seed in range(SEEDS):
        rng = random.Random(seed)
        before = random_revision(rng, "before")
        after = random_revision(rng, "after", before)
        moved |= {name.partition(" ")[0] for name in difference(before, after, random_people(rng))}
    assert moved >= {"segment", "campaign", *(f"t.{n}" for n in range(7))}


BUYER = rule("buyer", "{ did: order_paid, count: '>= 2' }")
EASIER = rule("buyer", "{ did: order_paid, count: '>= 1' }")
LOYAL = rule("loyal", "{ all: [{ tag: buyer }, { did: login }] }", ("buyer",))
OTHER = rule("other", "{ did: login }")
READER = segment("readers", "{ tag: loyal }", ("loyal",))


@pytest.fixture
def shop(engine):
    """Three people: one order and a login; two orders; nothing."""
    paid = [Happening("order_paid", CLOCK.at - n, {"amount_fen": 100}) for n in (1, 2)]
    login = Happening("login", CLOCK.at - 5, {"amount_fen": 0})
    people = {1: Person({}, [paid[0], login]), 2: Person({}, paid), 3: Person()}
    with engine.connect() as connection, connection.begin() as transaction:
        store(connection, people)
        yield connection
        transaction.rollback()


def load(connection, ids, clock, library):
    return load_people(connection, WORDS, ids, clock.as_of, library)


def told(connection, before, after, **more):
    return compare(connection, before, after, CLOCK, load, MASKED, **more)


def test_what_reads_a_changed_tag_is_downstream_over_any_number_of_steps(shop):
    sides = [
        revision(one, LOYAL, OTHER, segments=[READER], campaigns={"mail": "readers"})
        for one in (BUYER, EASIER)
    ]
    found = told(shop, *sides)
    assert [(m.kind, m.name, m.change, m.through) for m in found.moves] == [
        (Kind.TAG, "buyer", Change.CHANGED, ()),
        (Kind.TAG, "loyal", Change.DOWNSTREAM, ("buyer",)),
        (Kind.SEGMENT, "readers", Change.DOWNSTREAM, ("loyal",)),
        (Kind.CAMPAIGN, "mail", Change.DOWNSTREAM, ("readers",)),
    ]
    assert [m.sizes for m in found.moves] == [
        (1, 2, 1, 0),
        (0, 1, 1, 0),
        (0, 1, 1, 0),
        (0, 1, 1, 0),
    ]
    assert found.same == 1
    assert found.anybody


def test_reasons_name_the_leaf_that_changed_and_what_was_measured(shop):
    found = told(shop, revision(BUYER, LOYAL), revision(EASIER, LOYAL))
    buyer, loyal = found.moves
    assert [s.profile_id for s in buyer.samples] == [1]
    assert [(r.before, r.after, r.measured.en) for r in buyer.samples[0].reasons] == [
        (None, True, "1"), (False, None, "1"),
    ]  # fmt: skip
    assert "order_paid" in buyer.samples[0].reasons[0].says.en
    (reason,) = loyal.samples[0].reasons  # the login held on both sides and explains nothing
    assert (reason.before, reason.after) == (False, True)
    assert "buyer" in reason.says.en


def test_a_new_tag_and_one_removed_are_told_with_everybody_they_had(shop):
    found = told(shop, revision(BUYER, OTHER), revision(OTHER, rule("all.of", "always")))
    assert [(m.name, m.change, m.sizes) for m in found.moves] == [
        ("all.of", Change.NEW, (0, 3, 3, 0)), ("buyer", Change.REMOVED, (1, 0, 0, 1)),
    ]  # fmt: skip


def test_a_member_of_an_exclusive_group_moves_what_comes_after_it(shop):
    second = rule("second", "{ did: login }", group="g", order=2)
    sides = [
        revision(
            rule("first", f"{{ did: order_paid, count: '>= {n}' }}", group="g", order=1), second
        )
        for n in (2, 1)
    ]
    found = told(shop, *sides)
    assert [(m.name, m.change, m.sizes.entered, m.sizes.left) for m in found.moves] == [
        ("first", Change.CHANGED, 1, 0), ("second", Change.DOWNSTREAM, 0, 1),
    ]  # fmt: skip


def test_a_campaign_that_goes_to_another_segment_changes_its_people(shop):
    segments = [segment("all", "always"), segment("buyers", "{ did: order_paid }")]
    sides = [revision(segments=segments, campaigns={"mail": to}) for to in ("all", "buyers")]
    (move,) = told(shop, *sides).moves
    assert (move.kind, move.change, move.sizes) == (Kind.CAMPAIGN, Change.CHANGED, (3, 2, 0, 1))
    assert move.samples == ()


def test_the_same_rules_in_other_words_move_nothing_and_are_not_computed(shop):
    again = TagRule("buyer", "another title", BUYER.condition, Place("b.yaml"), owner="mei")
    found = told(shop, revision(BUYER), revision(again))
    assert (found.moves, found.same, found.anybody) == ((), 1, False)


def test_samples_are_shared_between_both_directions(shop):
    before = revision(rule("x", "{ did: login }"))
    after = revision(rule("x", "{ none: [{ did: login }] }"))
    for number, wanted in ((1, [(2, True)]), (2, [(2, True), (1, False)]), (0, [])):
        (move,) = told(shop, before, after, samples=number).moves
        assert [(s.profile_id, s.entered) for s in move.samples] == wanted
    (move,) = told(shop, before, after, samples=9).moves
    assert [s.profile_id for s in move.samples if s.entered] == [2, 3]


def test_only_the_tags_asked_for_are_looked_at(shop):
    sides = revision(BUYER, LOYAL, segments=[READER]), revision(EASIER, LOYAL, segments=[READER])
    assert [m.name for m in told(shop, *sides, only=["loyal"]).moves] == ["loyal"]
    with pytest.raises(HeliuError, match=r"a tag 'loyl' \(did you mean 'loyal'"):
        told(shop, *sides, only=["loyl"])


def test_a_disagreement_of_the_engines_is_told_not_hidden(shop):
    nobody = lambda _, ids, *__: dict.fromkeys(ids, Person())  # noqa: E731
    found = compare(shop, revision(BUYER), revision(EASIER), CLOCK, nobody, MASKED)
    assert [s.confirmed for s in found.moves[0].samples] == [False]


def test_hands_and_selects_are_judged_by_both_engines_alike(shop, tmp_path):
    bulk_insert(
        shop,
        "hand_tag",
        ["record_id", "profile_id", "tag", "holds", "who", "why", "at"],
        [(3, 3, "vip", True, "mei", "", CLOCK.at - 1)],
    )
    sides = []
    for side, number in (("a", 1), ("b", 2)):
        folder = tmp_path / side / "rules/tags"
        folder.mkdir(parents=True)
        examples = "examples: [{ given: {}, sql: true, holds: true }, { given: {}, holds: false }]"
        select = f"SELECT profile_id FROM event GROUP BY profile_id HAVING count(*) > {number}"
        (folder / "busy.yaml").write_text(f"tag: busy\ntitle: t\nsql: {select}\n{examples}\n")
        if side == "a":
            (folder / "vip.yaml").write_text("tag: vip\ntitle: t\nmanual: true\n")
        problems = Problems()
        sides.append(Revision(side, load_library([tmp_path / side], WORDS, problems)))
        problems.raise_if_any()
    busy, vip = told(shop, *sides).moves
    assert (busy.sizes, vip.sizes) == ((2, 0, 0, 2), (1, 0, 0, 1))
    assert [(s.profile_id, s.confirmed) for s in (*busy.samples, *vip.samples)] == [
        (1, True), (2, True), (3, True),
    ]  # fmt: skip


def test_nothing_is_left_behind(shop):
    told(shop, revision(BUYER), revision(EASIER))
    again = told(shop, revision(BUYER), revision(EASIER))  # the TEMP tables are free again
    assert again.moves[0].sizes.entered == 1
