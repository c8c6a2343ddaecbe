"""`matching` in sources.yaml: fields people are compared by."""

import pytest

from heliu.documents import Problems
from heliu.rules.vocabulary import COMPARED, STANDARD_FIELDS, MatchKind
from heliu.sources.config import load_sources
from heliu.sources.mapping import map_record
from heliu.sources.matching import load_matching
from heliu.sources.slots import vocabulary

SOURCES = """
sources:
  parish:
    file: parish.csv
    key: id
    fields: { name: full }
    match: { surname: last, born: dob }
"""


@pytest.fixture
def read(tmp_path):
    """What sources.yaml with this section says, and what is wrong with it."""
    (tmp_path / "parish.csv").write_text("id,full,last,dob\n1,Ann Lee,Lee,1871-05-06\n")

    def load(section):
        (tmp_path / "sources.yaml").write_text(SOURCES + section)
        problems = Problems()
        sources = load_sources(tmp_path, problems)
        found = load_matching(tmp_path, sources, STANDARD_FIELDS, problems)
        told = [str(one).removeprefix(f"{tmp_path}/").split("\n")[0] for one in problems.found]
        return sources, found, told

    return load


def test_fields_are_compared_as_declared(read):
    _, kinds, problems = read("matching: { name: name, surname: surname, born: date }\n")
    assert problems == []
    assert kinds == {"name": MatchKind.NAME, "surname": MatchKind.SURNAME, "born": MatchKind.DATE}


def test_what_is_only_compared_takes_no_slot_and_is_no_word_of_rules(read):
    sources, _, _ = read("matching: { surname: surname, born: date }\n")
    words = vocabulary(sources, {}, Problems())
    assert words.fields.keys() == STANDARD_FIELDS.keys()


def test_what_is_only_compared_travels_beside_the_fields(read):
    (source,), _, _ = read("matching: { surname: surname, born: date }\n")
    said = map_record(source, {"full": "Ann Lee", "last": "Lee", "dob": "1871-05-06"}, None)
    assert said.fields == {
        "name": "Ann Lee",
        f"{COMPARED}surname": "Lee",
        f"{COMPARED}born": "1871-05-06",
    }


def test_every_mistake_is_told_at_once_with_its_place(read):
    _, _, problems = read("matching:\n  surnam: surname\n  born: dat\n")
    assert problems == [
        "sources.yaml:10:9: unknown comparison (did you mean 'date'?)",
        "sources.yaml:9:3: no source tells 'surnam' (did you mean 'surname'?)",
        "sources.yaml:7:23: 'surname' is told but compared nowhere (did you mean 'surnam'?)",
    ]


@pytest.mark.parametrize("section", ["matching:\n", "matching: [name]\n", "matching: name\n"])
def test_a_section_that_is_no_mapping_is_told(read, section):
    _, kinds, problems = read(section)
    assert kinds == {}
    assert "matching must be a mapping" in problems[0]


def test_match_that_is_no_mapping_is_told(read, tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES.replace("{ surname: last, born: dob }", "last"))
    problems = Problems()
    load_sources(tmp_path, problems)
    assert "match must be a mapping" in str(problems.found[0])


def test_without_the_section_the_default_is_compared(read, tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES.replace("    match:", "    # match:"))
    problems = Problems()
    assert (
        load_matching(tmp_path, load_sources(tmp_path, problems), STANDARD_FIELDS, problems) == {}
    )
    assert problems.found == []
