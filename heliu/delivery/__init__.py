"""Delivery: a segment is frozen, people decided, messages queued, sent and accounted for."""

from heliu.delivery.audience import freeze_audience
from heliu.delivery.campaigns import CampaignSpec, Cap, channels_used, in_order, load_campaigns
from heliu.delivery.decide import SEND, count_decisions, decide_recipients, hash_plan
from heliu.delivery.dispatch import send_claim
from heliu.delivery.hours import Hours, next_opening, parse_duration, parse_hours
from heliu.delivery.orphans import settle_orphans
from heliu.delivery.outbox import Claim, batches_due, claim_due, fill_outbox
from heliu.delivery.recheck import DispatchRules
from heliu.delivery.verdicts import SendPolicy
from heliu.delivery.workers import is_dead, worker_name

__all__ = [
    "SEND",
    "CampaignSpec",
    "Cap",
    "Claim",
    "DispatchRules",
    "Hours",
    "SendPolicy",
    "batches_due",
    "channels_used",
    "claim_due",
    "count_decisions",
    "decide_recipients",
    "fill_outbox",
    "freeze_audience",
    "hash_plan",
    "in_order",
    "is_dead",
    "load_campaigns",
    "next_opening",
    "parse_duration",
    "parse_hours",
    "send_claim",
    "settle_orphans",
    "worker_name",
]
