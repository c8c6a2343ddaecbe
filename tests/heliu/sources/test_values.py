from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.sources.values import (
    parse_consent,
    parse_date,
    parse_fen,
    parse_id,
    parse_instant,
    parse_number,
    parse_yuan,
)

ZONE = ZoneInfo("Asia/Shanghai")
TEN = int(datetime(2026, 8, 7, 10, tzinfo=ZONE).timestamp())
MIDNIGHT = TEN - 36_000


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-08-07 10:00:00", TEN),
        ("2026-08-07 10:00", TEN),
        ("2026/8/7 10:00", TEN),
        ("2026/08/07", MIDNIGHT),
        ("2026.8.7", MIDNIGHT),
        ("2026年08月07日10时00分00秒", TEN),
        ("2026年8月7日", MIDNIGHT),
        ("20260807", MIDNIGHT),
        ("2026-08-07T10:00:00+08:00", TEN),
        ("2026-08-07T02:00:00Z", TEN),
        ("46241", MIDNIGHT),  # a spreadsheet's day number
        ("46241.41666666666", TEN),
        (str(TEN), TEN),
        (f"{TEN}000", TEN),
        ("", None),
        ("-", None),
    ],
)
def test_times_are_read_as_people_write_them(text, instant):
    assert parse_instant(text, ZONE) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-30 10:00:00",
        "昨天",
        "2026-13-01",
        "12345",
        "2026-08-07 25:00",
        "2026-08-07 10:61:00",
    ],
)
def test_what_is_no_time_is_refused_without_being_quoted(text):
    with pytest.raises(ValueError, match=r"no such|not a time|out of range") as error:
        parse_instant(text, ZONE)
    assert text not in str(error.value)


@given(
    st.datetimes(datetime(1981, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]),
)
def test_the_fast_path_agrees_with_the_library(when, name):
    zone = ZoneInfo(name)
    when = when.replace(microsecond=0)
    aware = when.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != when:
        return  # an hour the clock skips
    assert parse_instant(when.isoformat(" "), zone) == int(aware.timestamp())


@given(st.dates(datetime(1981, 1, 1).date(), datetime(2090, 1, 1).date()))
def test_a_date_survives_text_and_spreadsheet_number(day):
    serial = (day - datetime(1899, 12, 30).date()) / timedelta(days=1)
    assert (
        parse_date(day.isoformat(), ZONE) == parse_date(str(int(serial)), ZONE) == day.isoformat()
    )


def test_money_is_integer_fen():
    assert parse_yuan("¥1,299.00") == 129_900
    assert parse_yuan("9.9元") == 990
    assert parse_yuan("1.2万") == 1_200_000
    assert parse_fen("99900") == 99_900
    assert parse_fen("-") is None
    for text in ("-1", "0.001", "abc"):
        with pytest.raises(ValueError, match=r"below zero|parts of a fen|not a number"):
            parse_yuan(text)


def test_numbers_ids_and_consent():
    assert parse_number("12,000") == 12_000
    with pytest.raises(ValueError, match="whole"):
        parse_number("1.5")
    assert (
        parse_id("\t6917926768823643751")
        == parse_id("'6917926768823643751")
        == "6917926768823643751"
    )
    with pytest.raises(ValueError, match="rounded"):
        parse_id("6.9179E+18")
    assert parse_consent("同意")
    assert not parse_consent("退订")
    with pytest.raises(ValueError, match="neither"):
        parse_consent("也许")
