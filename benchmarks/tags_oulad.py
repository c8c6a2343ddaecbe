"""OULAD: students, what they enrolled in, what they handed in, what they left."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.tags_public import DAY, DataSet, Members, Rows, best, who
from heliu.rules.vocabulary import (
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    STANDARD_PROPERTIES,
    FieldType,
    Vocabulary,
    Word,
)

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2014, 6, 1, tzinfo=ZONE)
NOW = int(AS_OF.timestamp())
STARTS = {"2013B": (2013, 2), "2013J": (2013, 10), "2014B": (2014, 2), "2014J": (2014, 10)}
RULES = {
    "good": '{ did: handed_in, where: { score: ">= 70" }, count: ">= 5", within: 180d }',
    "perfect": '{ did: handed_in, max: score, is: "100" }',
    "left": "{ did: left }",
    "back": "{ last: enrolled, after_last: left }",
    "two_courses": '{ did: enrolled, distinct: item, is: ">= 2" }',
    "silent": "{ all: [{ did: enrolled }, { not: { last: handed_in, within: 90d } }] }",
    "stays": "{ sequence: [enrolled, handed_in], then_not: left }",
    "starts": "{ first: handed_in, within: this_year }",
    "poor_start": '{ did: handed_in, where: { score: "< 40" }, between: [365d, 180d] }',
    "young_women": "{ all: [{ field: gender, is: f }, { field: age, is: 0-35 }] }",
    "again": "{ field: attempts, gt: 0 }",
    "diligent": "{ rank: { count: handed_in, within: 365d }, top: 10% }",
    "points": "{ rank: { sum: score, of: handed_in }, top: 25% }",
    "star": "{ all: [{ tag: diligent }, { tag: points }, { tag: good }] }",
    "at_risk": "{ all: [{ tag: silent }, { none: [{ tag: left }, { tag: star }] }] }",
}


def _start(column: str) -> pl.Expr:
    """Epoch seconds of the first moment of a presentation's first day."""
    seconds = {
        name: int(datetime(year, month, 1, tzinfo=ZONE).timestamp())
        for name, (year, month) in STARTS.items()
    }
    return pl.col(column).replace_strict(seconds, return_dtype=pl.Int64)


def _events(folder: Path) -> pl.DataFrame:
    """profile_id, at, type, item, score; what comes after as-of included."""
    enrolled = pl.read_parquet(folder / "studentRegistration.parquet")
    tasks = pl.read_parquet(folder / "assessments.parquet")
    handed = pl.read_parquet(folder / "studentAssessment.parquet").join(tasks, on="id_assessment")
    told = [
        (enrolled, "date_registration", "enrolled", pl.lit(None)),
        (enrolled, "date_unregistration", "left", pl.lit(None)),
        (handed, "date_submitted", "handed_in", pl.col("score")),
    ]
    parts = [
        frame.filter(pl.col(day).is_not_null()).select(
            pl.col("id_student").cast(pl.Int64).alias("profile_id"),
            (_start("code_presentation") + pl.col(day).cast(pl.Int64) * DAY).alias("at"),
            pl.lit(type_).alias("type"),
            pl.col("code_module").alias("item"),
            score.cast(pl.Int64).alias("score"),
        )
        for frame, day, type_, score in told
    ]
    return pl.concat(parts)


def _students(folder: Path) -> pl.DataFrame:
    """profile_id, gender, age, attempts: as the last row of a student has them."""
    info = pl.read_parquet(folder / "studentInfo.parquet")
    return (
        info.group_by(pl.col("id_student").cast(pl.Int64).alias("profile_id"))
        .agg(
            pl.col("gender").last().str.to_lowercase(),
            pl.col("age_band").last().alias("age"),
            pl.col("num_of_prev_attempts").last().alias("attempts"),
        )
        .sort("profile_id")
    )


