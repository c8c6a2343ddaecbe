"""Words said, as an example states them: on consent, and by hand."""

from dataclasses import dataclass
from datetime import date

from heliu.documents import Problems, Value, expect_keys
from heliu.rules.conditions import Verdict
from heliu.rules.lookup import find_one
from heliu.rules.vocabulary import TOPICS, Vocabulary

CONSENT_SAID_KEYS = ("consent", "on", "is", "at", "record")
HAND_SAID_KEYS = ("holds", "at", "until")
SAID = (Verdict.GRANTED.value, Verdict.REFUSED.value)


@dataclass(frozen=True)
class ExampleConsent:
    """A word on consent; a date means noon of that day, None that of the example."""

    topic: str
    channel: str
    granted: bool
    at: date | None = None
    record: int = 1


@dataclass(frozen=True)
class ExampleHand:
    """A word by hand on the tag itself; `until` a date means noon of that day."""

    holds: bool
    at: date | None = None
    until: date | None = None


def read_consents(
    value: Value | None, vocabulary: Vocabulary, problems: Problems
) -> tuple[ExampleConsent, ...]:
    """A list like `[{consent: marketing, on: sms, is: granted, at: 2026-01-02}]`."""
    read = [_consent(item, vocabulary, problems) for item in _items(value, "consents", problems)]
    return tuple(said for said in read if said is not None)


def _consent(value: Value, vocabulary: Vocabulary, problems: Problems) -> ExampleConsent | None:
    needed = ("consent", "on", "is")
    if not expect_keys(value, problems, "a word on consent", CONSENT_SAID_KEYS, needed):
        return None
    topic = find_one(value.data["consent"], "topic", TOPICS, problems)
    channel = find_one(value.data["on"], "channel", sorted(vocabulary.channels), problems)
    word = find_one(value.data["is"], "word on consent", SAID, problems)
    if topic is None or channel is None or word is None:
        return None
    record = value.get("record")
    if record and (not isinstance(record.data, int) or isinstance(record.data, bool)):
        problems.add(record.place, "`record` is a number: which of the person's records says it")
        return None
    granted = word == Verdict.GRANTED
    number = record.data if record else 1
    return ExampleConsent(topic, channel, granted, _day(value, "at", problems), number)


def read_hands(value: Value | None, problems: Problems) -> tuple[ExampleHand, ...]:
    """A list like `[{holds: true, at: 2026-01-02, until: 2026-03-01}]`, later words later."""
    read = [_hand(item, problems) for item in _items(value, "hands", problems)]
    return tuple(said for said in read if said is not None)


def _hand(value: Value, problems: Problems) -> ExampleHand | None:
    if not expect_keys(value, problems, "a word by hand", HAND_SAID_KEYS, ("holds",)):
        return None
    holds = value.data["holds"]
    if not isinstance(holds.data, bool):
        problems.add(holds.place, "`holds` is true or false")
        return None
    return ExampleHand(holds.data, _day(value, "at", problems), _day(value, "until", problems))


def _items(value: Value | None, key: str, problems: Problems) -> list[Value]:
    if value is None:
        return []
    if not value.is_list:
        problems.add(value.place, f"`{key}` must be a list")
        return []
    return list(value.data)


def _day(value: Value, key: str, problems: Problems) -> date | None:
    given = value.get(key)
    if given and not isinstance(given.data, date):
        problems.add(given.place, f"`{key}` must be a date like 2026-01-31")
        return None
    return given.data if given else None
