"""The rows of `benchmarks.tags`, each its contestants side by side."""

from collections.abc import Iterator
from importlib.util import find_spec

from benchmarks.apart import apart
from benchmarks.bars import Line, at_least, at_most, equal, note
from benchmarks.tags_dbt import installed
from benchmarks.tags_lake import SPARK
from benchmarks.tags_worlds import OURS, PEERS, Worlds, expect_same, median, membership, nights

DBT, LAKE, STEPS = "benchmarks.tags_dbt", "benchmarks.tags_lake", "benchmarks.tags_steps"


def full(worlds: Worlds) -> Iterator[Line]:
    """Fifty tags, everybody, with write-back: against the bare reading of the same columns."""
    url = worlds.sqlite()
    bare = apart(PEERS, "bare_sqlite", url.removeprefix("sqlite:///"), worlds.runs)
    duck = apart(PEERS, "bare_duckdb", str(worlds.parquet / "event.parquet"), worlds.runs)
    two = nights(worlds, url, processes=2)
    hashes = {"2 processes": membership(url)}
    url = worlds.sqlite()
    one = nights(worlds, url)
    expect_same({**hashes, "1 process": membership(url)})
    for row, took in (("bare SQLite", bare), ("bare DuckDB", duck)):
        yield note(row, f"{took.answer['wall_s']:.3f} s, CPU {took.answer['cpu_s']:.3f} s", took)
    for row, took in (("SQLite, 1 process", one), ("SQLite, 2 processes", two)):
        wall, cpu = median(took, "wall_s"), median(took, "cpu_s")
        moved = median(took, "entered") + median(took, "left")
        yield note(row, f"{wall:.3f} s, CPU {cpu:.3f} s, {moved:,.0f} moves a night", took)
        yield note(row, f"{cpu / bare.answer['cpu_s']:.2f} × bare SQLite, CPU")
    wall = median(two, "wall_s")
    yield at_most(row, "× bare SQLite", wall / bare.answer["wall_s"], 4.5)
    yield at_most(row, "× bare DuckDB", wall / duck.answer["wall_s"], 11.0)
    share = median(two, "delta_s") / median(two, "cpu_s")
    yield at_most(row, "finding and writing the difference, of the CPU", share, 0.2)
    longest = max(night["longest_lock_s"] for night in two.answer)
    yield at_most(row, "longest write lock, s", longest, 0.5)
    largest = max(night["process_mib"] for night in (*one.answer, *two.answer))
    yield at_most(row, "memory of a process, MiB", largest, 1024.0)


def postgres(worlds: Worlds) -> Iterator[Line]:
    """The same on PostgreSQL."""
    url = worlds.sqlite()
    ours = nights(worlds, url, processes=2)
    hashes = {"SQLite": membership(url)}
    url = worlds.postgres()
    theirs = nights(worlds, url, processes=2)
    expect_same({**hashes, "PostgreSQL": membership(url)})
    wall = median(theirs, "wall_s")
    yield note("PostgreSQL", f"{wall:.3f} s", theirs)
    yield at_most("PostgreSQL", "× SQLite", wall / median(ours, "wall_s"), 1.7)


def peers(worlds: Worlds) -> Iterator[Line]:
    """One statement a tag, and dbt with a model a tag."""
    url = worlds.sqlite()
    ours = nights(worlds, url, processes=2)
    hashes = {"Heliu": membership(url)}
    each = apart(PEERS, "one_a_tag", url, 50)
    hashes["one statement a tag"] = each.answer["hash"]
    dbt, models = installed(worlds.dbt_folder), None
    if dbt:
        cuts = apart(OURS, "cuts_at", url).answer
        models = apart(DBT, "run", str(dbt), str(worlds.parquet), 50, cuts)
        hashes["dbt"] = models.answer["hash"]
    expect_same(hashes)
    wall, cpu = median(ours, "wall_s"), median(ours, "cpu_s")
    yield note("Heliu, with write-back", f"{wall:.3f} s, CPU {cpu:.3f} s", ours)
    said = f"{each.answer['wall_s']:.1f} s, CPU {each.answer['cpu_s']:.1f} s"
    yield note("one statement a tag", said, each)
    yield at_least("one statement a tag", "× Heliu", each.answer["wall_s"] / wall, 5.0)
    if models is None:
        yield note("dbt-duckdb", "could not be installed here")
        return
    yield note("dbt-duckdb", f"{models.answer['wall_s']:.1f} s", models)
    yield at_least("dbt-duckdb", "× Heliu's CPU", models.answer["cpu_s"] / cpu, 4.0)


