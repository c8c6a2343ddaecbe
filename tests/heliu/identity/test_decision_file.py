"""The CSV round trip: what the queue writes is what people fill in and import."""

import csv
import stat

import pytest

from heliu.errors import ConfigError
from heliu.identity.review.decision_file import read_decision_file
from heliu.identity.review.proposals import Proposal
from heliu.identity.review.queue import review_queue
from heliu.identity.review.queue_file import write_queue
from heliu.identity.review.sides import load_questions
from heliu.identity.review.standing import Verdict
from models.database import reading, writing
from tests.heliu.identity.desk import Desk

PHONE = "+8613912345678"


@pytest.fixture
def desk(sqlite_engine, a_record):
    desk = Desk(sqlite_engine)
    desk.people(
        [a_record(1, name="张伟国", phone=PHONE)],
        [a_record(3, name="李静", phone=PHONE)],
        [a_record(4, name="王芳", source="h5")],
    )
    desk.ask(1, 3, reason="names differ")
    desk.crowd(PHONE, 70, 9)
    return desk


def exported(desk, path):
    with reading(desk.engine) as connection:
        queue = review_queue(connection)
        write_queue(connection, load_questions(connection, queue.items), queue.groups, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def imported(desk, path):
    with reading(desk.engine) as connection:
        return [one._replace(place=None) for one in read_decision_file(connection, path)]


def test_an_export_left_as_it_is_says_nothing(desk, tmp_path):
    rows = exported(desk, tmp_path / "out.csv")
    assert [(row["left_id"], row["right_id"], row["type"]) for row in rows] == [
        ("1", "3", "phone"),
        ("", "", "phone"),
    ]
    assert imported(desk, tmp_path / "out.csv") == []


def test_only_its_owner_may_read_an_export(desk, tmp_path):
    exported(desk, tmp_path / "out.csv")
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*.csv*")] == ["out.csv"]


def test_what_is_filled_in_comes_back_also_from_a_chinese_excel(desk, tmp_path):
    rows = exported(desk, tmp_path / "out.csv")
    rows[0] |= {"verdict": "Same", "why": "同一证件"}
    rows[1] |= {"verdict": "block", "why": "代理"}
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        with (tmp_path / "in.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        assert imported(desk, tmp_path / "in.csv") == [
            Proposal(Verdict.SAME, 1, 3, why="同一证件", place=None),
            Proposal(Verdict.BLOCK, type="phone", value=PHONE, why="代理", place=None),
        ]


def test_a_spreadsheet_calculates_nothing_from_an_export(desk, tmp_path):
    with writing(desk.engine) as connection:
        hostile = "UPDATE golden_value SET value = '=HYPERLINK(1)' WHERE value = '张伟国'"
        connection.exec_driver_sql(hostile)
    row = exported(desk, tmp_path / "out.csv")[0]
    cells = [cell for cell in row.values() if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@"]
    assert row["left_name"] == "'=HYPERLINK(1)"


def test_records_are_named_by_source_and_key_too(desk, tmp_path):
    (tmp_path / "in.csv").write_text(
        "verdict,left_source,left_key,right_id\ndifferent,h5,k4,1\n", "utf-8"
    )
    assert imported(desk, tmp_path / "in.csv") == [Proposal(Verdict.DIFFERENT, 1, 4, place=None)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("smae,1,,,3,,,,", "unknown verdict (did you mean 'same'?)"),
        ("retract,1,,,3,,,,", "unknown verdict"),
        ("same,one,,,3,,,,", "left_id is no number"),
        ("same,,,,3,,,,", "names no left record"),
        ("same,,crm,,3,,,,", "names no left record"),
        ("same,,crm,k9,3,,,,", "source 'crm' has no record of this left_key"),
        ("same,3,crm,k1,4,,,,", "left_id 3 and left_key are two records"),
        ("block,,,,,,,phone,12", "0 values can be read here"),
        ("block,,,,,,,,13912345678", "names no type of identifier"),
        (f"block,,,,,,,phone,{PHONE}/13800000001", "2 values can be read here"),
    ],
)
def test_a_wrong_line_is_told_by_its_row(desk, tmp_path, line, says):
    heading = "verdict,left_id,left_source,left_key,right_id,right_source,right_key,type,value"
    path = tmp_path / "in.csv"
    path.write_text(f"{heading}\n,,,,,,,,\n{line}\n", "utf-8")
    with pytest.raises(ConfigError) as found:
        imported(desk, path)
    assert str(found.value).startswith(f"{path}:3: {says}")
    assert "13912345678" not in str(found.value).replace(str(path), "")


@pytest.fixture
def a_short_cell():
    """The csv module's own limit, which reading sources raises for the whole process."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "there is no column 'verdict'"),
        (b"a,b\n1,2\n", "there is no column 'verdict'"),
        (b"verdict,why\nsame,x\n", "names neither records"),
        (b"\xff\xfe\x00", "is no text"),
        (b'verdict,left_id\n"' + b"x" * 200_000, "is no CSV"),
    ],
)
def test_a_file_that_is_none_of_ours_is_one_clear_error(
    desk, tmp_path, a_short_cell, content, says
):
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        imported(desk, tmp_path / "in.csv")


def test_a_file_that_is_not_there_is_one_clear_error(desk, tmp_path):
    with pytest.raises(ConfigError, match="can't be read"):
        imported(desk, tmp_path / "none.csv")
