"""What is kept of a record says all that a general encoder would say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from heliu.identity.records import Identified, Key, NormalisedRecord
from heliu.identity.rows import BLOCK, as_json, rows_of
from heliu.identity.values.text import Status
from models import IdentifierStatus, Strength

TEXT = st.text(max_size=12)
INSTANT = st.none() | st.integers(-(2**40), 2**40)
RECORDS = st.builds(
    NormalisedRecord,
    record_id=st.just(7),
    source=st.just("crm"),
    source_key=st.just("k"),
    trust=st.integers(0, 100),
    source_channel=TEXT,
    name=TEXT,
    name_status=st.sampled_from(Status),
    attributes=st.dictionaries(TEXT, TEXT | st.integers(-(2**62), 2**62), max_size=4),
    identifiers=st.just(()),
    created_at=INSTANT,
    updated_at=INSTANT,
    rejected=st.dictionaries(TEXT, st.integers(1, 9), max_size=2),
)


@given(record=RECORDS)
def test_a_record_is_one_line_of_json_without_what_is_empty(record):
    told = {
        "values": dict(record.attributes),
        "name": record.name,
        "name_status": record.name_status.value,
        "trust": record.trust,
        "source_channel": record.source_channel,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "rejected": dict(record.rejected),
    }
    kept = {name: part for name, part in told.items() if part not in ("", None, {})}
    assert as_json(record) == json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def test_identifiers_block_keys_and_a_name_with_a_birthday_are_rows():
    phone = Identified(Key("phone", "", "+8613912345678"), IdentifierStatus.OK, Strength.MEDIUM)
    record = NormalisedRecord(
        7, "crm", "k", 50, "crm", "张伟国", Status.OK, {"birthday": "1990-05-06"}, (phone,)
    )
    found = rows_of(record, lambda one: [f"name {one.name}"])
    assert found.record_id == 7
    assert found.attributes == as_json(record)
    assert found.identifiers == [
        (7, "phone", "", "+8613912345678", "ok", "medium"),
        (7, "name_birthday", "", "1990-05-06 weiguo zhang", "ok", "weak"),
        (7, BLOCK, "", "name 张伟国", "ok", "none"),
    ]
    assert all(type(cell) in (int, str) for row in found.identifiers for cell in row)
