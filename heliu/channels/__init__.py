"""Channels: a message goes to a provider, and its answer comes back in our words."""

from heliu.channels.base import (
    Accepted,
    AddressKind,
    Channel,
    NotAccepted,
    Outgoing,
    Result,
    Traits,
)
from heliu.channels.registry import channel_kinds, channel_traits, open_channel

__all__ = [
    "Accepted",
    "AddressKind",
    "Channel",
    "NotAccepted",
    "Outgoing",
    "Result",
    "Traits",
    "channel_kinds",
    "channel_traits",
    "open_channel",
]
