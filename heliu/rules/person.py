"""What rules may see of one profile, in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from heliu.rules.asks import Selected
from heliu.rules.comparing import Scalar
from heliu.rules.vocabulary import MINUS, NET_FEN, Word


@dataclass(frozen=True)
class Happening:
    """One event or message of a person: its type, when, its properties by name.

    `net_fen` isn't told: it is computed of `amount_fen`.
    """

    type: str
    at: int
    properties: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsentSaid:
    """One row of the consent ledger; `record` tells a person's records apart."""

    channel: str
    topic: str
    granted: bool
    at: int
    record: int = 0


@dataclass(frozen=True)
class HandSaid:
    """One human's word on a tag; of two at one instant the larger `id` is the later."""

    tag: str
    holds: bool
    at: int
    until: int | None = None
    id: int = 0


@dataclass(frozen=True)
class Person:
    """What rules may see of one profile; every time in epoch seconds.

    Attributes:
        events: What they did, and the messages they got (types of MESSAGE_EVENTS).
        selected: The firm's SELECTs that return them.
    """

    fields: Mapping[str, Scalar] = field(default_factory=dict)
    events: Sequence[Happening] = ()
    consents: Sequence[ConsentSaid] = ()
    hands: Sequence[HandSaid] = ()
    selected: frozenset[Selected] = frozenset()


def value_of(event: Happening, word: Word) -> Scalar:
    """A property of an event, told or computed."""
    if word != NET_FEN:
        return event.properties.get(word.name)
    amount = event.properties.get("amount_fen")
    return amount if amount is None or event.type != MINUS else -int(amount)
