"""The bar on the bundled firm's customers: what comparing finds beyond identifiers."""

import csv
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems
from heliu.identity.graph import graph_of
from heliu.identity.matching.matcher import Matcher
from heliu.identity.matching.model import load_model
from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import RawIdentifier, RawRecord
from heliu.identity.resolve import resolve, resolve_graph
from heliu.rules.vocabulary import STANDARD_FIELDS
from heliu.sources.config import load_sources
from heliu.sources.mapping import map_record
from heliu.sources.reader import Reading, parse_payload
from heliu.sources.records import read_records

ROOT = Path(__file__).parents[4]
TRUTH = ROOT / "tests" / "data" / "cn_edu_dev" / "truth.csv"
MODEL = ROOT / "tests" / "data" / "cn_edu_dev" / "matching.json"
ZONE = ZoneInfo("Asia/Shanghai")

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def truth():
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["record_id"]): row["person_id"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def raws(truth):
    raws: list[RawRecord] = []
    labelled = {source for source, _ in truth}
    for spec in load_sources(ROOT / "examples" / "firm", Problems()):
        if spec.name in labelled:
            for key, record in sorted(read_records(spec, ZONE, Reading()).items()):
                said = map_record(spec, parse_payload(record.payload), ZONE)
                identifiers = [RawIdentifier(*one[:3]) for one in said.identifiers]
                raws.append(
                    RawRecord(
                        len(raws) + 1, spec.name, key, 50, spec.name, dict(said.fields), identifiers
                    )
                )
    return raws


@pytest.fixture(scope="module")
def records(raws):
    return list(normalise_records(raws, Policy(), STANDARD_FIELDS))


@pytest.fixture(scope="module")
def certain(records):
    return resolve(records, Policy())


@pytest.fixture(scope="module")
def likely(records):
    """With the model that `train_matching` learnt from these very records, without labels."""
    by_id = {record.record_id: record for record in records}
    matcher = Matcher(load_model(MODEL))

    def match(units):
        return matcher.match([[by_id[record] for record in unit] for unit in units])

    return resolve_graph(graph_of(records, Policy()), Policy(), matcher=match)


def quality(profile_of, person_of):
    def pairs(groups):
        return sum(size * (size - 1) // 2 for size in Counter(groups).values())

    rightly = pairs((profile_of[record], person) for record, person in person_of.items())
    return rightly / pairs(profile_of.values()), rightly / pairs(person_of.values())


def test_comparing_finds_more_and_stays_as_right(certain, likely, raws, truth):
    person_of = {raw.record_id: truth[raw.source, raw.source_key] for raw in raws}
    precision, recall = quality(likely.profile_of, person_of)
    assert precision >= 0.996
    assert recall >= 0.54
    assert recall > quality(certain.profile_of, person_of)[1] + 0.02
    assert max(Counter(likely.profile_of.values()).values()) <= 11


def test_no_more_waits_for_a_human_than_can_be_looked_at(likely, raws):
    assert len(likely.questions) <= 0.02 * len(raws)