def duckdb(worlds: Worlds) -> Iterator[Line]:
    """The same statement on DuckDB, the facts put into Parquet first."""
    yield from _in_lake(worlds, "duckdb", {})


def spark(worlds: Worlds) -> Iterator[Line]:
    """And on Spark, started on this machine's cores; needs pyspark and Java."""
    if find_spec("pyspark") is None:
        yield note("spark", "needs pyspark, and Java 17 or later")
        return
    local = {"PYSPARK_SUBMIT_ARGS": SPARK, "SPARK_LOCAL_DIRS": str(worlds.folder)}
    yield from _in_lake(worlds, "spark", {**local, "SPARK_LOCAL_IP": "127.0.0.1"})


def _in_lake(worlds: Worlds, kind: str, env: dict[str, str]) -> Iterator[Line]:
    url = worlds.sqlite()
    apart(OURS, "nights", url, 50, 1)
    sums = {"database": str(apart(LAKE, "checksum", url).answer)}
    url = worlds.sqlite()
    took = apart(LAKE, "in_lake", url, 50, kind, str(worlds.folder / "lake"), env=env)
    sums[kind] = str(apart(LAKE, "checksum", url).answer)
    expect_same(sums)
    spent = took.answer
    said = f"{spent['profiles']:,} profiles, {spent['moves']:,} moves, {spent['wall_s']:.1f} s"
    yield note(kind, said, took)
    yield equal(kind, "checksum, as the database's", sums[kind], sums["database"])


def growth(worlds: Worlds) -> Iterator[Line]:
    """More questions, more events, more tags; CPU against that of fifty tags."""
    cpu = {}
    for tags, times in ((50, 1), (100, 1), (200, 1), (50, 5)):
        took = nights(worlds, worlds.sqlite(tags, times), tags)
        cpu[tags, times] = median(took, "cpu_s")
        yield note(f"{tags} tags, events × {times}", f"CPU {cpu[tags, times]:.2f} s", took)
    base = cpu[50, 1]
    yield at_most("growth", "twice the questions (100 tags)", cpu[100, 1] / base, 1.9)
    yield at_most("growth", "200 tags", cpu[200, 1] / base, 2.5)
    yield at_most("growth", "5 × the events", cpu[50, 5] / base, 3.0)


def incremental(worlds: Worlds) -> Iterator[Line]:
    """What changed and what time moved, against everybody; the same comes out."""
    took = apart(STEPS, "increments", worlds.sqlite(), 50, worlds.runs)
    base = took.answer["full"]["cpu_s"]
    yield note("everybody", f"CPU {base:.2f} s", took)
    for name, bar in (("uniform 1 %", 0.04), ("an hour", 0.12), ("a night", 0.42)):
        found = took.answer[name]
        if found["differing"]:
            yield Line(name, f"{found['differing']} profiles differ from full", "", "0", False)
            continue
        yield note(name, f"{found['profiles']:,} profiles, CPU {found['cpu_s']:.2f} s")
        yield at_most(name, "of full, CPU", found["cpu_s"] / base, bar)


def person(worlds: Worlds) -> Iterator[Line]:
    """Something one person did, until their tags are true."""
    places = (("SQLite", worlds.sqlite(), 10.0), ("PostgreSQL", worlds.postgres(), 20.0))
    for name, url, bar in places:
        row, took = f"one person's event, {name}", apart(STEPS, "one_person", url, 50, 200)
        yield at_most(row, "computing, ms", took.answer["computing_ms"], bar, took)
        told = (
            "by the reference engine {reference_ms:.1f} ms; judged and written as a part of a run "
            "{median_ms:.1f} ms, 95 % within {p95_ms:.1f} ms"
        )
        yield note(row, told.format(**took.answer))


def diff(worlds: Worlds) -> Iterator[Line]:
    """Five of fifty rules changed, and all: who would move, and why. The bar is of scale S."""
    took = apart(STEPS, "previews", worlds.sqlite())
    for name, found in took.answer.items():
        row, wall = f"tags diff, {name}", found["wall_s"]
        yield note(row, f"{found['rules']} rules, {found['moved']:,} moves, {wall:.1f} s", took)
        yield equal(row, "samples the reference engine denies", found["unconfirmed"], 0)
        if worlds.scale == "S":
            yield at_most(row, "seconds", wall, 10.0)
