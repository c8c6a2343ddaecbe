"""With matching too, a run that looks at what changed says what a look at everything would."""

import random
from dataclasses import replace

import pytest

from heliu.identity.matching.matcher import Matcher
from heliu.identity.tables.audit import AuditStop
from models.database import migrate, open_database

TABLES = ("profile", "membership", "golden_value", "edge", "review_item", "alias", "identifier")


@pytest.fixture
def parish(model, a_firm, tmp_path):
    """A firm that matches; a key on more than six records brings nobody together."""
    engine = open_database(f"sqlite:///{tmp_path}/parish.db")
    migrate(engine)
    firm = a_firm(engine)
    firm.matcher = Matcher(replace(model, max_holders=6, review_at=-3.0))
    firm.policy = replace(firm.policy, max_moved_percent=100, max_growth=1000)
    yield firm
    engine.dispose()


def contents(firm):
    return {table: sorted(map(repr, firm.rows(f"SELECT * FROM {table}"))) for table in TABLES}


@pytest.mark.parametrize("seed", range(2))
def test_a_full_run_finds_nothing_to_mend(seed, parish, village):
    chance = random.Random(seed)
    waiting = [unit[0] for unit in village[0]][:260]
    chance.shuffle(waiting)
    parish.add(*(waiting.pop() for _ in range(100)))
    parish.unify()
    for _ in range(20):
        living = sorted(parish.profiles())
        fresh = [waiting.pop() for _ in range(min(len(waiting), chance.randint(0, 8)))]
        if fresh:
            parish.add(*fresh)
        first, second = chance.sample(living, 2)
        # One person's record is told as another's: it must be matched anew.
        other = parish.told[second]
        parish.change(other._replace(record_id=first, source_key=parish.told[first].source_key))
        parish.delete(*chance.sample([id_ for id_ in living if id_ != first], 2))
        parish.unify()
        before = contents(parish)
        assert parish.unify(full=True).written == 0
        assert contents(parish) == before
    kinds = dict(parish.rows("SELECT kind, count(*) FROM edge GROUP BY kind"))
    assert kinds["probabilistic"] > 10  # else nothing was tried


def test_a_first_model_may_move_many_and_a_second_may_not(parish, village, model):
    matcher, parish.matcher = parish.matcher, None
    parish.policy = replace(parish.policy, max_moved_percent=5)
    records = [unit[0] for unit in village[0]]
    parish.add(*records)
    parish.unify()
    apart = len(set(parish.profiles().values()))

    def learn(matcher):
        parish.matcher = matcher
        parish.policy = replace(parish.policy, model_hash=matcher.hash)
        parish.change(*records)  # their keys are the model's
        parish.unify(full=True)

    learn(matcher)
    assert len(set(parish.profiles().values())) < 0.9 * apart
    with pytest.raises(AuditStop):
        learn(Matcher(replace(model, link_at=15.0, review_at=15.0)))
