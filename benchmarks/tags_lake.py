"""A full run on another engine over facts in Parquet, write-back included."""

import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.apart import usage
from benchmarks.tags_library import LIBRARIES, ZONE
from benchmarks.tags_ours import as_of
from heliu.rules.windows import Clock
from heliu.tags.apply import finish
from heliu.tags.checksum import checksum_of
from heliu.tags.lake.judge import judge_in_lake
from heliu.tags.plan import Mode, begin
from heliu.tags.retag import counts_of
from models.database import open_database, reading

RUN = 1_000
# One machine's cores; a cluster is named by Spark's own configuration.
SPARK = (
    "--master local[2] --driver-memory 4g --conf spark.sql.shuffle.partitions=8 "
    "--conf spark.log.level=ERROR pyspark-shell"
)
WORDS = "SELECT profile_id, number FROM profile_tag JOIN tag ON tag.name = profile_tag.tag"


def in_lake(url: str, tags: int, kind: str, folder: str) -> dict[str, Any]:
    """Everybody by duckdb or spark, as of the last fact."""
    engine, library, clock = open_database(url), LIBRARIES[tags](), Clock(as_of(0), ZONE)
    cpu, wall = usage()[0], time.perf_counter()
    plan = begin(engine, library, clock, RUN, Mode.FULL)
    judged = judge_in_lake(engine, library, clock, RUN, kind, Path(folder))
    finish(engine, library, clock.as_of, RUN, plan, judged, clock.as_of)
    spent = {"wall_s": time.perf_counter() - wall, "cpu_s": usage()[0] - cpu}
    counts = counts_of(engine, library, plan, RUN)
    return {**spent, "profiles": counts.profiles, "moves": counts.entered + counts.left}


def checksum(url: str) -> int:
    """Over the stored tags, sixty to a word."""
    words: dict[int, int] = {}
    with reading(open_database(url)) as connection:
        for profile, number in connection.execute(sa.text(WORDS)):
            words[profile] = words.get(profile, 0) | 1 << number
    return checksum_of(list(words.items()))
