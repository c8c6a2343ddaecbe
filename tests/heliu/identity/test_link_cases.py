"""Hand-written stories of records that come, change and go, and who is who at the end."""

import json
from typing import Any

import pytest

from heliu.identity.policy import Policy
from heliu.identity.records import Decision
from heliu.identity.resolution import Resolution
from heliu.identity.resolve import resolve

NAMES = {"birth": "birthday"}
IGNORED = {"id", "at"}  # times prove nothing about who it is


class Story:
    """Plays the steps of a case; ids are given in order of first appearance."""

    def __init__(self, a_record: Any) -> None:
        self.a_record = a_record
        self.ids: dict[str, int] = {}
        self.rows: dict[str, dict[str, str]] = {}
        self.decisions: list[Decision] = []
        self.policy = Policy()

    def upsert(self, *rows: dict[str, str]) -> None:
        for row in rows:
            self.ids.setdefault(row["id"], len(self.ids) + 1)
            self.rows[row["id"]] = row

    def delete(self, *keys: str) -> None:
        for key in keys:
            del self.rows[key]

    def decide(self, verdict: Any, left: str, right: str) -> None:
        self.decisions.append(Decision(verdict, self.ids[left], self.ids[right]))

    def retract(self, *pair: str) -> None:
        ids = {self.ids[key] for key in pair}
        self.decisions = [one for one in self.decisions if {one.left, one.right} != ids]

    def block(self, type_: str, value: str) -> None:
        self.policy = self.policy.blocking(type_, value)

    def resolve(self) -> Resolution:
        records = [
            self.a_record(
                self.ids[key],
                policy=self.policy,
                **{NAMES.get(word, word): row[word] for word in row.keys() - IGNORED},
            )
            for key, row in self.rows.items()
        ]
        return resolve(records, self.policy, self.decisions)

    def keys(self, ids: Any) -> list[str]:
        key_of = {id_: key for key, id_ in self.ids.items()}
        return sorted(key_of[id_] for id_ in ids)


@pytest.fixture
def story(a_record):
    return Story(a_record)


def played(story: Story, case: dict[str, str]) -> Resolution:
    for step in json.loads(case["steps"]):
        for verb, arguments in step.items():
            getattr(story, verb)(*arguments)
    return story.resolve()


def partition(story: Story, resolution: Resolution) -> list[list[str]]:
    groups: dict[int, list[int]] = {}
    for record, profile in resolution.profile_of.items():
        groups.setdefault(profile, []).append(record)
    return sorted(story.keys(group) for group in groups.values())


def test_the_right_people_come_out(story, link_case):
    resolution = played(story, link_case)
    expected = json.loads(link_case["expected"])
    found = partition(story, resolution)
    if expected == "merge or review":
        assert len(found) == 1 or resolution.review, link_case["why"]
    else:
        assert found == sorted(map(sorted, expected)), link_case["why"]


def test_the_right_pairs_wait_for_a_human(story, link_case):
    resolution = played(story, link_case)
    expected = json.loads(link_case["review"])
    if expected == "any":
        return
    pairs = sorted(story.keys(pair) for pair in resolution.review)
    if isinstance(expected, str):  # "one alert, no pairs"
        assert (len(resolution.demoted), pairs) == (1, []), link_case["why"]
    else:
        assert pairs == sorted(map(sorted, expected)), link_case["why"]


def test_a_profile_is_named_by_its_smallest_record(story, link_case):
    resolution = played(story, link_case)
    for record, profile in resolution.profile_of.items():
        assert profile <= record
        assert resolution.profile_of[profile] == profile
