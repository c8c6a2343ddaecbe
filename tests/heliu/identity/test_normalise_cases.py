"""Hand-written cells and what must be read from them."""

from heliu.identity.company import normalise_company
from heliu.identity.han import pinyin
from heliu.identity.name import normalise_name
from heliu.identity.normalise import normalise_identifier


def normalised(kind: str, text: str) -> tuple[str, str]:
    if kind == "name":
        name = normalise_name(text)
        return name.value, name.status.value
    if kind == "pinyin":
        return pinyin(normalise_name(text).value), "ok"
    if kind == "company":
        company = normalise_company(text)
        return company.value, company.status.value
    found = normalise_identifier(kind, text)
    usable = [one for one in found if one.value] or found[:1]
    return "|".join(one.value for one in usable), usable[0].status.value


def test_a_cell_is_read_as_a_person_would(normalise_case):
    row = normalise_case
    assert normalised(row["kind"], row["input"]) == (row["expected"], row["status"]), row["why"]


def test_reading_what_was_read_changes_nothing(normalise_case):
    row = normalise_case
    if row["status"] in ("ok", "latin", "landline", "role") and row["kind"] != "pinyin":
        for value in row["expected"].split("|"):
            assert normalised(row["kind"], value)[0] == value
