"""A run that looks at what changed says what one that looks at everything would."""

import random
from dataclasses import replace

import pytest

from heliu.identity.policy import Policy
from heliu.identity.records import Decision
from heliu.identity.tables.state import forget_rules
from heliu.identity.tables.store import read_otherwise, save_normalised
from models.database import migrate, open_database, writing

TABLES = {
    "profile": "id",
    "membership": "record_id, from_run_id",
    "golden_value": "profile_id, attribute",
    "edge": "left_id, right_id, kind, type, scope, value",
    "demotion": "type, scope, value",
    "review_item": "left_id, right_id",
    "alias": "old_id, from_run_id",
    "handover": "profile_id",
    "identifier": "record_id, type, scope, value",
    "event": "profile_id, at, id",
    "stale_record": "record_id",
    "stale_value": "type, scope, value",
}
# Limits so low that random people reach them.
TIGHT = replace(Policy(), max_names=2, max_names_strong=2, max_holders=5, max_growth=10_000,
                max_moved_percent=100)  # fmt: skip
NAMES = ["", "", "张伟国", "Zhang Weiguo", "张总", "李静", "王芳", "赵敏", "W Zhang", "钱程"]


def contents(firm):
    found = {}
    for table, order in TABLES.items():
        found[table] = firm.rows(f"SELECT * FROM {table} ORDER BY {order}")
    found["unify_state"] = firm.rows("SELECT counts FROM unify_state")
    found["profile_event"] = firm.rows(
        "SELECT run_id, profile_id, what, other_id FROM profile_event"
        " ORDER BY run_id, profile_id, what"
    )
    return found


class Lives:
    """People whose records come, change, go, come back and are decided on, at random."""

    def __init__(self, seed: int, a_record, values: int = 12) -> None:
        self.chance = random.Random(seed)
        self.a_record = a_record
        self.values = values
        self.ids: list[int] = []
        self.gone: set[int] = set()
        self.said: list[Decision] = []

    def told(self) -> dict[str, str]:
        pick, number = self.chance.choice, self.chance.randrange
        return {
            "name": pick(NAMES),
            "phone": pick(["", f"139123456{number(self.values):02d}", "010-62345678"]),
            "email": pick(["", "", f"q{number(self.values)}@qq.com", "hr@firm.cn"]),
            "unionid": pick(["", "", f":u{number(self.values)}"]),
            "openid": pick(["", "", f"app:o{number(self.values)}"]),
            "birthday": pick(["", "", "1990-05-06", "1991-01-01"]),
            "city": pick(["", "成都", "武汉"]),
        }

    def batch(self):
        """Steps: (verb, arguments) to be done to a firm."""
        chance = self.chance
        fresh = [len(self.ids) + n for n in range(1, chance.randint(1, 4))]
        self.ids += fresh
        yield "add", [self.a_record(n, **self.told()) for n in fresh]
        living = sorted(set(self.ids) - self.gone)
        gone = chance.sample(living, min(len(living), chance.randint(0, 2)))
        self.gone |= set(gone)
        yield "delete", gone
        back = chance.sample(sorted(self.gone), min(len(self.gone), chance.randint(0, 1)))
        self.gone -= set(back)
        changed = chance.sample(living, min(len(living), chance.randint(0, 3)))
        again = sorted((set(back) | set(changed)) - self.gone)
        yield "change", [self.a_record(n, **self.told()) for n in again]
        if len(self.ids) > 1 and chance.random() < 0.3:
            pair = chance.sample(self.ids, 2)
            yield "decide", [Decision(chance.choice(["same", "different"]), *pair)]


def play(firms, steps):
    for verb, arguments in steps:
        for firm in firms:
            if arguments:
                getattr(firm, verb)(*arguments)


@pytest.fixture
def a_tight_firm(tmp_path, a_firm):
    """Firms on databases of their own, under tight limits."""
    engines = []

    def make(name="one"):
        engine = open_database(f"sqlite:///{tmp_path}/{name}.db")
        engines.append(engine)
        migrate(engine)
        firm = a_firm(engine)
        firm.policy = TIGHT
        return firm

    yield make
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("seed", range(2))
def test_an_incremental_firm_is_the_twin_of_one_that_resolves_everything(
    seed, a_tight_firm, a_record
):
    twins = [a_tight_firm("incremental"), a_tight_firm("full")]
    lives = Lives(seed, a_record, values=12 + 6 * seed)
    for _ in range(50):
        play(twins, list(lives.batch()))
        counts = [twins[0].unify(), twins[1].unify(full=True)]
        assert counts[0] == counts[1]
        assert contents(twins[0]) == contents(twins[1])


@pytest.mark.parametrize("seed", range(100, 105))
def test_after_two_hundred_batches_a_full_run_finds_nothing_to_mend(seed, a_tight_firm, a_record):
    firm = a_tight_firm()
    lives = Lives(seed, a_record, values=6 + 4 * (seed - 100))
    for number in range(200):
        play([firm], list(lives.batch()))
        firm.unify()
        if number % 4 == 3:
            before = contents(firm)
            assert firm.unify(full=True).written == 0
            assert contents(firm) == before


@pytest.mark.parametrize("seed", [11, 12])
def test_neither_order_nor_size_of_batches_decides_who_is_who(seed, a_tight_firm, a_record):
    lives = Lives(seed, a_record)
    records = [lives.a_record(n, **lives.told()) for n in range(1, 80)]
    outcomes = []
    for name, size in (("one", 80), ("few", 7), ("many", 1)):
        firm = a_tight_firm(name)
        order = list(records)
        if name != "one":
            lives.chance.shuffle(order)
        for start in range(0, len(order), size):
            firm.add(*order[start : start + size])
            firm.unify()
        outcomes.append(
            [
                firm.profiles(),
                firm.rows("SELECT * FROM golden_value ORDER BY profile_id, attribute"),
                firm.rows(
                    "SELECT left_id, right_id, reason FROM review_item"
                    " WHERE closed_run_id IS NULL ORDER BY 1, 2"
                ),
                firm.rows("SELECT type, scope, value, holders, names FROM demotion ORDER BY 1, 3"),
            ]
        )
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_an_unchanged_firm_costs_no_look_at_its_records(firm, a_record):
    firm.add(*(a_record(n, phone="13912345678", name="张伟国") for n in (1, 2)))
    firm.unify()
    assert firm.unify().written == 0
    assert firm.rows("SELECT run_id FROM unify_state") == [(1,)]  # nothing was published anew


def test_records_read_by_rules_that_were_taken_back_are_all_resolved_again(firm, a_record):
    firm.add(*(a_record(n, phone="13912345678", name="张伟国") for n in (1, 2)))
    firm.unify()
    with writing(firm.engine) as connection:  # a run under other rules, stopped before publishing
        forget_rules(connection)
        other = [a_record(1, phone="13712345678", name="李静")]
        save_normalised(connection, other, "other key", note_stale=False)
        assert read_otherwise(connection, "key")
    firm.unify()
    assert firm.profiles() == {1: 1, 2: 2}
