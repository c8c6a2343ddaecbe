"""The Senzing demo truth set by its own sources.yaml: fathers and sons, twins, people and firms.

Read from the folder HELIU_BENCH_DATA names, as the benchmarks do; without it these are skipped.
"""

import csv
import os
import shutil
from collections import defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems
from heliu.identity.normalise import normalise_records
from heliu.identity.policy_file import load_policy
from heliu.identity.records import RawIdentifier, RawRecord
from heliu.identity.resolve import resolve
from heliu.rules.vocabulary import STANDARD_FIELDS
from heliu.sources.config import load_sources
from heliu.sources.identifiers import types_of
from heliu.sources.mapping import mapper

ROOT = Path(__file__).parents[3]
FIRM = ROOT / "benchmarks" / "identity" / "senzing_truthset"
DATA = Path(os.environ.get("HELIU_BENCH_DATA", ROOT / "benchmarks" / "data")) / "senzing_truthset"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the Senzing truth set isn't here")


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("senzing")
    for file in [*DATA.glob("*.csv"), *FIRM.iterdir()]:
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def profile_of(firm):
    """(source, record key) to profile."""
    problems = Problems()
    sources = load_sources(firm, problems)
    policy = load_policy(firm / "policy.yaml", problems, declared=types_of(sources))
    problems.raise_if_any()
    raws = []
    for spec in sources:
        said_by = mapper(spec, ZoneInfo("UTC"))
        for row in rows(spec.files[0]):
            said = said_by(row)
            raws.append(
                RawRecord(
                    len(raws) + 1,
                    spec.name,
                    row["RECORD_ID"],
                    spec.trust,
                    spec.channel,
                    dict(said.fields),
                    [RawIdentifier(*one) for one in said.identifiers],
                )
            )
    profiles = resolve(normalise_records(raws, policy, STANDARD_FIELDS), policy).profile_of
    return {(raw.source, raw.source_key): profiles[raw.record_id] for raw in raws}


@pytest.fixture(scope="module")
def groups(firm):
    """Cluster of the key to its members."""
    found = defaultdict(set)
    for row in rows(firm / "actual_truthset_key.csv"):
        found[row["CLUSTER_ID"]].add((row["DATA_SOURCE"].lower(), row["RECORD_ID"]))
    return found


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def missed(groups, profile_of):
    return {name for name, group in groups.items() if len({profile_of[one] for one in group}) > 1}


def test_nobody_is_put_together_with_somebody_else(groups, profile_of):
    cluster_of = {one: name for name, group in groups.items() for one in group}
    clusters = defaultdict(set)
    for one, profile in profile_of.items():
        clusters[profile].add(cluster_of[one])
    assert all(len(found) == 1 for found in clusters.values())


def test_most_groups_are_as_in_the_key(groups, profile_of):
    assert len(groups) - len(missed(groups, profile_of)) >= 60


def test_the_docs_explain_every_group_that_is_missed(groups, profile_of):
    told = (ROOT / "docs" / "identity.md").read_text("utf-8")
    assert {name for name in missed(groups, profile_of) if name not in told} == set()
