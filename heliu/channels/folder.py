"""The folder channel: every message a file, nobody written to.

It stands in for a real channel (WeCom unless told otherwise), so it asks that
channel's consent. Handing a message over again finds its own file.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from heliu.channels.base import Accepted, AddressKind, NotAccepted, Outgoing, Result, Traits
from heliu.errors import PermanentError

OUTBOX = "outbox"


@dataclass(frozen=True)
class FolderOptions:
    """`[channels.folder]`."""

    kind: str = "folder"
    consent_channel: str = "wecom"
    off: bool = False

    @property
    def traits(self) -> Traits:
        """What planning knows of it."""
        return Traits(self.kind, self.consent_channel, AddressKind.PROFILE, self.off)

    def check(self, name: str) -> None:
        """Nothing here can be unsafe."""


def message_path(message: Outgoing) -> Path:
    """Where a message lies below HOME/outbox: campaign/occurrence/profile.ending."""
    ending = "html" if message.plain else "txt"
    return occurrence_path(message.campaign, message.occurrence) / f"{message.profile_id}.{ending}"


def occurrence_path(campaign: str, occurrence: str) -> Path:
    """The folder of one occurrence's messages, below HOME/outbox whatever it is called."""
    return Path(_folder_name(campaign), _folder_name(occurrence))


def _folder_name(text: str) -> str:
    name = quote(text, safe=":")
    return f"%2E{name[1:]}" if name.startswith(".") else name


class Folder:
    """Write messages below HOME/outbox."""

    batch_size = 100
    can_tell = True

    def __init__(self, name: str, options: FolderOptions, home: Path) -> None:
        self.name = name
        self.traits = options.traits
        self.root = home / OUTBOX

    def __enter__(self) -> Self:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PermanentError(f"the outbox folder can't be made: {error.strerror}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open."""

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        """Write each message's file, whole or not at all.

        Raises:
            PermanentError: The disk is full or the folder is closed to us.
        """
        try:
            return [self._write(message) for message in batch]
        except OSError as error:
            raise PermanentError(f"the outbox can't be written: {error.strerror}") from error

    def outcome(self, message: Outgoing) -> Accepted | NotAccepted | None:
        """A file with these very words is the proof."""
        path = message_path(message)
        try:
            found = (self.root / path).read_bytes()
        except FileNotFoundError:
            return NotAccepted()
        return Accepted(path.as_posix()) if found == _bytes(message) else NotAccepted()

    def _write(self, message: Outgoing) -> Accepted:
        path = message_path(message)
        target = self.root / path
        # The process in the name: a worker that lost its lease may still be writing.
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            draft.write_bytes(_bytes(message))
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(_bytes(message))
        draft.replace(target)
        return Accepted(path.as_posix())


def _bytes(message: Outgoing) -> bytes:
    heading = f"{message.subject}\n\n" if message.subject and not message.plain else ""
    return (heading + message.body).encode()
