"""The bar on the bundled firm's records: invented people, known truth."""

import csv
import time
from collections import Counter
from pathlib import Path

import pytest

from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import RawIdentifier, RawRecord
from heliu.identity.resolve import resolve
from heliu.identity.survivorship import golden_profiles
from heliu.rules.vocabulary import STANDARD_FIELDS

ROOT = Path(__file__).parents[3]
FILES = ROOT / "examples" / "firm"
TRUTH = ROOT / "tests" / "data" / "cn_edu_dev" / "truth.csv"

# Source: its columns by field, and by (identifier type, scope).
SOURCES = {
    "crm_sheet": (
        {"name": "姓名", "city": "城市", "company": "公司", "birthday": "出生日期"},
        {("phone", ""): "手机", ("email", ""): "邮箱"},
    ),
    "wecom_contact": (
        {"name": "remark", "company": "remark_corp_name", "gender": "gender"},
        {
            ("external_userid", "corp"): "external_userid",
            ("unionid", ""): "unionid",
            ("phone", ""): "remark_mobiles",
        },
    ),
    "oa_fan": ({"province": "province"}, {("openid", "oa"): "openid", ("unionid", ""): "unionid"}),
    "miniprogram_user": (
        {},
        {("openid", "mini"): "openid", ("unionid", ""): "unionid", ("phone", ""): "phone"},
    ),
    "h5_form": (
        {"name": "name"},
        {("openid", "oa"): "openid", ("phone", ""): "phone", ("email", ""): "email"},
    ),
    "wxpay_order": (
        {"name": "payer_name"},
        {("openid", "by prefix"): "openid", ("phone", ""): "phone"},
    ),
    "douyin_lead": (
        {"name": "name", "city": "city"},
        {("douyin_openid", ""): "open_id", ("phone", ""): "phone"},
    ),
    "weibo_fan": ({"city": "location"}, {("weibo_uid", ""): "uid", ("phone", ""): "phone"}),
    "channels_fan": ({}, {("openid", "channels"): "openid", ("unionid", ""): "unionid"}),
}
APPS = {"oM": "mini", "oA": "oa"}  # whose openid a payment carries


def scope_of(scope: str, text: str) -> str:
    return APPS.get(text[:2], "") if scope == "by prefix" else scope


@pytest.fixture(scope="module")
def raws() -> list[RawRecord]:
    found = []
    for source, (fields, identifiers) in SOURCES.items():
        with (FILES / f"{source}.csv").open(encoding="utf-8", newline="") as file:
            for row in sorted(csv.DictReader(file), key=lambda row: row["record_id"]):
                found.append(
                    RawRecord(
                        record_id=len(found) + 1,
                        source=source,
                        source_key=row["record_id"],
                        trust=50,
                        source_channel=source,
                        fields={field: row[column] for field, column in fields.items()},
                        identifiers=[
                            RawIdentifier(type_, scope_of(scope, row[column]), row[column])
                            for (type_, scope), column in identifiers.items()
                        ],
                    )
                )
    return found


@pytest.fixture(scope="module")
def records(raws):
    return list(normalise_records(raws, Policy(), STANDARD_FIELDS))


@pytest.fixture(scope="module")
def resolution(records):
    return resolve(records, Policy())


@pytest.fixture(scope="module")
def person_of(raws):
    with TRUTH.open(encoding="utf-8", newline="") as file:
        truth = {(r["source"], r["record_id"]): r["person_id"] for r in csv.DictReader(file)}
    return {raw.record_id: truth[raw.source, raw.source_key] for raw in raws}


def test_nearly_every_pair_put_together_belongs_together(resolution, person_of, pairs):
    together = pairs(Counter(resolution.profile_of.values()).values())
    rightly = pairs(Counter((p, person_of[r]) for r, p in resolution.profile_of.items()).values())
    belonging = pairs(Counter(person_of.values()).values())
    assert rightly / together >= 0.996
    assert rightly / belonging >= 0.517


def test_no_agent_s_phone_makes_a_crowd_one_person(resolution):
    assert max(Counter(resolution.profile_of.values()).values()) <= 11
    assert len(resolution.questions) <= 0.02 * len(resolution.profile_of)
    assert len(resolution.demoted) >= 5


def test_a_phone_of_too_many_is_nobodys_own(records, resolution):
    golden = golden_profiles(records, resolution, Policy())
    demoted = {one.key.value for one in resolution.demoted}
    phones = {g.values["phone"].value for g in golden.values() if "phone" in g.values}
    assert demoted.isdisjoint(phones)
    assert len(phones) > 5_000


def test_it_takes_seconds(raws):
    begin = time.process_time()
    resolve(normalise_records(raws, Policy(), STANDARD_FIELDS), Policy())
    assert time.process_time() - begin < 15  # about 2 on a quiet core
