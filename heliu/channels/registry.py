"""Which channels there are, and how one is opened."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from heliu.channels.base import Channel, Traits
from heliu.channels.email import Email, EmailOptions
from heliu.channels.folder import Folder, FolderOptions
from heliu.channels.options import read_options
from heliu.errors import ConfigError, Place, Problem, did_you_mean

Secret = Callable[[str], str]

KINDS: dict[str, type[FolderOptions] | type[EmailOptions]] = {
    "email": EmailOptions,
    "folder": FolderOptions,
}


def channel_kinds() -> tuple[str, ...]:
    """Every kind a channel may be, in order of name."""
    return tuple(sorted(KINDS))


def channel_traits(name: str, options: Mapping[str, Any]) -> Traits:
    """What planning must know of a channel, with all its options checked; opens nothing.

    Raises:
        ConfigError: The kind or an option is unknown, missing or unsafe.
    """
    return _options(name, options).traits


def open_channel(name: str, options: Mapping[str, Any], home: Path, secret: Secret) -> Channel:
    """The channel a firm calls `name`; entering it as a context manager connects.

    Args:
        name: As in campaigns and `[channels.NAME]`.
        options: That table; `kind` is the name itself where it doesn't say.
        home: HELIU_HOME; the folder channel writes below it.
        secret: Gives a secret by its name; asked only for those the options name.

    Raises:
        ConfigError: The kind or an option is unknown, missing or unsafe.
    """
    read = _options(name, options)
    if isinstance(read, EmailOptions):
        return Email(name, read, secret)
    return Folder(name, read, home)


def _options(name: str, options: Mapping[str, Any]) -> FolderOptions | EmailOptions:
    kind = options.get("kind", name)
    if kind not in KINDS:
        says = f"unknown kind of channel {kind!r}{did_you_mean(str(kind), KINDS)}"
        known = f"Known kinds: {', '.join(channel_kinds())}."
        raise ConfigError([Problem(Place(f"channels.{name}"), says, known)])
    read = read_options(KINDS[kind], name, {**options, "kind": kind})
    read.check(name)
    return read
