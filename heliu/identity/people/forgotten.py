"""People who asked to be forgotten, known again by keyed hashes and nothing else.

What is hashed of a person, and what it takes to be known again by it:

- `key`: a record's source and key there. Alone.
- `id`: a platform id nobody else carries. Alone.
- `contact`: a phone or e-mail with the sound of a full name. Both, since a number
  may be somebody else's by now.
- `text`: a value without its type. Only keeps rows out of the quarantine.
- `row`: a row of the quarantine. The same.

See docs/adr/0014-erasure.md.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import sqlalchemy as sa

from heliu.errors import ConfigError, Place, Problem
from heliu.identity.people.person import CONTACTS, DERIVED, Person, spoken
from heliu.identity.records import NormalisedRecord
from heliu.identity.values.email import normalise_email
from heliu.identity.values.ids import normalise_id
from heliu.identity.values.phone import normalise_phone
from models import ErasedHash, Strength

HASH: sa.Table = ErasedHash.__table__  # type: ignore[attr-defined]
CHECK = "check"  # hashed with each erasure: shows that a key is the one it was made with
LEAST_KEY_BYTES = 16


def keyed_hash(secret: bytes, *parts: str) -> str:
    """A name for these words which only the holder of the key can make.

    Source: BLAKE2b's keyed mode, RFC 7693; 128 bits.
    """
    text = "\x1f".join(parts).encode()
    return hashlib.blake2b(text, key=secret[:64], digest_size=16).hexdigest()


class Forgotten:
    """Whom we have been asked to forget, by the hashes that are left of them.

    Args:
        hashes: Every hash kept, with its erasure's id.
        secret: The key they were made with.

    Raises:
        ConfigError: They were made with another key, so nobody could be known again.
    """

    def __init__(self, hashes: Mapping[str, int], secret: bytes) -> None:
        self._hashes = hashes
        self._secret = secret
        erasures = set(hashes.values())
        if any(keyed_hash(secret, CHECK, str(id_)) not in hashes for id_ in erasures):
            says = "is another key than people were erased with: they would be taken in again"
            remedy = "Put back the key of the first erasure (HELIU_ERASURE_KEY or erasure.key)."
            raise ConfigError([Problem(Place("erasure key"), says, remedy)])

    def key(self, source: str, key: str) -> bool:
        """Whether a record of this source and key was theirs."""
        return self._find("key", source, key) is not None

    def row(self, source: str, row_hash: str, cells: Iterable[str]) -> bool:
        """Whether a row that can't be used was theirs, or a cell of it tells who they are."""
        return self._find("row", source, row_hash) is not None or any(
            self._find("text", value) is not None for cell in cells for value in readings(cell)
        )

    def erasure_of(self, record: NormalisedRecord) -> int | None:
        """The erasure whose person a record tells of, if it tells of one."""
        words = [("key", record.source, record.source_key), *_known_by(record)]
        return next((id_ for one in words if (id_ := self._find(*one)) is not None), None)

    def _find(self, *parts: str) -> int | None:
        return self._hashes.get(keyed_hash(self._secret, *parts))


def load_forgotten(connection: sa.Connection, secret: Callable[[], bytes]) -> Forgotten | None:
    """Everybody erased so far; None, and the key isn't even looked for, where there is nobody."""
    rows = connection.execute(sa.select(HASH.c.hash, HASH.c.erasure_id))
    hashes = {row.hash: row.erasure_id for row in rows}
    return Forgotten(hashes, secret()) if hashes else None


def hashes_of(
    person: Person, secret: bytes, erasure: int, bad_rows: Iterable[tuple[str, str]]
) -> set[str]:
    """Every hash kept of a person who is erased.

    Args:
        person: With values that are theirs alone; those of others must not be hashed,
            or the others would be taken for them.
        secret: The key.
        erasure: The erasure's id.
        bad_rows: Source and hash of their rows in the quarantine.
    """
    words: list[tuple[str, ...]] = [(CHECK, str(erasure))]
    words += [("key", *key) for key in person.keys]
    words += [("row", *row) for row in bad_rows]
    words += [("contact", key.type, key.value, sound) for key, sound in person.contacts]
    for key in person.own:
        if key.type not in DERIVED:
            words.append(("text", key.value))
            words += [("id", *key)] * (key.type not in CONTACTS)
    return {keyed_hash(secret, *one) for one in words}


def readings(cell: str) -> Iterator[str]:
    """What a cell says if it is a phone, an e-mail or an id."""
    for found in (*normalise_phone(cell), *normalise_email(cell), normalise_id(cell)):
        if found.value:
            yield found.value


def _known_by(record: NormalisedRecord) -> Iterator[tuple[str, ...]]:
    for key, _, strength in record.identifiers:
        if key.type in CONTACTS and strength in (Strength.STRONG, Strength.MEDIUM):
            for sound in spoken([record.full_name]):
                yield ("contact", key.type, key.value, sound)
        elif strength is Strength.STRONG:
            yield ("id", *key)
