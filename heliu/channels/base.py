"""What every channel is: batches of messages in, one result each out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from heliu.errors import HeliuError


class AddressKind(StrEnum):
    """What a channel needs to know of a person to reach them."""

    PROFILE = "profile"  # our own id, as text
    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL_USERID = "external_userid"


@dataclass(frozen=True)
class Traits:
    """What planning must know of a channel; told without opening it."""

    kind: str
    consent_channel: str  # whose consent counts
    address_of: AddressKind
    off: bool = False


@dataclass(frozen=True)
class Outgoing:
    """One message as a channel sees it."""

    campaign: str
    occurrence: str
    profile_id: int
    address: str
    subject: str
    body: str
    plain: str  # text beside HTML; empty where the body is text

    @property
    def key(self) -> str:
        """The name that makes a second send recognisable."""
        return f"{self.campaign}/{self.occurrence}/{self.profile_id}"


@dataclass(frozen=True)
class Accepted:
    """The provider took it."""

    provider_id: str


# One message's result: taken, or why not (TransientError: try again later,
# PermanentError: this message never, OutcomeUnknown: it may have gone).
Result = Accepted | HeliuError


class NotAccepted:
    """The provider never got it: it may be sent again."""


class Channel(Protocol):
    """A way to people. Use it as a context manager: entering connects.

    `send` gives one Result per message, in order. What it raises concerns the
    whole call: TransientError (nothing left), OutcomeUnknown (any may have),
    PermanentError (the channel itself refuses: nobody's message is at fault).
    """

    @property
    def name(self) -> str:
        """As the firm calls it."""

    @property
    def traits(self) -> Traits:
        """What planning knows of it."""

    @property
    def batch_size(self) -> int:
        """The most messages one call carries."""

    @property
    def can_tell(self) -> bool:
        """Whether `outcome` ever knows."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, batch: Sequence[Outgoing]) -> list[Result]:
        """Hand over at most `batch_size` messages."""

    def outcome(self, message: Outgoing) -> Accepted | NotAccepted | None:
        """What became of a message whose call broke; None where nobody can tell."""
