"""dbt-duckdb, a model for each tag, over the same facts in Parquet.

dbt has pins of its own: it lives in an environment that is made on demand, in a folder.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.apart import usage
from benchmarks.tags_members import membership_hash
from benchmarks.tags_ours import as_of
from benchmarks.tags_peers import texts
from heliu.rules.sql import PROFILE

PINS = ("dbt-core==1.9.8", "dbt-duckdb==1.9.4", "dbt-adapters<1.17", "dbt-semantic-interfaces<0.8")
REF = "ref__"  # marks a model where a table stands
REFERRED = re.compile(rf'(?<=FROM )"{REF}(\w+)"')
PROJECT = "name: tags\nversion: '1.0.0'\nprofile: tags\nmodel-paths: [models]\n"
PROFILES = """\
tags:
  target: bench
  outputs:
    bench: {{ type: duckdb, path: {database}, threads: {threads} }}
"""


def installed(folder: Path) -> Path | None:
    """The dbt of an environment in this folder, made if it isn't there; None if it can't be."""
    dbt = folder / "bin" / "dbt"
    if not dbt.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", *PINS]
        if made.returncode or subprocess.run(pip, check=False, capture_output=True).returncode:
            return None
    return dbt if dbt.exists() else None


def run(dbt: str, folder: str, tags: int, cuts: dict[str, int | None]) -> dict[str, Any]:
    """Build every model once; what `dbt run` took, its start and parsing included.

    Args:
        dbt: The command.
        folder: Where event.parquet and profile.parquet are; the project is made beside them.
        tags: How many tags.
        cuts: Of the ranks.
    """
    facts, project = Path(folder), Path(folder) / "dbt"
    names = write_project(project, facts, tags, cuts)
    command = [dbt, "--no-send-anonymous-usage-stats", "run", "--project-dir", str(project)]
    cpu, wall = usage()[0], time.perf_counter()
    subprocess.run(
        [*command, "--profiles-dir", str(project)], check=True, stdout=subprocess.DEVNULL
    )
    spent = {"wall_s": time.perf_counter() - wall, "cpu_s": usage()[0] - cpu}
    return {**spent, "hash": membership_hash(_rows(dbt, project, names))}


def write_project(
    project: Path, facts: Path, tags: int, cuts: dict[str, int | None]
) -> dict[str, str]:
    """A dbt project of one model a tag, by model the tag."""
    models = project / "models"
    models.mkdir(parents=True, exist_ok=True)
    database = project / "tags.duckdb"
    database.unlink(missing_ok=True)
    (project / "dbt_project.yml").write_text(PROJECT)
    profiles = PROFILES.format(database=database, threads=os.cpu_count() or 1)
    (project / "profiles.yml").write_text(profiles)

    def tag(names: tuple[str, ...]) -> sa.ColumnElement[bool]:
        of = sa.table(REF + _model(names[0]), sa.column("profile_id"))
        return PROFILE.c.id.in_(sa.select(of.c.profile_id))

    written = texts(tags, cuts, as_of(0), tag)
    for name, sql in written.items():
        text = REFERRED.sub(rf"{{{{ ref('\1') }}}} AS {REF}\1", sql)
        text = text.replace('"profile"."id"', '"profile"."id" AS "profile_id"', 1)
        for table in ("profile", "event"):
            text = text.replace(f'FROM "{table}"', f"FROM '{facts}/{table}.parquet' AS \"{table}\"")
        config = "{{ config(materialized='table') }}\n"
        (models / f"{_model(name)}.sql").write_text(config + text)
    return {_model(name): name for name in written}


def _model(tag: str) -> str:
    return tag.replace(".", "__")


def _rows(dbt: str, project: Path, names: dict[str, str]) -> list[tuple[str, int]]:
    """(tag, profile id) of every model; read by dbt's own DuckDB, whose file it is."""
    read = (
        "import duckdb, json, sys\n"
        "c = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print(json.dumps({m: [r[0] for r in c.execute(f'SELECT profile_id FROM {m}').fetchall()]"
        " for m in json.loads(sys.argv[2])}))"
    )
    python = Path(dbt).with_name("python")
    arguments = [str(python), "-c", read, str(project / "tags.duckdb"), json.dumps(list(names))]
    said = subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout
    return [(names[model], id_) for model, ids in json.loads(said).items() for id_ in ids]
