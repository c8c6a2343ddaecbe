"""Properties of resolving that no case can show alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import Decision, NormalisedRecord, RawIdentifier, RawRecord
from heliu.identity.resolve import resolve
from heliu.rules.vocabulary import STANDARD_FIELDS
from models import EdgeStatus

NO_HURRY = settings(deadline=None)  # dictionaries load on first use


PHONES = ["13912345678", "13712345678", "+86 139 1234 5678", "010-62345678", "无"]
NAMES = ["", "张伟国", "Weiguo Zhang", "李静", "张总", "王芳", "平安是福", "W Zhang"]
EMAILS = ["", "q1@qq.com", "Q1@qq.com", "hr@firm.cn"]
UNIONIDS = ["", "", "u1", "u2", "u3"]


def a_raw(record_id: int, told: tuple[str, ...]) -> RawRecord:
    name, phone, email, unionid, birthday = told
    identifiers = [
        RawIdentifier("phone", "", phone),
        RawIdentifier("email", "", email),
        RawIdentifier("unionid", "", unionid),
    ]
    fields = {"name": name, "birthday": birthday}
    return RawRecord(record_id, "crm", str(record_id), 1, "crm", fields, identifiers)


def normalised(told: list[tuple[str, ...]]) -> list[NormalisedRecord]:
    raws = (a_raw(n, one) for n, one in enumerate(told, 1))
    return list(normalise_records(raws, Policy(), STANDARD_FIELDS))


TOLD = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(PHONES),
    st.sampled_from(EMAILS),
    st.sampled_from(UNIONIDS),
    st.sampled_from(["", "1990-05-06"]),
)
RECORDS = st.lists(TOLD, min_size=1, max_size=14).map(normalised)
DECISIONS = st.lists(
    st.builds(
        Decision,
        st.sampled_from(["same", "different"]),
        st.integers(1, 16),
        st.integers(1, 16),
    ),
    max_size=4,
)


@NO_HURRY
@given(records=RECORDS, decisions=DECISIONS, random=st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(records, decisions, random):
    shuffled = random.sample(records, len(records))
    assert resolve(shuffled, Policy(), decisions) == resolve(records, Policy(), decisions)


@NO_HURRY
@given(records=RECORDS, decisions=DECISIONS)
def test_every_record_is_in_the_profile_of_its_smallest_fellow(records, decisions):
    profile_of = resolve(records, Policy(), decisions).profile_of
    assert profile_of.keys() == {record.record_id for record in records}
    for profile in profile_of.values():
        assert profile == min(r for r, p in profile_of.items() if p == profile)


@NO_HURRY
@given(records=RECORDS)
def test_nobody_gets_two_unionids(records):
    resolution = resolve(records, Policy())
    held: dict[int, set[str]] = {}
    for record in records:
        for key, _, _ in record.identifiers:
            if key.type == "unionid":
                held.setdefault(resolution.profile_of[record.record_id], set()).add(key.value)
    assert all(len(values) == 1 for values in held.values())


@NO_HURRY
@given(records=RECORDS, decisions=DECISIONS)
def test_a_human_s_no_always_holds(records, decisions):
    profile_of = resolve(records, Policy(), decisions).profile_of
    last = {tuple(sorted(ids)): verdict for verdict, *ids in decisions}
    for (left, right), verdict in last.items():
        if verdict == "different" and left != right and {left, right} <= profile_of.keys():
            assert profile_of[left] != profile_of[right]


@NO_HURRY
@given(records=RECORDS, decisions=DECISIONS)
def test_linked_edges_alone_explain_every_profile(records, decisions):
    resolution = resolve(records, Policy(), decisions)
    group = {record.record_id: {record.record_id} for record in records}
    for edge in resolution.edges:
        if edge.status is EdgeStatus.LINKED:
            both = group[edge.left_id] | group[edge.right_id]
            for member in both:
                group[member] = both
    for record, profile in resolution.profile_of.items():
        assert min(group[record]) == profile


@NO_HURRY
@given(records=RECORDS, decisions=DECISIONS)
def test_refused_edges_never_lie_within_a_profile(records, decisions):
    resolution = resolve(records, Policy(), decisions)
    for edge in resolution.edges:
        same = resolution.profile_of[edge.left_id] == resolution.profile_of[edge.right_id]
        assert same == (edge.status is EdgeStatus.LINKED)


@pytest.mark.parametrize("name", ["", "张伟国"], ids=["nameless", "one name"])
def test_a_bad_phone_on_ten_thousand_rows_merges_nobody(name):
    records = normalised([(name, "13912345678", "", "", "")] * 10_000)
    resolution = resolve(records, Policy())
    assert all(record == profile for record, profile in resolution.profile_of.items())
    assert (resolution.edges, len(resolution.demoted)) == ([], 1)


def test_a_default_platform_id_merges_no_crowd():
    surnames = "赵钱孙李周吴郑王冯陈褚卫"
    records = normalised([(f"{surname}安", "", "", "unknown-user", "") for surname in surnames])
    resolution = resolve(records, Policy())
    assert len(set(resolution.profile_of.values())) == len(surnames)
    assert resolution.demoted[0].names == len(surnames)


def test_an_account_s_name_speaks_for_its_nameless_records(a_record):
    records = [
        a_record(1, unionid="u1", name="张伟国"),
        a_record(2, unionid="u1", phone="13912345678"),
        a_record(3, phone="13912345678", name="李静"),
        a_record(4, phone="13912345678", name="张伟国"),
    ]
    assert resolve(records, Policy()).profile_of == {1: 1, 2: 1, 3: 3, 4: 1}


def test_a_surname_alone_joins_the_one_name_it_fits(a_record):
    both = [
        a_record(1, phone="13912345678", name="张伟国"),
        a_record(2, phone="13912345678", name="张总"),
    ]
    assert resolve(both, Policy()).profile_of == {1: 1, 2: 1}
    sister = a_record(3, phone="13912345678", name="张伟芳")
    assert resolve([*both, sister], Policy()).profile_of == {1: 1, 2: 2, 3: 3}


def test_father_and_son_on_one_phone_stay_two_people(a_record):
    records = [
        a_record(1, phone="+1 702 919 1300", name="Robert Smith Sr"),
        a_record(2, phone="+1 702 919 1300", name="Robert Smith Jr"),
    ]
    resolution = resolve(records, Policy())
    assert resolution.profile_of == {1: 1, 2: 2}
    assert resolution.review == [(1, 2)]


def test_an_initial_fits_the_one_full_name(a_record):
    records = [
        a_record(1, email="bsmith@work.com", name="Bob Smith"),
        a_record(2, email="bsmith@work.com", name="B Smith"),
    ]
    assert resolve(records, Policy()).profile_of == {1: 1, 2: 1}


def test_a_landline_shared_by_namesakes_waits_for_a_human(a_record):
    records = [
        a_record(1, phone="010-62345678", name="张伟国"),
        a_record(2, phone="010-62345678", name="张伟国"),
        a_record(3, phone="010-62345678", name="李静"),
    ]
    resolution = resolve(records, Policy())
    assert resolution.profile_of == {1: 1, 2: 2, 3: 3}
    assert resolution.review == [(1, 2)]


def test_a_human_s_yes_overrides_two_accounts(a_record):
    records = [a_record(1, unionid="u1"), a_record(2, unionid="u2")]
    assert resolve(records, Policy(), [Decision("same", 1, 2)]).profile_of == {1: 1, 2: 1}


def test_no_records_make_no_profiles():
    assert resolve([], Policy()).profile_of == {}
