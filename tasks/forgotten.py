"""The key by which people who were erased are known again."""

import os
import secrets

import sqlalchemy as sa

from heliu.errors import ConfigError, Place, Problem
from heliu.identity.people.forgotten import LEAST_KEY_BYTES, Forgotten, load_forgotten
from tasks.settings import settings

KEY_VARIABLE, KEY_FILE = "HELIU_ERASURE_KEY", "erasure.key"


def erasure_key(make: bool = False) -> bytes:
    """The key of the hashes: from the environment, else from the file in HELIU_HOME.

    Args:
        make: Make the file where there is none: only right while nobody is erased.

    Raises:
        ConfigError: There is none, or it is too short.
    """
    if given := os.environ.get(KEY_VARIABLE):
        return _checked(given, KEY_VARIABLE)
    path = settings().home / KEY_FILE
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
    try:
        return _checked(path.read_text(encoding="utf-8").strip(), str(path))
    except FileNotFoundError:
        says = "is gone: people erased with it could not be known again"
        remedy = f"Put it back, or set {KEY_VARIABLE} to what it held."
        raise ConfigError([Problem(Place(str(path)), says, remedy)]) from None


def forgotten_people(connection: sa.Connection) -> Forgotten | None:
    """Whom collect and unify must not take in again; None while nobody is erased.

    Raises:
        ConfigError: Somebody is, and the key isn't there or is another.
    """
    return load_forgotten(connection, erasure_key)


def _checked(text: str, where: str) -> bytes:
    key = text.encode()
    if len(key) < LEAST_KEY_BYTES:
        says = f"holds fewer than {LEAST_KEY_BYTES} bytes: too short for a key"
        raise ConfigError([Problem(Place(where), says, "Use e.g. 32 random bytes in hex.")])
    return key
