import gzip
from pathlib import Path

import pytest

from heliu.errors import PermanentError
from heliu.sources.files import open_sheet

SAMPLES = Path(__file__).parents[2] / "data" / "sources"


def read(path, sheet=None):
    with open_sheet(path, sheet) as opened:
        return opened.header, list(opened.rows)


def test_gb18030_with_chinese_headings_is_read():
    header, rows = read(SAMPLES / "customers_gb18030.csv")
    assert header == ["客户编号", "姓名", "手机", "城市", "出生日期", "更新时间"]
    assert [row[1] for _, row in rows] == ["张㐂", "李𠮷祥", "欧阳·阿依古丽", "“王”（同学）"]


def test_a_byte_order_mark_is_no_part_of_the_heading():
    header, rows = read(SAMPLES / "customers_utf8_bom.csv")
    assert header[0] == "客户编号"
    assert rows[1][1][2] == "第一行\n第二行"


def test_a_workbook_gives_text_as_a_person_would_have_typed_it():
    header, rows = read(SAMPLES / "members.xlsx")
    first = dict(zip(header, rows[0][1], strict=True))
    assert first["会员号"] == "6917926768823643751"
    assert first["手机"] == "13800000001"
    assert first["生日"].startswith("1990-03-07")
    assert first["入会时间"] == "2025-08-07 10:30:00"


def test_a_sheet_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(PermanentError, match="会员"):
        read(SAMPLES / "members.xlsx", "订单")


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_seen_from_the_heading(tmp_path, delimiter):
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join("abc") + "\n" + delimiter.join("123") + "\n\n", encoding="utf-8")
    assert read(path) == (["a", "b", "c"], [(2, ["1", "2", "3"])])


def test_gzip_is_read_and_a_torn_one_refused(tmp_path):
    path = tmp_path / "a.csv.gz"
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 1000)
    path.write_bytes(whole)
    assert len(read(path)[1]) == 1000
    path.write_bytes(whole[:-9])
    with pytest.raises(PermanentError, match="to its end"):
        read(path)


def test_a_file_without_a_heading_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(PermanentError, match="no heading"):
        read(path)


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("id,name\n", encoding="utf-8")
    with pytest.raises(PermanentError, match="no spreadsheet"):
        read(path)
