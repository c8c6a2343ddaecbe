"""Identifier types a firm declares, from sources.yaml to what they prove."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heliu.documents import Problems
from heliu.rules.identifiers import IDENTIFIERS, IdentifierType, ReadAs
from heliu.rules.vocabulary import VERIFIED
from heliu.sources.config import load_sources
from heliu.sources.identifiers import types_of
from heliu.sources.mapping import map_record
from models import Strength

HEAD = "sources:\n  crm:\n    file: a.csv\n    key: id\n"


@pytest.fixture
def read(tmp_path: Path):
    def load(text: str):
        (tmp_path / "a.csv").write_text("id,name,card,sure\n", encoding="utf-8")
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        problems = Problems()
        sources = load_sources(tmp_path, problems)
        told = [(one.place.line, one.place.column, one.says) for one in problems.found]
        return sources, told

    return load


def test_a_type_is_declared_and_mapped_in_one_file(read):
    sources, problems = read(
        "identifiers:\n"
        "  loyalty_number: { strength: medium, one_per_profile: true, read_as: document }\n"
        "  card:\n" + HEAD + "    identifiers: { loyalty_number: card, card: card, ssn: card }\n"
    )
    assert problems == []
    assert types_of(sources) == {
        "loyalty_number": IdentifierType(Strength.MEDIUM, True, ReadAs.DOCUMENT),
        "card": IdentifierType(),
        "ssn": IDENTIFIERS["ssn"],
    }


def test_a_misspelt_type_is_met_with_the_nearest_declared_or_standard_one(read):
    _, problems = read(
        "identifiers: { loyalty_number: { strength: strong } }\n"
        + HEAD
        + "    identifiers: { loyalty_numbr: card, passprot: card }\n"
    )
    assert problems == [
        (6, 20, "unknown identifier 'loyalty_numbr' (did you mean 'loyalty_number'?)"),
        (6, 41, "unknown identifier 'passprot' (did you mean 'passport'?)"),
    ]


def test_every_mistake_of_a_declaration_is_told(read):
    _, problems = read(
        "identifiers:\n"
        "  card: { strenght: strong }\n"
        "  badge: { strength: strongest, one_per_profile: maybe, read_as: passport }\n"
        "  block: { strength: weak }\n" + HEAD
    )
    assert [(line, says) for line, _, says in problems] == [
        (2, "unknown key 'strenght' of identifier 'card' (did you mean 'strength'?)"),
        (3, "one_per_profile is true or false"),
        (3, "strength is strong or medium or weak (did you mean 'strong'?)"),
        (3, "read_as is id or document or phone or email or address"),
        (4, "'block' can't be an identifier's name"),
    ]


@pytest.mark.parametrize(
    ("verified", "sure", "vouched"),
    [
        ("true", "", "card name"),
        ("{ column: sure }", "已验证", "card name"),
        ("{ column: sure }", "0", "name"),
        ("false", "1", "name"),
    ],
)
def test_a_source_vouches_for_cells_always_or_by_a_column(read, verified, sure, vouched):
    sources, problems = read(
        HEAD
        + "    fields: { name: { column: name, verified: true } }\n"
        + f"    identifiers: {{ member_id: {{ column: card, verified: {verified} }} }}\n"
    )
    assert problems == []
    said = {"id": "1", "name": "张伟国", "card": "c1", "sure": sure}
    fields = map_record(sources[0], said, ZoneInfo("UTC")).fields
    assert fields[VERIFIED] == vouched.replace("card", "member_id")


def test_nothing_is_vouched_for_where_nothing_stands(read):
    sources, _ = read(HEAD + "    fields: { name: { column: name, verified: true } }\n")
    assert map_record(sources[0], {"id": "1", "name": " "}, ZoneInfo("UTC")).fields == {}
