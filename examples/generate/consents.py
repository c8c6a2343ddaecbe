"""Who allowed what, as the firm's ledger has it: gaps, second thoughts, contradictions."""

from collections.abc import Iterator
from dataclasses import dataclass

from generate import clock
from generate.chance import Chance
from generate.clock import DAY, END
from generate.people import COLUMNS, Row, Sources, mobiles

HEADINGS = ("consent_id", "source", "record_id", "channel", "topic", "state", "at", "evidence")


@dataclass(frozen=True)
class Asked:
    """How often a source's records are asked for a consent, and what becomes of it."""

    source: str
    channel: str
    topic: str
    asked: float
    withdrawn: float  # of those granted
    evidence: tuple[str, str]  # before and since the wording changed


FORM, WELCOME = ("h5_form_v2", "h5_form_v3"), ("wecom_welcome_v1", "wecom_welcome_v2")
SHOP, CALL = ("shop_form", "shop_form"), ("phone_call", "phone_call")
WORDING_CHANGED_AT = clock.seconds("2024-06-01 00:00:00")
WITHDRAWN_BY = ("phone_call", "wecom_reply", "unsubscribe_link")
REGRANTED = 0.3  # of those withdrawn
REFUSED = 0.03  # of those asked: the ledger's first word is a no

ASKED = (
    Asked("wecom_contact", "wecom", "marketing", 0.69, 0.15, WELCOME),
    Asked("wecom_contact", "wecom", "service", 0.76, 0.05, WELCOME),
    Asked("h5_form", "wecom", "marketing", 0.10, 0.12, FORM),
    Asked("h5_form", "wecom", "service", 0.12, 0.04, FORM),
    Asked("crm_sheet", "sms", "marketing", 0.30, 0.15, CALL),
    Asked("crm_sheet", "sms", "service", 0.40, 0.05, CALL),
    Asked("h5_form", "sms", "marketing", 0.45, 0.12, FORM),
    Asked("h5_form", "sms", "service", 0.60, 0.04, FORM),
    Asked("miniprogram_user", "sms", "marketing", 0.25, 0.10, SHOP),
    Asked("miniprogram_user", "sms", "service", 0.50, 0.04, SHOP),
    Asked("crm_sheet", "email", "marketing", 0.35, 0.12, CALL),
    Asked("crm_sheet", "email", "service", 0.45, 0.04, CALL),
    Asked("h5_form", "email", "marketing", 0.45, 0.12, FORM),
    Asked("h5_form", "email", "service", 0.60, 0.04, FORM),
)
_EMAILS = {"crm_sheet": "邮箱", "h5_form": "email"}


def consents(seed: int, sources: Sources) -> Iterator[tuple[str, ...]]:
    """Every word of the ledger as a row, in time order."""
    words = [
        (at, asked.source, row["record_id"], asked.channel, asked.topic, state, evidence)
        for asked in ASKED
        for row in sources[asked.source]
        if _has_address(asked, row)
        for at, state, evidence in _words(seed, asked, row)
    ]
    words.sort(key=lambda word: word[0])
    for number, (at, *rest) in enumerate(words, 1):
        *key, state, evidence = rest
        yield (f"c{number:06}", *key, state, clock.text(at), evidence)


def _has_address(asked: Asked, row: Row) -> bool:
    """Nobody is asked for a channel without leaving its address, except for WeCom."""
    if asked.channel == "sms":
        return bool(mobiles(row[COLUMNS[asked.source][1] or ""]))
    return asked.channel != "email" or bool(row[_EMAILS[asked.source]])


def _words(seed: int, asked: Asked, row: Row) -> Iterator[tuple[int, str, str]]:
    """The words one record has said on one channel and topic: (at, state, evidence)."""
    chance = Chance(seed, "consent", row["record_id"], asked.channel, asked.topic)
    if not chance.happens(asked.asked):
        return
    at = clock.seconds(row[COLUMNS[asked.source][0]]) + int(chance.skewed(600))
    evidence = asked.evidence[at >= WORDING_CHANGED_AT]
    if chance.happens(REFUSED):
        yield at, "withdrawn", evidence
        return
    yield at, "granted", evidence
    withdrawn_at = at + int(chance.skewed(120) * DAY) + 60
    if not chance.happens(asked.withdrawn) or withdrawn_at >= END:
        return
    yield withdrawn_at, "withdrawn", chance.pick(WITHDRAWN_BY)
    again_at = withdrawn_at + int(chance.skewed(40) * DAY) + 60
    if chance.happens(REGRANTED) and again_at < END:
        yield again_at, "granted", asked.evidence[again_at >= WORDING_CHANGED_AT]
