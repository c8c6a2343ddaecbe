"""record → identifiers and attributes in canonical form; pure, cached by value."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from heliu.identity.company import normalise_company
from heliu.identity.email import normalise_email
from heliu.identity.fields import Unreadable, read_date, read_gender, read_number
from heliu.identity.ids import normalise_id
from heliu.identity.name import NAMELESS, normalise_name
from heliu.identity.phone import normalise_phone
from heliu.identity.place import normalise_place
from heliu.identity.policy import Policy
from heliu.identity.records import Identified, Key, NormalisedRecord, RawIdentifier, RawRecord
from heliu.identity.text import Found, Status, clean, is_empty
from heliu.rules.vocabulary import FieldType, Word
from models import IdentifierStatus, Strength

CONTACTS = ("phone", "email")  # identifiers even where a mapping calls them fields
PLACES = ("city", "province")
# Not read one by one from fields.
APART = frozenset({*CONTACTS, *PLACES, "name", "source_channel", "created_at", "updated_at"})

# What a status other than OK leaves of a type's strength.
WEAKENED = {
    Status.REPAIRED: Strength.WEAK,
    Status.LANDLINE: Strength.WEAK,
    Status.ROLE: Strength.WEAK,
}

NONE_REFUSED: Mapping[str, int] = MappingProxyType({})

Value = str | int
Cell = tuple[tuple[Identified, ...], tuple[str, ...]]  # what it holds, why the rest was refused


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
    """One record in canonical form; see `normalise_records` for many."""
    return next(normalise_records([raw], policy, fields))


def normalise_records(
    raws: Iterable[RawRecord], policy: Policy, fields: Mapping[str, Word]
) -> Iterator[NormalisedRecord]:
    """Records in canonical form, in the order given. Never raises for what a cell holds.

    Args:
        raws: Records under their sources' mappings.
        policy: Blocked values, strengths, trust.
        fields: Every field a profile has, standard and declared; others are left out.
    """
    normalise = _Normaliser(policy, fields)
    return map(normalise, raws)


class _Normaliser:
    """Normalises under one policy, remembering cells seen before."""

    def __init__(self, policy: Policy, fields: Mapping[str, Word]) -> None:
        self.policy = policy
        self.readers = {
            name: READERS.get(name) or TYPES.get(word.type, _read_text)
            for name, word in fields.items()
            if name not in APART
        }
        self.places = [field for field in PLACES if field in fields]
        self.cells: dict[tuple[str, str, str], Cell] = {}

    def __call__(self, raw: RawRecord) -> NormalisedRecord:
        attributes: dict[str, Value] = {}
        refusals: list[str] = []
        identifiers = self._identifiers(raw, attributes, refusals)
        fields = raw.fields
        name = NAMELESS
        if text := fields.get("name"):
            name = normalise_name(text)
            if name.display:
                attributes["name"] = name.display
            elif name.status is not Status.EMPTY:
                refusals.append(f"name:{name.status}")
        for field, text in fields.items():
            if text and (reader := self.readers.get(field)):
                try:
                    value = reader(text)
                except Unreadable as error:
                    refusals.append(f"{field}:{error}")
                    continue
                if value is not None:
                    attributes[field] = value
        for field in self.places:
            if text := fields.get(field):
                _read_place(field, text, attributes)
        return NormalisedRecord(
            raw.record_id,
            raw.source,
            raw.source_key,
            self.policy.trust.get(raw.source, raw.trust),
            raw.source_channel,
            name.value,
            name.status,
            attributes,
            identifiers,
            raw.created_at,
            raw.updated_at,
            {reason: refusals.count(reason) for reason in refusals} if refusals else NONE_REFUSED,
        )

    def _identifiers(
        self, raw: RawRecord, attributes: dict[str, Value], refusals: list[str]
    ) -> tuple[Identified, ...]:
        """Every identifier once; the first good phone and e-mail become attributes."""
        cells: list[RawIdentifier] = [cell for cell in raw.identifiers if cell[2]]
        for type_ in CONTACTS:
            if type_ in raw.fields and (text := raw.fields[type_]):
                cell = RawIdentifier(type_, "", text)
                if cell not in cells:
                    cells.append(cell)
        found: tuple[Identified, ...] = ()
        for cell in cells:
            read = self.cells.get(cell)
            if read is None:
                read = self.cells[cell] = self._read_cell(*cell)
            found += read[0]
            refusals += read[1]
        for key, status, _ in found:
            if key.type in CONTACTS and status is IdentifierStatus.OK:
                attributes.setdefault(key.type, key.value)
        return tuple(sorted(set(found))) if len(found) > 1 else found

    def _read_cell(self, type_: str, scope: str, text: str) -> Cell:
        found = []
        refused = []
        for value, status in normalise_identifier(type_, text, self.policy.region):
            if value:
                found.append(self._identified(Key(type_, scope, value), status))
            elif status is not Status.EMPTY:
                refused.append(f"{type_}:{status}")
        return tuple(found), tuple(refused)

    def _identified(self, key: Key, status: Status) -> Identified:
        if (key.type, key.value) in self.policy.blocked:
            return Identified(key, IdentifierStatus.BLOCKED, Strength.NONE)
        if status is Status.OK:
            strength = self.policy.strengths.get(key.type, Strength.STRONG)
            return Identified(key, IdentifierStatus.OK, strength)
        return Identified(key, IdentifierStatus(status.value), WEAKENED[status])


def _read_place(field: str, text: str, attributes: dict[str, Value]) -> None:
    """A city tells its province, and a province's column may name the city too."""
    place = normalise_place(text)
    if field == "city" and place.city:
        attributes["city"] = place.city
    elif field == "province" and place.province and place.city:
        attributes.setdefault("city", place.city)
    if province := place.province or (place.city if field == "province" else ""):
        attributes["province"] = province


@lru_cache(maxsize=50_000)
def _read_text(text: str) -> str | None:
    cleaned = clean(text)
    return None if is_empty(cleaned) else cleaned


def _read_company(text: str) -> str | None:
    return normalise_company(text).value or None


Reader = Callable[[str], Value | None]
READERS: dict[str, Reader] = {"gender": read_gender, "company": _read_company}
TYPES: dict[FieldType, Reader] = {
    FieldType.DATE: read_date,
    FieldType.NUMBER: read_number,
    FieldType.TEXT: _read_text,
}
