"""A firm's policy.yaml: what it may say, and every mistake with its place."""

from heliu.documents import Problems
from heliu.identity.policy import Policy, load_policy


def loaded(tmp_path, text):
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    policy = load_policy(path, problems)
    return policy, [
        (problem.place.line, problem.place.column, problem.says) for problem in problems.found
    ]


def test_no_file_is_the_default_policy():
    assert load_policy(None, Problems()) == Policy()


def test_a_file_overrides_what_it_names_and_nothing_else(tmp_path):
    policy, problems = loaded(
        tmp_path,
        """\
region: US
blocked: { phone: ["139-1234-5678"], email: [Sales@Firm.cn] }
limits: { names: 3, holders: 40 }
trust: { crm: 90 }
survivorship: { city: [newest, trusted] }
""",
    )
    assert problems == []
    assert policy.blocked == {("phone", "+8613912345678"), ("email", "sales@firm.cn")}
    assert (policy.region, policy.max_names, policy.max_holders) == ("US", 3, 40)
    assert policy.trust == {"crm": 90}
    assert policy.survivorship["city"] == ("newest", "trusted")
    assert policy.survivorship["name"] == Policy().survivorship["name"]
    assert policy.one_per_profile == Policy().one_per_profile


def test_every_mistake_is_told_with_its_place(tmp_path):
    policy, problems = loaded(
        tmp_path,
        """\
regoin: CN
blocked: { phone: [none] }
limits: { names: few }
trust: [crm]
survivorship: { town: [newest], city: [newset] }
""",
    )
    assert problems == [
        (1, 1, "unknown key 'regoin' of a policy (did you mean 'region'?)"),
        (2, 20, "no phone can be read from this, so it is never used"),
        (3, 18, "limits: names must be a whole number, 0 or more"),
        (4, 8, "trust must be a mapping"),
        (5, 17, "unknown field 'town'"),
        (5, 40, "unknown rule (did you mean 'newest'?)"),
    ]
    assert policy.max_names == Policy().max_names


def test_equal_policies_have_one_hash_and_others_another():
    one = Policy().blocking("phone", "+861").blocking("email", "a@b.cn")
    other = Policy().blocking("email", "a@b.cn").blocking("phone", "+861")
    assert one.hash == other.hash
    assert one.hash != Policy().hash
