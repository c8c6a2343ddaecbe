"""A firm under git with a few tags and people, and `heliu tags` run in it."""

import subprocess

import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli import app
from models.bulk import bulk_insert
from models.database import open_database, reading, writing

AS_OF = "2025-10-01"
NOW = 1_759_248_000  # its first moment in Shanghai
DAY = 86_400
TAG = """tag: {name}
title: {title}
when: {when}
"""
EXAMPLES = """examples:
  - {{ given: {{ {event}: [{{ on: 2025-12-01 }}] }}, holds: true, as_of: 2025-12-02 }}
  - {{ given: {{}}, holds: false, as_of: 2025-12-02 }}
"""


def git(folder, *words):
    told = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", "-C", folder, *told, *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


def write_tag(root, name, when, event=None, **more):
    folder = root / "rules/tags"
    folder.mkdir(parents=True, exist_ok=True)
    text = TAG.format(name=name, title=name.upper(), when=when)
    text += "".join(f"{key}: {value}\n" for key, value in more.items())
    text += EXAMPLES.format(event=event) if event else ""
    (folder / f"{name}.yaml").write_text(text, "utf-8")


def commit(folder, says="rules"):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", says)


def fill(url):
    engine = open_database(url)
    profile = ["id", "records", "sources", "created_run_id", "changed_run_id"]
    with writing(engine) as connection:
        bulk_insert(connection, "profile", profile, [(n, 1, 1, 1, 1) for n in (1, 2, 3, 5)])
        bulk_insert(
            connection,
            "record",
            [
                "id",
                "source",
                "source_pk",
                "version",
                "content_hash",
                "first_run_id",
                "changed_run_id",
            ],
            [(n, "crm", f"C-{n}", 1, "x", 1, 1) for n in (1, 2, 3, 4, 5)],
        )
        members = [(1, 1), (2, 2), (3, 3), (4, 2), (5, 5)]
        bulk_insert(
            connection,
            "membership",
            ["record_id", "from_run_id", "profile_id"],
            [(record, 1, profile) for record, profile in members],
        )
        bulk_insert(
            connection, "alias", ["old_id", "from_run_id", "profile_id", "reason"],
            [(4, 1, 2, "merge")],
        )  # fmt: skip
        events = [(1, "order_paid", 1), (2, "order_paid", 1), (2, "order_paid", 2), (3, "login", 3)]
        bulk_insert(
            connection,
            "event",
            ["profile_id", "type", "at", "id", "record_id", "source"],
            [(p, kind, NOW - ago * DAY, n, p, "t") for n, (p, kind, ago) in enumerate(events)],
        )
    engine.dispose()


def run(*words, code=0):
    done = CliRunner().invoke(app, ["tags", *map(str, words)], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def ask(url, sql):
    engine = open_database(url)
    with reading(engine) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(sql))]
    engine.dispose()
    return rows


def twice(folder):
    write_tag(folder, "buyer", "{ did: order_paid, count: '>= 2' }", "order_paid")
