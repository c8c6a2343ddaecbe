"""record → identifiers and attributes in canonical form; pure, cached by value."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType

from heliu.identity.policy import Policy
from heliu.identity.records import Identified, Key, NormalisedRecord, RawRecord
from heliu.identity.values.company import normalise_company
from heliu.identity.values.fields import Unreadable, read_date, read_gender, read_number
from heliu.identity.values.ids import is_plain_id
from heliu.identity.values.kinds import READ_AS, read_identifier
from heliu.identity.values.name import NAMELESS, normalise_name
from heliu.identity.values.place import normalise_place
from heliu.identity.values.regions import normalise_scope
from heliu.identity.values.text import Found, Status, clean, is_empty
from heliu.rules.identifiers import ReadAs
from heliu.rules.vocabulary import COMPARED, FieldType, Word
from models import IdentifierStatus, Strength

CONTACTS = ("phone", "email")  # identifiers even where a mapping calls them fields
PLACES = ("city", "province")
# Not read one by one from fields.
APART = frozenset({*CONTACTS, *PLACES, "name", "source_channel", "created_at", "updated_at"})

ISSUED = (ReadAs.DOCUMENT, ReadAs.RESIDENT)  # by a country or state, their scope

# What a status other than OK leaves of a type's strength.
WEAKENED = {
    Status.REPAIRED: Strength.WEAK,
    Status.LANDLINE: Strength.WEAK,
    Status.ROLE: Strength.WEAK,
}

NONE_REFUSED: Mapping[str, int] = MappingProxyType({})

Value = str | int
Reader = Callable[[str], Value | None]


def normalise_identifier(
    type_: str, text: str, region: str = "CN", read_as: Mapping[str, ReadAs] = READ_AS
) -> tuple[Found, ...]:
    """Every value of an identifier's cell; several only for phones and e-mails."""
    return read_identifier(read_as.get(type_, ReadAs.ID), text, region)


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
    """Normalises under one policy; looks at each column's kind once, not once a record."""

    def __init__(self, policy: Policy, fields: Mapping[str, Word]) -> None:
        self.policy = policy
        self.readers = _Readers(
            {
                name: READERS.get(name) or _reader(word.type, policy.region)
                for name, word in fields.items()
                if name not in APART
            }
        )
        self.places = [field for field in PLACES if field in fields]
        self.blocked_types = {type_ for type_, _ in policy.blocked}
        own = {type_ for type_, read_as in policy.read_as.items() if read_as is not ReadAs.ID}
        self.documents = {type_ for type_ in own if policy.read_as[type_] in ISSUED}
        self.closer = own | self.blocked_types  # types whose cells need a closer look

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
        readers = self.readers
        for field, text in fields.items():
            if text and (reader := readers[field]):
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
        found: dict[Key, Identified] = {}
        region, read_as = self.policy.region, self.policy.read_as
        for type_, scope, text in _cells(raw):
            if type_ not in self.closer and is_plain_id(text):
                key = Key(type_, scope, text)  # nearly every platform id: no need to look closer
                found[key] = Identified(key, IdentifierStatus.OK, self._strength(type_))
                continue
            for value, status in normalise_identifier(type_, text, region, read_as):
                if value:
                    issuer = normalise_scope(scope) if type_ in self.documents else scope
                    one = self._identified(Key(type_, issuer, value), status)
                    if one.status is IdentifierStatus.OK:
                        found[one.key] = one  # better than the same value mended
                        if type_ in CONTACTS:
                            attributes.setdefault(type_, value)
                    else:
                        found.setdefault(one.key, one)
                elif status is not Status.EMPTY:
                    refusals.append(f"{type_}:{status}")
        if len(found) < 2:
            return tuple(found.values())
        return tuple([found[key] for key in sorted(found)])

    def _identified(self, key: Key, status: Status) -> Identified:
        if key.type in self.blocked_types and (key.type, key.value) in self.policy.blocked:
            return Identified(key, IdentifierStatus.BLOCKED, Strength.NONE)
        if status is Status.OK:
            return Identified(key, IdentifierStatus.OK, self._strength(key.type))
        return Identified(key, IdentifierStatus(status.value), WEAKENED[status])

    def _strength(self, type_: str) -> Strength:
        return self.policy.strengths.get(type_, Strength.STRONG)


class _Readers(dict[str, Reader | None]):
    """What reads each field; None where nothing does, or something else than its type."""

    def __missing__(self, field: str) -> Reader | None:
        reader = self[field] = _read_text if field.startswith(COMPARED) else None
        return reader


def _reader(type_: FieldType, region: str) -> Reader:
    if type_ is FieldType.DATE and region != "CN":
        return partial(read_date, region=region)
    return TYPES.get(type_, _read_text)


def _cells(raw: RawRecord) -> Sequence[tuple[str, str, str]]:
    """Cells of identifiers; a phone or e-mail among the fields is one too, if it says more."""
    cells: Sequence[tuple[str, str, str]] = raw.identifiers
    for type_ in CONTACTS:
        if text := raw.fields.get(type_):
            cell = (type_, "", text)
            if cell not in cells:
                cells = [*cells, cell]
    return cells


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


READERS: dict[str, Reader] = {"gender": read_gender, "company": _read_company}
TYPES: dict[FieldType, Reader] = {
    FieldType.DATE: read_date,
    FieldType.NUMBER: read_number,
    FieldType.TEXT: _read_text,
}
