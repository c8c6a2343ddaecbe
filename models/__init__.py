"""Tables: one file per noun. See docs/data-model.md for the picture."""

from models.campaign import Approval, Audience, Campaign, Reason, Recipient
from models.content import Content, Material, TemplateVersion
from models.decision import Decision, ReviewItem
from models.erasure import ErasedHash, Erasure
from models.event import Consent, Event, EventPayload, Order, Product, Refund, Suppression
from models.identifier import (
    Demotion,
    Edge,
    EdgeStatus,
    Identifier,
    IdentifierStatus,
    PoisonedValue,
    StaleRecord,
    StaleValue,
    Strength,
)
from models.message import OPEN, Attempt, DeliveryStatus, Message, Receipt
from models.profile import (
    Alias,
    GoldenValue,
    Handover,
    Membership,
    Profile,
    ProfileEvent,
    Slot,
    Touched,
    UnifyState,
)
from models.record import Quarantine, Record, RecordVersion, SourceDelivery, SourceState
from models.run import Lease, Run, RunStage, UnifyStop
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
    "Decision",
    "DeliveryStatus",
    "Demotion",
    "Edge",
    "EdgeStatus",
    "ErasedHash",
    "Erasure",
    "Event",
    "EventPayload",
    "GoldenValue",
    "Handover",
    "Identifier",
    "IdentifierStatus",
    "Lease",
    "Material",
    "Membership",
    "Message",
    "Order",
    "PoisonedValue",
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
    "ReviewItem",
    "Run",
    "RunStage",
    "Segment",
    "Slot",
    "SourceDelivery",
    "SourceState",
    "StaleRecord",
    "StaleValue",
    "Strength",
    "Suppression",
    "Tag",
    "TagChange",
    "TagCount",
    "TagRun",
    "TemplateVersion",
    "Touched",
    "UnifyState",
    "UnifyStop",
]
