"""The queue → CSV, for people to fill in a verdict each; read back by decision_file."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from heliu.identity.review.crowd import load_crowd
from heliu.identity.review.decision_file import READ
from heliu.identity.review.queue import GroupItem
from heliu.identity.review.sides import Question, Side

# These only help to decide.
FIELDS = ("name", "phone", "email", "birthday", "city", "company")
TOLD = (
    "scope", "reason", "weight", "paid_yuan", "records",
    *(f"{side}_{field}" for side in ("left", "right") for field in FIELDS),
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


def write_queue(
    connection: sa.Connection, questions: Iterable[Question], groups: Iterable[GroupItem], to: Path
) -> int:
    """Write open questions as CSV with an empty verdict each, readable by its owner alone.

    Returns:
        How many rows.

    Raises:
        OSError: The file can't be written.
    """
    rows = [*(_pair(one) for one in questions), *(_group(connection, one) for one in groups)]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*READ, *TOLD], restval="")
    writer.writeheader()
    writer.writerows({name: _safe(cell) for name, cell in row.items()} for row in rows)
    write_private(to, "\ufeff" + text.getvalue())
    return len(rows)


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner may read, all of it or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        fresh.chmod(0o600)  # also where one was left over with other rights
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _pair(one: Question) -> dict[str, str]:
    item = one.item
    row = {
        "type": item.type,
        "value": item.value,
        "scope": item.scope,
        "reason": item.reason,
        "weight": "" if item.weight is None else f"{item.weight:.2f}",
        "paid_yuan": f"{item.paid_fen / 100:.2f}",
        "records": str(item.records),
    }
    return row | _side("left", one.left) | _side("right", one.right)


def _side(name: str, side: Side) -> dict[str, str]:
    ref = next(one for one in side.records if one.record_id == side.record_id)
    told = {f"{name}_{field}": side.values.get(field, "") for field in FIELDS}
    key = {"id": str(ref.record_id), "source": ref.source, "key": ref.source_key}
    return {f"{name}_{part}": text for part, text in key.items()} | told


def _group(connection: sa.Connection, one: GroupItem) -> dict[str, str]:
    crowd = load_crowd(connection, one.type, one.scope, one.value)
    return {
        "type": one.type,
        "value": one.value,
        "scope": one.scope,
        "reason": f"{one.names} names, {crowd.people} profiles",
        "records": str(one.holders),
    }


def _safe(cell: str) -> str:
    """A cell that a spreadsheet takes for text; `_plain` undoes it."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell
