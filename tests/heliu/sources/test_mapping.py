"""A mapping looked through once reads every row as it would cell by cell."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.errors import Place
from heliu.rules.vocabulary import COMPARED
from heliu.sources.mapping import map_record, mapper, read_cell, scope_of
from heliu.sources.spec import Cell, IdentifierSpec, Scope, SourceSpec
from heliu.sources.values import parse_instant

ZONE = ZoneInfo("Asia/Shanghai")
HERE = Place("sources.yaml")


def cell(column=None, **more):
    return Cell(HERE, column=column, **more)


SPEC = SourceSpec(
    name="crm",
    place=HERE,
    title="CRM",
    files=(Path("crm.csv"),),
    sheet=None,
    snapshot=False,
    trust=50,
    channel="crm",
    key=(cell("id"),),
    key_like=None,
    created_at=cell("made"),
    updated_at=cell("told"),
    fields={
        "name": cell("first", joined=("last",)),
        "city": cell("city", aliases=("town",)),
        "company": cell("firm"),
        "interest": cell(constant="welding"),
    },
    field_types={},
    identifiers=(
        IdentifierSpec("phone", cell("phone")),
        IdentifierSpec("openid", cell("openid"), Scope(cell(constant="mini"))),
        IdentifierSpec(
            "openid", cell("payer"), Scope(cell("payer"), (("oM", "mini"), ("oA", "oa")))
        ),
        IdentifierSpec("external_userid", cell("ext"), Scope(cell("corp"))),
    ),
    subject=None,
    facts=(),
    mapping_hash="",
    match={"born": cell("born")},
)
COLUMNS = [
    "id",
    "made",
    "told",
    "first",
    "last",
    "city",
    "town",
    "firm",
    "phone",
    "openid",
    "payer",
    "ext",
    "corp",
    "born",
]
TEXTS = st.sampled_from(["", " ", "x", " 张 伟 ", "oM123", "oA9", "zz", "139 1234 5678"])
TIMES = st.sampled_from(["", "2025-01-02 03:04:05", "2025年1月2日", "45678"])
ROWS = st.fixed_dictionaries(
    {},
    optional={name: TIMES if name in ("made", "told") else TEXTS for name in COLUMNS},
)


@given(said=ROWS)
def test_every_cell_is_read_by_its_mapping(said):
    found = mapper(SPEC, ZONE)(said)
    fields = {name: read_cell(one, said) for name, one in SPEC.fields.items()}
    fields |= {COMPARED + name: read_cell(one, said) for name, one in SPEC.match.items()}
    carried = [
        (one.type, scope_of(one, said, text), text)
        for one in SPEC.identifiers
        if (text := read_cell(one.cell, said))
    ]
    made, told = (parse_instant(said.get(name, "").strip(), ZONE) for name in ("made", "told"))
    assert found.fields == {name: text for name, text in fields.items() if text}
    assert list(found.identifiers) == carried
    assert found.created_at == (told if made is None else made)
    assert found.updated_at == (made if told is None else told)
    assert map_record(SPEC, said, ZONE) == found


def test_a_source_without_times_tells_none():
    read = mapper(replace(SPEC, created_at=None, updated_at=None), ZONE)
    assert read({"made": "2025-01-01"})[2:] == (None, None)


def test_a_time_that_is_none_is_no_row_of_ours():
    with pytest.raises(ValueError, match="not a time"):
        map_record(SPEC, {"made": "yesterday"}, ZONE)
