"""Hand-written cells and what must be read from them."""

import csv
from pathlib import Path

import pytest

from heliu.identity.normalise import normalise_identifier
from heliu.identity.values.company import normalise_company
from heliu.identity.values.fields import Unreadable, read_date, read_gender
from heliu.identity.values.han import pinyin
from heliu.identity.values.name import normalise_name
from heliu.identity.values.place import normalise_place

MORE = Path(__file__).parents[2] / "data" / "identity_more" / "normalise.csv"
FIELDS = {
    "birthday": read_date,
    "birth": read_date,
    "birth_date": read_date,
    "date": read_date,
    "gender": read_gender,
}
PLACES = ("place", "province", "city")


def more_rows() -> list[dict[str, str]]:
    with MORE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def normalised(kind: str, text: str) -> tuple[str, str]:
    if kind == "name":
        name = normalise_name(text)
        return name.value, name.status.value
    if kind == "pinyin":
        return pinyin(normalise_name(text).value), "ok"
    if kind == "company":
        company = normalise_company(text)
        return company.value, company.status.value
    if kind in FIELDS:
        return read(kind, text)
    if kind in PLACES:
        place = normalise_place(text)
        told = {"place": "|".join(filter(None, place)), "province": place[0], "city": place[1]}
        return told[kind], "ok" if told[kind] else "empty"
    found = normalise_identifier(kind, text)
    usable = [one for one in found if one.value] or found[:1]
    return "|".join(one.value for one in usable), usable[0].status.value


def read(kind: str, text: str) -> tuple[str, str]:
    try:
        value = FIELDS[kind](text)
    except Unreadable:
        return "", "invalid"
    return (value, "ok") if value else ("", "empty")


def test_a_cell_is_read_as_a_person_would(normalise_case):
    row = normalise_case
    assert normalised(row["kind"], row["input"]) == (row["expected"], row["status"]), row["why"]


def test_reading_what_was_read_changes_nothing(normalise_case):
    again(normalise_case)


@pytest.mark.parametrize("row", more_rows(), ids=lambda row: f"{row['kind']}-{row['input']}")
def test_rarer_cells_are_read_as_a_person_would(row):
    assert normalised(row["kind"], row["input"]) == (row["expected"], row["status"]), row["why"]
    again(row)


def again(row: dict[str, str]) -> None:
    """What was read of a cell is read as itself."""
    if row["status"] in ("ok", "latin", "landline", "role") and row["kind"] not in (
        "pinyin",
        *PLACES,
    ):
        for value in row["expected"].split("|"):
            assert normalised(row["kind"], value)[0] == value
