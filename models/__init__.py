"""Tables: one file per noun. See docs/data-model.md for the picture."""

from models.campaign import Approval, Audience, Campaign, Reason, Recipient
from models.content import Content, Material, TemplateVersion
from models.event import Consent, Event, EventPayload, Order, Product, Refund, Suppression
from models.identifier import Edge, EdgeStatus, Identifier, IdentifierStatus, Strength
from models.message import OPEN, Attempt, DeliveryStatus, Message, Receipt
from models.profile import (
    Alias,
    GoldenValue,
    Membership,
    Profile,
    ProfileEvent,
    Slot,
    Touched,
)
from models.record import Quarantine, Record, RecordVersion, SourceDelivery, SourceState
from models.run import Lease, Run, RunStage
from models.tag import ProfileTag, Segment, Tag, TagChange, TagCount, TagRun

__all__ = [
    "OPEN",
    "Alias",
    "Approval",
    "Attempt",
    "Audience",
    "Campaign",
    "Consent",
    "Content",
    "DeliveryStatus",
    "Edge",
    "EdgeStatus",
    "Event",
    "EventPayload",
    "GoldenValue",
    "Identifier",
    "IdentifierStatus",
    "Lease",
    "Material",
    "Membership",
    "Message",
    "Order",
    "Product",
    "Profile",
    "ProfileEvent",
    "ProfileTag",
    "Quarantine",
    "Reason",
    "Receipt",
    "Recipient",
    "Record",
    "RecordVersion",
    "Refund",
    "Run",
    "RunStage",
    "Segment",
    "Slot",
    "SourceDelivery",
    "SourceState",
    "Strength",
    "Suppression",
    "Tag",
    "TagChange",
    "TagCount",
    "TagRun",
    "TemplateVersion",
    "Touched",
]
