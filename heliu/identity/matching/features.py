"""record → what it is compared by: of every field all the spellings it tells."""

from collections.abc import Iterable, Mapping, Sequence

from heliu.identity.matching.blocking import Readings
from heliu.identity.matching.reading import Reading, read_value
from heliu.identity.records import NormalisedRecord
from heliu.rules.vocabulary import COMPARED, MatchKind
from models import IdentifierStatus

# What is compared where sources.yaml has no section `matching`.
DEFAULT: Mapping[str, MatchKind] = {
    "name": MatchKind.NAME,
    "birthday": MatchKind.DATE,
    "gender": MatchKind.EXACT,
    "phone": MatchKind.PHONE,
    "email": MatchKind.EMAIL,
    "city": MatchKind.EXACT,
    "company": MatchKind.TEXT,
    "interest": MatchKind.EXACT,
}


def record_readings(record: NormalisedRecord, fields: Mapping[str, MatchKind]) -> Readings:
    """What one record says of each field, in every spelling; silent fields are left out."""
    told: dict[str, list[Reading]] = {}
    for field, kind in fields.items():
        readings = [found for text in _texts(record, field) if (found := read_value(kind, text))]
        if readings:
            told[field] = readings
    return told


def _texts(record: NormalisedRecord, field: str) -> Iterable[str]:
    """A field's texts: compared only, identifiers of this type, or an ordinary attribute.

    A blocked identifier, a placeholder's, says nothing of anybody.
    """
    attributes = record.attributes
    if (value := attributes.get(COMPARED + field)) is not None:
        return (str(value),)
    told = [(key.value, status) for key, status, _ in record.identifiers if key.type == field]
    if told or (value := attributes.get(field)) is None:
        return [value for value, status in told if status is not IdentifierStatus.BLOCKED]
    return (str(value),)


def spelled(records: Sequence[Readings]) -> dict[str, dict[str, set[str]]]:
    """What a unit says of each field: the spellings of all its records together."""
    merged: dict[str, dict[str, set[str]]] = {}
    for record in records:
        for field, readings in record.items():
            into = merged.setdefault(field, {})
            for reading in readings:
                for spelling, values in reading.items():
                    into.setdefault(spelling, set()).update(values)
    return merged
