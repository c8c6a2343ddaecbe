"""The small source files are what make.py writes, and hold the oddities they are for."""

import csv
import io
import runpy
from pathlib import Path

import pytest
from openpyxl import load_workbook

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "sources"
NAMES = ("customers_gb18030.csv", "customers_utf8_bom.csv", "members.xlsx", "shop_orders.csv")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return runpy.run_path(str(SAMPLES / "make.py"))["files"]()


def cells(data: bytes) -> list[list[tuple]]:
    return [list(sheet.values) for sheet in load_workbook(io.BytesIO(data)).worksheets]


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_samples_are_what_make_writes(made, name):
    committed = (SAMPLES / name).read_bytes()
    if name.endswith(".xlsx"):  # its bytes are openpyxl's business, its cells are ours
        assert cells(committed) == cells(made[name])
    else:
        assert committed == made[name]


def test_make_writes_all_samples_and_no_other(made):
    assert tuple(made) == NAMES


def test_the_gb18030_file_is_neither_utf8_nor_gbk():
    data = (SAMPLES / "customers_gb18030.csv").read_bytes()
    for encoding in ("utf-8", "gbk"):
        with pytest.raises(UnicodeDecodeError):
            data.decode(encoding)
    assert "李𠮷祥" in data.decode("gb18030")


def test_the_bom_file_begins_with_its_mark_and_keeps_a_line_break_in_a_cell():
    data = (SAMPLES / "customers_utf8_bom.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["备注"] for row in rows] == ["想学会计, 周末班", "第一行\n第二行"]


def test_the_workbook_keeps_dates_as_numbers_and_a_long_id_as_text():
    rows = cells((SAMPLES / "members.xlsx").read_bytes())[0]
    assert rows[1][0] == "6917926768823643751"
    assert rows[1][5] == 45876
    assert rows[2][4] == 45876.4375
    assert not any(rows[3])


def test_the_shop_export_has_every_oddity():
    text = (SAMPLES / "shop_orders.csv").read_text(encoding="utf-8")
    for oddity in (
        "\t6917",
        "'6917",
        "6.9179E+18",
        "/138",
        "138****0001",
        "##密文",
        "1.2万",
        "合计",
    ):
        assert oddity in text
