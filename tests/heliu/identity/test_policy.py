"""A firm's policy.yaml: what it may say, and every mistake with its place."""

from dataclasses import replace

import pytest

from heliu.documents import Problems
from heliu.identity.policy import Policy
from heliu.identity.policy_file import load_policy
from heliu.rules.identifiers import IdentifierType, ReadAs
from models import Strength


def loaded(tmp_path, text, **known):
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    policy = load_policy(path, problems, **known)
    return policy, [
        (problem.place.line, problem.place.column, problem.says) for problem in problems.found
    ]


def test_no_file_is_the_default_policy():
    assert load_policy(None, Problems()) == Policy()


def test_a_file_overrides_what_it_names_and_nothing_else(tmp_path):
    policy, problems = loaded(
        tmp_path,
        """\
version: 3
region: US
blocked: { phone: ["+86 139-1234-5678", 702-919-1300], email: [Sales@Firm.cn] }
limits: { names: 3, holders: 40, delivered: 500 }
trust: { crm: 90 }
survivorship: { city: [newest, longest], otherwise: [verified] }
audit: { moved_percent: 10, growth: 3 }
""",
    )
    assert problems == []
    assert policy.blocked == {
        ("phone", "+8613912345678"),
        ("phone", "+17029191300"),
        ("email", "sales@firm.cn"),
    }
    assert (policy.edition, policy.region, policy.max_names) == (3, "US", 3)
    assert (policy.max_holders, policy.max_delivered) == (40, 500)
    assert policy.trust == {"crm": 90}
    assert policy.survivorship["city"] == ("newest", "longest")
    assert policy.otherwise == ("verified",)
    assert policy.survivorship["name"] == Policy().survivorship["name"]
    assert policy.one_per_profile == Policy().one_per_profile
    assert (policy.max_moved_percent, policy.max_growth) == (10, 3)


def test_every_mistake_is_told_with_its_place(tmp_path):
    policy, problems = loaded(
        tmp_path,
        """\
regoin: CN
version: first
blocked: { phone: [none], fone: [1] }
limits: { names: few, holders: 1 }
trust: { cmr: 9 }
one_per_profile: [unionid, openjd]
survivorship: { town: [newest], city: [newset] }
audit: { growth: 1 }
""",
        sources=["crm"],
    )
    assert sorted(problems) == [
        (1, 1, "unknown key 'regoin' of a policy (did you mean 'region'?)"),
        (2, 10, "version must be a whole number from 1"),
        (3, 20, "no phone can be read from this, so it is never used"),
        (3, 27, "unknown identifier 'fone' (did you mean 'phone'?)"),
        (4, 18, "limits: names must be a whole number, 0 or more"),
        (4, 32, "limits: holders must be 2 or more"),
        (5, 10, "unknown source 'cmr' (did you mean 'crm'?)"),
        (6, 28, "unknown identifier 'openjd' (did you mean 'openid'?)"),
        (7, 17, "unknown field 'town'"),
        (7, 40, "unknown rule (did you mean 'newest'?)"),
        (8, 10, "audit: growth must be 2 or more"),
    ]
    assert policy.max_names == Policy().max_names


def test_equal_policies_have_one_hash_and_others_another():
    one = Policy().blocking("phone", "+861").blocking("email", "a@b.cn")
    other = Policy().blocking("email", "a@b.cn").blocking("phone", "+861")
    assert one.hash == other.hash
    assert one.hash != Policy().hash


@pytest.mark.parametrize("guard", ["max_moved_percent", "max_growth", "max_delivered"])
def test_what_only_stops_a_run_reads_nothing_anew(guard):
    assert replace(Policy(), **{guard: 77}).hash == Policy().hash
    assert replace(Policy(), edition=2).hash != Policy().hash


def test_declared_types_are_policy_like_the_standard_ones(tmp_path):
    card = IdentifierType(Strength.MEDIUM, one_per_profile=True, read_as=ReadAs.DOCUMENT)
    policy, problems = loaded(
        tmp_path, "blocked: { card: [ab-1] }\n", declared={"card": card, "phone": IdentifierType()}
    )
    assert problems == []
    assert policy.blocked == {("card", "AB1")}
    assert (policy.strengths["card"], policy.read_as["card"]) == (Strength.MEDIUM, ReadAs.DOCUMENT)
    assert "card" in policy.one_per_profile
    assert policy.strengths["phone"] is Strength.STRONG
    assert policy.hash != Policy().hash