def rows(folder: Path) -> Iterator[Rows]:
    """A profile a student, an event an enrolment, a withdrawal, a paper handed in."""
    profile = ("id", "gender", "text_1", "number_1")
    profile = (*profile, "records", "sources", "created_run_id", "changed_run_id")
    yield "profile", profile, ((*row, 1, 1, 1, 1) for row in _students(folder).iter_rows())
    event = ("profile_id", "at", "id", "record_id", "source", "type", "item", "number_1")
    events = _events(folder).sort("profile_id", "at")
    yield (
        "event",
        event,
        (
            (id_, at, number, id_, "oulad", type_, item, score)
            for number, (id_, at, type_, item, score) in enumerate(events.iter_rows())
        ),
    )


def wanted(folder: Path) -> dict[str, Members]:
    """Who must carry what."""
    at, score, type_ = pl.col("at"), pl.col("score"), pl.col("type")
    handed, enrolled, left = (type_ == name for name in ("handed_in", "enrolled", "left"))
    local = pl.from_epoch(at).dt.convert_time_zone(ZONE.key)
    told = (
        _events(folder)
        .filter(at <= NOW)
        .group_by("profile_id")
        .agg(
            good=(handed & (score >= 70) & (at > NOW - 180 * DAY)).sum(),
            best=score.filter(handed).max(),
            points=score.filter(handed).sum(),
            scores=score.filter(handed).count(),
            last_left=at.filter(left).max(),
            last_enrolled=at.filter(enrolled).max(),
            first_enrolled=at.filter(enrolled).min(),
            last_handed=at.filter(handed).max(),
            first_handed=at.filter(handed).min(),
            first_year=local.filter(handed).min().dt.year(),
            courses=pl.col("item").filter(enrolled).n_unique(),
            papers=(handed & (at > NOW - 365 * DAY)).sum(),
            poor=(handed & (score < 40) & (at > NOW - 365 * DAY) & (at <= NOW - 180 * DAY)).sum(),
        )
    )
    frame = _students(folder).join(told, on="profile_id", how="left")
    col = pl.col
    after = col("last_left").is_null() | (col("last_left") <= col("last_handed"))
    found = {
        "good": who(frame, col("good") >= 5),
        "perfect": who(frame, col("best") == 100),
        "left": who(frame, col("last_left").is_not_null()),
        "back": who(
            frame,
            col("last_enrolled").is_not_null()
            & (col("last_left").is_null() | (col("last_enrolled") > col("last_left"))),
        ),
        "two_courses": who(frame, col("courses") >= 2),
        "silent": who(
            frame,
            col("last_enrolled").is_not_null()
            & (col("last_handed").is_null() | (col("last_handed") <= NOW - 90 * DAY)),
        ),
        "stays": who(frame, (col("first_enrolled") < col("last_handed")) & after),
        "starts": who(frame, col("first_year") == 2014),
        "poor_start": who(frame, col("poor") > 0),
        "young_women": who(frame, (col("gender") == "f") & (col("age") == "0-35")),
        "again": who(frame, col("attempts") > 0),
        "diligent": best(frame.filter(col("papers") > 0), "papers", 0.10),
        "points": best(frame.filter(col("scores") > 0), "points", 0.25),
    }
    found["star"] = found["diligent"] & found["points"] & found["good"]
    found["at_risk"] = found["silent"] - found["left"] - found["star"]
    return found


NUMBER, TEXT = FieldType.NUMBER, FieldType.TEXT
DATA_SET = DataSet(
    folder="oulad",
    as_of=AS_OF,
    vocabulary=Vocabulary(
        fields={
            **STANDARD_FIELDS,
            "age": Word("age", TEXT, "text_1"),
            "attempts": Word("attempts", NUMBER, "number_1"),
        },
        events=frozenset((*STANDARD_EVENTS, "enrolled", "left", "handed_in")),
        properties={**STANDARD_PROPERTIES, "score": Word("score", NUMBER, "number_1")},
    ),
    rules=RULES,
    rows=rows,
    wanted=wanted,
)
