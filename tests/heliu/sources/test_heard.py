"""When a source was last heard of: by what it says, else by its file, never by our looking."""

import os
from datetime import UTC, datetime

import pytest

from heliu.sources.heard import heard_of
from models.database import reading

SOURCE = "sources:\n  crm:\n    file: crm.csv\n    key: id\n    fields: { name: name }\n"
TIMED = SOURCE + "    updated_at: at\n"
ROWS = "id,name,at\na,张三,2025-01-01\nb,李四,2025-02-01\n"
WRITTEN = datetime(2025, 3, 1, tzinfo=UTC)
NEWEST = datetime(2025, 1, 31, 16, tzinfo=UTC)  # 2025-02-01 in Shanghai


def deliver(folder, config, rows=ROWS, at=WRITTEN, name="crm.csv"):
    folder.write("sources.yaml", config)
    folder.write(name, rows)
    os.utime(folder.path / name, (at.timestamp(), at.timestamp()))
    return folder.collect()["crm"]


def heard(folder):
    with reading(folder.engine) as connection:
        return heard_of(connection).get("crm")


def test_a_source_never_collected_was_never_heard_of(folder):
    assert heard(folder) is None


def test_the_newest_time_in_the_rows_counts_however_new_the_file_is(folder):
    deliver(folder, TIMED)
    assert heard(folder) == NEWEST


def test_without_times_in_the_rows_the_file_counts(folder):
    deliver(folder, SOURCE)
    assert heard(folder) == WRITTEN


def test_empty_times_say_nothing(folder):
    deliver(folder, TIMED, "id,name,at\na,张三,\n")
    assert heard(folder) == WRITTEN


def test_looking_at_an_old_file_again_makes_it_no_younger(folder):
    for config in (SOURCE, TIMED):
        deliver(folder, config)
        before = heard(folder)
        assert folder.collect()["crm"].new == 0
        assert heard(folder) == before


def test_the_same_rows_delivered_again_are_heard_of_where_rows_have_no_times(folder):
    again = datetime(2025, 3, 2, tzinfo=UTC)
    deliver(folder, SOURCE)
    assert deliver(folder, SOURCE, at=again).changed == 0
    assert heard(folder) == again


def test_an_old_table_copied_anew_stays_old_where_rows_have_times(folder):
    deliver(folder, TIMED)
    deliver(folder, TIMED, at=datetime(2025, 9, 1, tzinfo=UTC))
    assert heard(folder) == NEWEST


def test_a_row_dated_in_the_future_makes_a_source_no_fresher_than_its_file(folder):
    deliver(folder, TIMED, ROWS + "c,王五,2099-01-01\n")
    assert heard(folder) == WRITTEN


def test_the_newest_of_several_files_counts(folder):
    deliver(folder, SOURCE.replace("crm.csv", "crm-*.csv"), name="crm-1.csv")
    later = datetime(2025, 3, 5, tzinfo=UTC)
    deliver(folder, SOURCE.replace("crm.csv", "crm-*.csv"), ROWS[:-20], later, "crm-2.csv")
    assert heard(folder) == later


def test_a_limit_and_an_owner_change_nothing_about_the_rows(folder):
    deliver(folder, TIMED)
    before = folder.rows("SELECT fingerprint FROM source_state")
    deliver(folder, TIMED + "    owner: crm-team\n    max_age: 36h\n")
    assert folder.rows("SELECT fingerprint FROM source_state") == before


@pytest.mark.parametrize("said", ["36", "soon", "0h", "[1d]"])
def test_a_limit_that_is_no_duration_is_told(problems_of, said):
    text = "sources:\n  a:\n    file: a.csv\n    key: id\n    max_age: " + said + "\n"
    assert [problem.partition(": ")[0] for problem in problems_of(text)] == ["sources.yaml:5:14"]
