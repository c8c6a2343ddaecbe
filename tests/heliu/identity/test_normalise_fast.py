"""The short ways of normalising lead where the long ones do."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.identity.normalise import WEAKENED, normalise_identifier, normalise_record
from heliu.identity.policy import Policy
from heliu.identity.records import Key, RawIdentifier, RawRecord
from heliu.identity.values.han import simplified
from heliu.identity.values.ids import is_plain_id, normalise_id
from heliu.identity.values.name import normalise_name, read_decorated
from heliu.identity.values.phone import normalise_phone, read_closely
from heliu.identity.values.sound import sounds, usual_sound
from heliu.identity.values.text import Status
from heliu.rules.vocabulary import STANDARD_FIELDS
from models import IdentifierStatus, Strength

CELLS = st.one_of(
    st.tuples(
        st.just("phone"),
        st.just(""),
        st.sampled_from(
            ["", "13912345678", "139-1234-5678", "13912345678/13712345678", "139****5678", "无"]
        ),
    ),
    st.tuples(
        st.just("email"),
        st.just(""),
        st.sampled_from(["ann@gmail.com", "ann@gmial.com", "ann@gmail.com;ann@gmial.com", "x", ""]),
    ),
    st.tuples(
        st.sampled_from(["openid", "unionid"]),
        st.sampled_from(["", "mini"]),
        st.sampled_from(["o6_bmJrPTlm6_2sg", " o6_bmJrPTlm6_2sg", "null", "", "o6 b", "12.0"]),
    ),
)
BLOCKED = st.frozensets(
    st.sampled_from(
        [("phone", "+8613912345678"), ("unionid", "o6_bmJrPTlm6_2sg"), ("email", "ann@gmail.com")]
    )
)


def read_slowly(cells, policy):
    """Every cell by its function, of values told twice the better one."""
    found, refused = {}, Counter()
    for type_, scope, text in cells:
        for value, status in normalise_identifier(type_, text, policy.region):
            key = Key(type_, scope, value)
            if not value:
                if status is not Status.EMPTY:
                    refused[f"{type_}:{status}"] += 1
            elif (type_, value) in policy.blocked:
                found[key] = (key, IdentifierStatus.BLOCKED, Strength.NONE)
            elif status is Status.OK:
                strength = policy.strengths.get(type_, Strength.STRONG)
                found[key] = (key, IdentifierStatus.OK, strength)
            elif key not in found:
                found[key] = (key, IdentifierStatus(status.value), WEAKENED[status])
    return tuple(found[key] for key in sorted(found)), refused


@given(cells=st.lists(CELLS, max_size=6), blocked=BLOCKED)
def test_identifiers_are_those_of_their_cells_each_once(cells, blocked):
    policy = Policy(blocked=blocked)
    raw = RawRecord(1, "crm", "k", 50, "crm", {}, [RawIdentifier(*cell) for cell in cells])
    record = normalise_record(raw, policy, STANDARD_FIELDS)
    identifiers, refused = read_slowly(cells, policy)
    assert record.identifiers == identifiers
    assert record.rejected == refused
    assert len({one.key for one in record.identifiers}) == len(record.identifiers)


def test_an_address_told_well_and_mistyped_is_one_identifier():
    cell = RawIdentifier("email", "", "ann@gmial.com; ann@gmail.com")
    raw = RawRecord(1, "crm", "k", 50, "crm", {}, [cell])
    record = normalise_record(raw, Policy(), STANDARD_FIELDS)
    assert record.identifiers == (
        (Key("email", "", "ann@gmail.com"), IdentifierStatus.OK, Strength.MEDIUM),
    )


@given(text=st.from_regex(r"[A-Za-z_][A-Za-z0-9_:-]{8,20}", fullmatch=True) | st.text())
def test_a_plain_id_is_taken_as_it_stands(text):
    if is_plain_id(text):
        assert normalise_id(text) == (text, Status.OK)


@given(
    country=st.sampled_from(["", "+86", "86", "0086", "+0086", "086"]),
    digits=st.tuples(
        st.sampled_from(["138", "139", "199", "106", "100", "955", "702"]),
        st.sampled_from(["0000", "1234", "1391", "8888"]),
        st.sampled_from(["0138", "8000", "8888", "5678"]),
    ),
    signs=st.tuples(*[st.sampled_from(["", "-", " "])] * 3),
)
def test_a_plain_phone_is_read_as_a_closer_look_reads_it(country, digits, signs):
    text = "".join([country, *(part for pair in zip(signs, digits, strict=True) for part in pair)])
    assert normalise_phone(text) == read_closely(text, "CN")


@settings(deadline=None)  # dictionaries load on first use
@given(
    name=st.text("张伟国欧阳修覃小老总师兰·買妈女士扎西卓玛〇", min_size=1, max_size=6)
    | st.sampled_from(["张老师", "张董", "静待花开", "豆豆妈", "weiguo zhang", "bob smith"])
)
def test_a_plain_name_is_read_and_spoken_as_a_closer_look_does(name):
    if not name.isascii():
        assert normalise_name(name).value == read_decorated(simplified(name)).value
    assert usual_sound(name) == " ".join(sounds(name)[0])
