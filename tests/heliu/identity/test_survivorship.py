"""Golden values: one each, whoever comes first, and with the reason."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.identity.policy import Policy
from heliu.identity.records import Key
from heliu.identity.survivorship import Golden, golden
from heliu.rules.vocabulary import VERIFIED

NO_HURRY = settings(deadline=None)  # dictionaries load on first use


def test_a_value_only_one_record_tells_needs_no_rule(a_record):
    members = [a_record(1, city="成都"), a_record(2, name="张伟国")]
    values = golden(members, Policy())
    assert values["city"] == Golden("成都", 1, "only value")
    assert values["province"] == Golden("四川", 1, "only value")
    assert values["name"] == Golden("张伟国", 2, "only value")


def test_the_trusted_source_wins_a_name_and_says_so(a_record):
    members = [a_record(1, name="张伟国", trust=10), a_record(2, name="章伟国", trust=90)]
    assert golden(members, Policy())["name"] == Golden("章伟国", 2, "trusted")


def test_a_full_name_beats_a_surname_however_trusted(a_record):
    members = [a_record(1, name="张总", trust=90), a_record(2, name="张伟国", trust=10)]
    assert golden(members, Policy())["name"] == Golden("张伟国", 2, "fuller name")


def test_a_surname_with_its_title_is_better_than_no_name(a_record):
    assert golden([a_record(1, name="李女士")], Policy())["name"].value == "李女士"


def test_the_most_frequent_phone_wins_then_the_newest(a_record):
    members = [
        a_record(1, phone="13912345678", updated_at=9),
        a_record(2, phone="13712345678", updated_at=5),
        a_record(3, phone="13712345678", updated_at=1),
    ]
    assert golden(members, Policy())["phone"] == Golden("+8613712345678", 2, "most frequent")
    assert golden(members[:2], Policy())["phone"] == Golden("+8613912345678", 1, "newest")


def test_first_met_and_last_told_span_all_records(a_record):
    members = [
        a_record(1, source="h5", created_at=50, updated_at=60),
        a_record(2, source="crm", created_at=20, updated_at=30),
        a_record(3, source="shop"),
    ]
    values = golden(members, Policy())
    assert values["created_at"] == Golden(20, 2, "earliest")
    assert values["source_channel"] == Golden("crm", 2, "earliest")
    assert values["updated_at"] == Golden(60, 1, "newest")


def test_a_tie_goes_to_the_smallest_record(a_record):
    members = [a_record(2, gender="男"), a_record(1, gender="女")]
    assert golden(members, Policy())["gender"] == Golden("f", 1, "first record")


def test_a_demoted_phone_is_passed_over_for_the_next_in_the_cell(a_record):
    record = a_record(1, phone="13912345678/13712345678")
    demoted = {Key("phone", "", "+8613912345678")}
    assert golden([record], Policy())["phone"].value == "+8613912345678"
    assert golden([record], Policy(), demoted)["phone"].value == "+8613712345678"
    assert "phone" not in golden([a_record(2, phone="13912345678")], Policy(), demoted)


def test_a_landline_is_nobody_s_phone(a_record):
    assert "phone" not in golden([a_record(1, phone="010-62345678")], Policy())


def test_a_firm_s_own_rule_is_followed(a_record):
    policy = replace(Policy(), survivorship={"city": ("newest",)})
    members = [
        a_record(1, city="成都", trust=90, updated_at=1),
        a_record(2, city="武汉", trust=10, updated_at=2),
    ]
    assert golden(members, Policy())["city"].value == "成都"
    assert golden(members, policy)["city"] == Golden("武汉", 2, "newest")


TOLD = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["张伟国", "章伟国", "张总", ""]),
        "city": st.sampled_from(["成都", "武汉", ""]),
        "trust": st.integers(0, 2),
        "created_at": st.sampled_from([None, 1, 2]),
        "updated_at": st.sampled_from([None, 1, 2]),
    }
)


@NO_HURRY
@given(told=st.lists(TOLD, min_size=1, max_size=6), random=st.randoms(use_true_random=False))
def test_the_order_of_members_changes_no_golden_value(a_record, told, random):
    members = [a_record(n, **one) for n, one in enumerate(told, 1)]
    assert golden(random.sample(members, len(members)), Policy()) == golden(members, Policy())


def test_a_verified_phone_beats_a_frequent_one(a_record):
    members = [
        a_record(1, phone="13912345678"),
        a_record(2, phone="13912345678"),
        vouching(a_record(3, phone="13712345678"), "phone"),
    ]
    assert golden(members, Policy())["phone"] == Golden("+8613712345678", 3, "verified")
    assert VERIFIED not in golden(members, Policy())


def test_the_longest_value_wins_where_the_firm_says_so(a_record):
    policy = replace(Policy(), survivorship={"company": ("longest",)})
    members = [a_record(1, company="华信", trust=90), a_record(2, company="华信教育")]
    assert golden(members, policy)["company"] == Golden("华信教育", 2, "longest")


def vouching(record, *fields):
    return record._replace(attributes={**record.attributes, VERIFIED: " ".join(fields)})
