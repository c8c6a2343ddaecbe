"""record → identifiers and attributes in canonical form; pure, cached by value."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from heliu.identity.company import normalise_company
from heliu.identity.email import normalise_email
from heliu.identity.fields import Unreadable, read_date, read_gender, read_number
from heliu.identity.ids import normalise_id
from heliu.identity.name import NAMELESS, Name, normalise_name
from heliu.identity.phone import normalise_phone
from heliu.identity.place import normalise_place
from heliu.identity.policy import Policy
from heliu.identity.records import Identified, Key, NormalisedRecord, RawRecord
from heliu.identity.text import Found, Status, clean, is_empty
from heliu.rules.vocabulary import FieldType, Word
from models import IdentifierStatus, Strength

CONTACTS = ("phone", "email")  # identifiers even where a mapping calls them fields
BY_POLICY = ("source_channel", "created_at", "updated_at")  # not read from fields

# What each status makes of a type's strength; a status not named here is unusable.
WEAKENED = {
    Status.REPAIRED: Strength.WEAK,
    Status.LANDLINE: Strength.WEAK,
    Status.ROLE: Strength.WEAK,
}


class Reading(NamedTuple):
    """Attributes read so far, and how many values of which field were refused and why."""

    attributes: dict[str, str | int]
    rejected: dict[str, int]

    def refuse(self, field: str, reason: str) -> None:
        """Count a value that can't be used; never the value itself."""
        key = f"{field}:{reason}"
        self.rejected[key] = self.rejected.get(key, 0) + 1


def normalise_identifier(type_: str, text: str, region: str = "CN") -> tuple[Found, ...]:
    """Every value of an identifier's cell; several only for phones and e-mails."""
    if type_ == "phone":
        return normalise_phone(text, region)
    if type_ == "email":
        return normalise_email(text)
    return (normalise_id(text),)


def normalise_record(
    raw: RawRecord, policy: Policy, fields: Mapping[str, Word]
) -> NormalisedRecord:
    """One record in canonical form. Never raises for what a cell holds.

    Args:
        raw: The record under its source's mapping.
        policy: Blocked values, strengths, trust.
        fields: Every field a profile has, standard and declared; others are left out.
    """
    reading = Reading({}, {})
    identifiers = _identifiers(raw, policy, reading)
    name = _name(raw.fields.get("name", ""), reading)
    for field, text in raw.fields.items():
        if text and field in fields and field not in CONTACTS:
            _read(fields[field], text, reading)
    return NormalisedRecord(
        record_id=raw.record_id,
        source=raw.source,
        source_key=raw.source_key,
        trust=policy.trust.get(raw.source, raw.trust),
        source_channel=raw.source_channel,
        name=name.value,
        name_status=name.status,
        attributes=reading.attributes,
        identifiers=identifiers,
        created_at=raw.created_at,
        updated_at=raw.updated_at,
        rejected=reading.rejected,
    )


def _identifiers(raw: RawRecord, policy: Policy, reading: Reading) -> tuple[Identified, ...]:
    cells = [(type_, "", raw.fields[type_]) for type_ in CONTACTS if raw.fields.get(type_)]
    if raw.identifiers:
        cells = list(dict.fromkeys([*raw.identifiers, *cells]))
    found: dict[Key, Identified] = {}
    for type_, scope, text in cells:
        if not text:
            continue
        for value, status in normalise_identifier(type_, text, policy.region):
            key = Key(type_, scope, value)
            if value:
                found.setdefault(key, _identified(key, status, policy))
            elif status is not Status.EMPTY:
                reading.refuse(type_, status)
    for key, status, _ in found.values():
        if key.type in CONTACTS and status is IdentifierStatus.OK:
            reading.attributes.setdefault(key.type, key.value)
    return tuple(found.values())


def _identified(key: Key, status: Status, policy: Policy) -> Identified:
    if (key.type, key.value) in policy.blocked:
        return Identified(key, IdentifierStatus.BLOCKED, Strength.NONE)
    if status is Status.OK:
        strength = policy.strengths.get(key.type, Strength.STRONG)
        return Identified(key, IdentifierStatus.OK, strength)
    return Identified(key, IdentifierStatus(status.value), WEAKENED[status])


def _name(text: str, reading: Reading) -> Name:
    name = normalise_name(text) if text else NAMELESS
    if name.display:
        reading.attributes["name"] = name.display
    elif name.status not in (Status.EMPTY, Status.OK):
        reading.refuse("name", name.status)
    return name


def _read(word: Word, text: str, reading: Reading) -> None:
    """Read one field into the attributes, or count why not."""
    if word.name == "name" or word.name in BY_POLICY:
        return
    if word.name in ("city", "province"):
        _read_place(word.name, text, reading)
        return
    reader = READERS.get(word.name) or TYPES.get(word.type, _read_text)
    try:
        value = reader(text)
    except Unreadable as error:
        reading.refuse(word.name, str(error))
        return
    if value is not None:
        reading.attributes[word.name] = value


def _read_place(field: str, text: str, reading: Reading) -> None:
    """A city tells its province; what a column says outright comes first."""
    place = normalise_place(text)
    if field == "province":
        reading.attributes["province"] = place.province or place.city
        if place.city and place.province:
            reading.attributes.setdefault("city", place.city)
    elif place.city:
        reading.attributes["city"] = place.city
    if place.province:
        reading.attributes.setdefault("province", place.province)
    if not reading.attributes.get("province", " "):
        del reading.attributes["province"]


def _read_text(text: str) -> str | None:
    cleaned = clean(text)
    return None if is_empty(cleaned) else cleaned


def _read_company(text: str) -> str | None:
    return normalise_company(text).value or None


Reader = Callable[[str], str | int | None]
READERS: dict[str, Reader] = {"gender": read_gender, "company": _read_company}
TYPES: dict[FieldType, Reader] = {
    FieldType.DATE: read_date,
    FieldType.NUMBER: read_number,
    FieldType.TEXT: _read_text,
}
