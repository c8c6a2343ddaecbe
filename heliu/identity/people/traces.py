"""Where a person may be told of outside their own rows: the quarantine, files, freed pages."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from heliu.channels.folder import OUTBOX
from heliu.errors import TransientError
from heliu.identity.people.forgotten import readings
from heliu.identity.people.person import DERIVED, Person
from models import Quarantine

QUARANTINE: sa.Table = Quarantine.__table__  # type: ignore[attr-defined]
ROWS_AT_ONCE = 1_000
NEITHER = re.compile(r"[\W_]+")
# Pages that show samples of messages; they are made again from the tables.
PAGES = (f"{OUTBOX}/index.html", f"{OUTBOX}/.index.html", "dashboard/index.html")
NOT_OURS = ("prefect", OUTBOX)  # folders below HOME without other pages of ours


class BadRow(NamedTuple):
    """A row of the quarantine that tells of a person."""

    id: int
    source: str
    row_hash: str


def find_bad_rows(connection: sa.Connection, person: Person) -> list[BadRow]:
    """Quarantined rows that carry a value or a record's key of theirs."""
    values = {key.value for key in person.own if key.type not in DERIVED}
    signs = {_sign(text) for text in [*values, *(key for _, key in person.keys)]}
    columns = QUARANTINE.c
    rows = connection.execute(
        sa.select(columns.id, columns.source, columns.row_hash, columns.payload),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    found = []
    for id_, source, row_hash, payload in rows:
        squeezed = _squeezed(payload)
        if not any(sign in squeezed for sign in signs):
            continue
        cells = [str(text).strip() for text in json.loads(payload).values()]
        named = any(_names(key, cells, person) for of, key in person.keys if of == source)
        if named or any(value in values for cell in cells for value in readings(cell)):
            found.append(BadRow(id_, source, row_hash))
    return found


def _names(key: str, cells: list[str], person: Person) -> bool:
    """Whether a row holds a record's key; a short one, which may be a quantity, with a name."""
    there = all(part in cells for part in key.split("|"))
    return there and (len(key) > 4 or any(name in cells for name in person.names))


def _sign(value: str) -> str:
    """What a row must hold to be worth reading, however it spells the value."""
    local = _squeezed(value.partition("@")[0].partition("|")[0])
    return local[-8:] if local.isdigit() else local


def _squeezed(text: str) -> str:
    """Letters and digits alone, in their plain forms."""
    return NEITHER.sub("", unicodedata.normalize("NFKC", text).lower())


def delete_bad_rows(connection: sa.Connection, rows: Iterable[BadRow]) -> int:
    """Delete these rows; how many there were."""
    ids = [row.id for row in rows]
    return int(connection.execute(sa.delete(QUARANTINE).where(QUARANTINE.c.id.in_(ids))).rowcount)


def message_files(home: Path, ids: Iterable[int]) -> list[Path]:
    """Files of messages to these profiles, drafts a crash has left included."""
    wanted = set(map(str, ids))
    return sorted(path for path in _outbox_files(home) if _profile_of(path) in wanted)


def delete_files(home: Path, ids: Iterable[int]) -> int:
    """Delete these profiles' messages, and the pages that may show them; how many messages."""
    files = message_files(home, ids)
    for path in [*files, *(home / page for page in PAGES)]:
        path.unlink(missing_ok=True)
    return len(files)


def delete_pages(home: Path, person: Person) -> int:
    """Delete every other page below HOME that tells their name, key or value; how many.

    All of them are made of the tables, and can be again.
    """
    texts = [text.encode() for text in {*person.texts, *person.names, *(k for _, k in person.keys)}]
    found = 0
    for path in home.rglob("*.html"):
        if path.relative_to(home).parts[0] in NOT_OURS:
            continue
        page = path.read_bytes()
        if any(text in page for text in texts):
            path.unlink()
            found += 1
    return found


def _outbox_files(home: Path) -> Iterator[Path]:
    """HOME/outbox/CAMPAIGN/OCCURRENCE/FILE."""
    return (path for path in (home / OUTBOX).glob("*/*/*") if path.is_file())


def _profile_of(path: Path) -> str:
    """The id in a message's file name: 17.html, or .17.html.4711 for a draft."""
    match = re.match(r"\.?(\d+)\.", path.name)
    return match[1] if match else ""


def zero_deleted(connection: sa.Connection) -> None:
    """Have SQLite overwrite what this connection deletes; PostgreSQL has nothing like it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON").close()


def overwrite_freed(engine: sa.Engine) -> None:
    """Leave no deleted value in the database's free space.

    SQLite's file is written anew and its log emptied; PostgreSQL takes dead rows off
    their pages. What the disk, its log archive and backups keep is beyond a program:
    see docs/erasure.md.

    Raises:
        TransientError: Somebody else has the database open and busy; what was erased
            stays erased, its bytes are overwritten next time.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    try:
        _rewrite_sqlite(engine)
    except sa.exc.DBAPIError as error:
        raise TransientError(BUSY) from error


BUSY = (
    "erased, but the file's freed pages could not be overwritten while another process uses the "
    "database. Erase the same id again when nothing runs."
)


def _rewrite_sqlite(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.cursor()
        # The copy VACUUM makes may be larger than memory; its file has no name.
        driver.execute("PRAGMA temp_store=FILE")
        try:
            driver.execute("VACUUM")
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute("PRAGMA temp_store=MEMORY")
            driver.close()
    if busy:
        raise TransientError(BUSY)
