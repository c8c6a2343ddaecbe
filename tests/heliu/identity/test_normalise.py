"""Records in canonical form: every field read or counted, none ever raised for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.identity.normalise import normalise_identifier, normalise_record
from heliu.identity.policy import Policy
from heliu.identity.records import Key, RawIdentifier, RawRecord
from heliu.identity.values.company import normalise_company
from heliu.identity.values.fields import Unreadable, read_date
from heliu.identity.values.name import normalise_name
from heliu.identity.values.place import normalise_place
from heliu.rules.vocabulary import STANDARD_FIELDS, FieldType, Word
from models import IdentifierStatus, Strength

NO_HURRY = settings(deadline=None)  # dictionaries load on first use


FIELDS = {
    **STANDARD_FIELDS,
    "score": Word("score", FieldType.NUMBER, "number_1"),
    "enrolled": Word("enrolled", FieldType.DATE, "text_1"),
    "note": Word("note", FieldType.TEXT, "text_2"),
}


def read(identifiers=(), policy=None, **fields):
    raw = RawRecord(1, "crm", "k1", 50, "crm", fields, [RawIdentifier(*one) for one in identifiers])
    return normalise_record(raw, policy or Policy(), FIELDS)


def test_standard_and_declared_fields_are_read_by_their_types():
    record = read(
        name="張偉國老师",
        birthday="1990年5月6日",
        gender="女",
        city="广东省深圳市",
        company="华信教育有限公司",
        score="1,200.0",
        enrolled="20240301",
        note=" 　VIP  客户 ",
        undeclared="x",
    )
    assert record.attributes == {
        "name": "张伟国",
        "birthday": "1990-05-06",
        "gender": "f",
        "province": "广东",
        "city": "深圳",
        "company": "华信教育",
        "score": 1200,
        "enrolled": "2024-03-01",
        "note": "VIP 客户",
    }
    assert record.rejected == {}


def test_what_can_t_be_read_is_left_out_and_counted_without_its_text():
    record = read(
        [("phone", "", "139****5678"), ("phone", "", "13800138000")],
        email="nobody",
        birthday="1990-13-40",
        gender="maybe",
        score="many",
        enrolled="1/2/2024",
        name="平安是福",
    )
    assert record.attributes == {}
    assert record.identifiers == ()
    assert record.rejected == {
        "phone:masked": 1,
        "phone:blocked": 1,
        "email:invalid": 1,
        "birthday:no such day": 1,
        "gender:unknown gender": 1,
        "score:not a whole number": 1,
        "enrolled:ambiguous date": 1,
        "name:nickname": 1,
    }


def test_empty_cells_count_as_nothing():
    record = read([("phone", "", "无"), ("openid", "app", "null")], name="-", city="", score="N/A")
    assert (record.attributes, record.identifiers, record.rejected) == ({}, (), {})


def test_a_phone_field_is_an_identifier_and_a_cell_may_hold_two():
    record = read(phone="13912345678/13712345678")
    assert [one.key.value for one in record.identifiers] == ["+8613712345678", "+8613912345678"]
    assert record.attributes["phone"] == "+8613912345678"


def test_a_phone_told_twice_is_one_identifier():
    record = read([("phone", "", "139-1234-5678")], phone="13912345678")
    assert [one.key for one in record.identifiers] == [Key("phone", "", "+8613912345678")]


def test_strength_follows_type_and_status():
    record = read(
        [("openid", "app", "oX"), ("email", "", "hr@firm.cn"), ("phone", "", "010-62345678")],
        phone="13912345678",
    )
    strengths = {one.key.value: one.strength for one in record.identifiers}
    assert strengths == {
        "oX": Strength.STRONG,
        "hr@firm.cn": Strength.WEAK,
        "+861062345678": Strength.WEAK,
        "+8613912345678": Strength.MEDIUM,
    }


def test_a_value_the_firm_blocked_is_kept_but_proves_nothing():
    record = read(phone="13912345678", policy=Policy().blocking("phone", "+8613912345678"))
    assert record.identifiers[0][1:] == (IdentifierStatus.BLOCKED, Strength.NONE)
    assert "phone" not in record.attributes


def test_the_firm_s_region_reads_local_numbers():
    assert normalise_identifier("phone", "702-919-1300", "US")[0].value == "+17029191300"
    assert normalise_identifier("phone", "7029191300")[0].value == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("欧阳老师", "欧阳"),
        ("客户李想俊", "李想俊"),
        ("A张伟国13912345678", "张伟国"),
        ("张伟国-焊工", "张伟国"),
        ("Wei-guo Zhang", "weiguo zhang"),
        ("zhāng wěi guó", "weiguo zhang"),
        ("SMITH, John", "john smith"),
        ("Li Na", "na li"),
        ("Na Li", "na li"),
        ("张伟国妈妈", ""),
        ("文文", ""),
        ("张*国", ""),
    ],
)
def test_names_shed_what_people_put_around_them(text, value):
    assert normalise_name(text).value == value


@pytest.mark.parametrize(
    ("text", "province", "city"),
    [
        ("重庆 重庆", "重庆", "重庆"),
        ("内蒙古自治区呼和浩特市", "内蒙古", "呼和浩特"),
        ("深圳市", "广东", "深圳"),
        ("臺北", "台湾", "台北"),
        ("新疆维吾尔自治区", "新疆", ""),
        ("海淀区", "", "海淀区"),
        ("其他", "", ""),
    ],
)
def test_places_are_told_by_their_short_names(text, province, city):
    assert normalise_place(text) == (province, city)


def test_a_province_column_is_believed_over_the_city_s():
    assert read(province="江苏", city="南京").attributes == {"province": "江苏", "city": "南京"}
    assert read(province="浙江").attributes == {"province": "浙江"}
    assert read(province="Ontario").attributes == {"province": "Ontario"}


@pytest.mark.parametrize("text", ["1990-02-30", "0", "99999", "1900-01-01", "5/6/1990", "soon"])
def test_a_day_that_can_t_be_told_is_refused(text):
    with pytest.raises(Unreadable):
        read_date(text)


@NO_HURRY
@given(text=st.text())
def test_no_text_whatever_breaks_normalising(text):
    identifiers = [("phone", "", text), ("email", "", text), ("openid", "app", text)]
    record = read(identifiers, **dict.fromkeys(FIELDS, text))
    assert all(one.key.value for one in record.identifiers)
    assert all(value not in (None, "") for value in record.attributes.values())


@NO_HURRY
@given(text=st.text(alphabet="0123456789+-() ./、,xE*转#手机86一（）０１３９", max_size=30))
def test_reading_a_phone_again_changes_nothing(text):
    for found in normalise_identifier("phone", text):
        if found.value:
            assert normalise_identifier("phone", found.value) == (found,)


@NO_HURRY
@given(text=st.text(alphabet="张李欧阳伟国老师总女士妈客户A -,/·()（）🌹1", max_size=12))
def test_reading_a_name_again_changes_nothing(text):
    name = normalise_name(text)
    if name.value:
        assert normalise_name(name.value).value == name.value


@NO_HURRY
@given(text=st.text(alphabet="华信教育有限公司集团股份深圳市（）() Ltd.", max_size=16))
def test_reading_a_company_again_changes_nothing(text):
    company = normalise_company(text)
    assert normalise_company(company.value).value == company.value
