"""Which pairs are looked at: those that share a key, a few values written as one."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from itertools import combinations, product

from heliu.identity.matching.reading import Reading
from heliu.rules.vocabulary import MatchKind

Rule = tuple[str, ...]  # parts, each a field or a field and its cut: ("surname.sound", "born.year")
Readings = Mapping[str, Sequence[Reading]]  # field → what the record says of it

# How a value of each kind may be cut down for keys; "" is the whole value.
CUTS: Mapping[MatchKind, tuple[str, ...]] = {
    MatchKind.NAME: ("sound", "surname"),
    MatchKind.GIVEN_NAME: ("", "start"),
    MatchKind.SURNAME: ("", "sound"),
    MatchKind.DATE: ("", "year", "day"),
    MatchKind.POSTCODE: ("", "area"),
    MatchKind.TEXT: ("",),
    MatchKind.EXACT: ("",),
    MatchKind.ID: ("",),
    MatchKind.PHONE: ("",),
    MatchKind.EMAIL: ("", "local"),
}
# Cuts of the whole value; the others are spellings the reading gives.
SLICES = {"start": slice(0, 3), "year": slice(0, 4), "day": slice(4, 8)}


def parts_of(fields: Mapping[str, MatchKind]) -> dict[str, list[str]]:
    """Every part keys may be made of, by field.

    >>> parts_of({"born": MatchKind.DATE})
    {'born': ['born', 'born.year', 'born.day']}
    """
    return {
        field: [f"{field}.{cut}" if cut else field for cut in CUTS[kind]]
        for field, kind in fields.items()
    }


def possible_rules(fields: Mapping[str, MatchKind]) -> list[Rule]:
    """Every part alone, and every two of different fields."""
    parts = parts_of(fields)
    alone = [(part,) for field in parts for part in parts[field]]
    both = [
        pair
        for left, right in combinations(parts, 2)
        for pair in product(parts[left], parts[right])
    ]
    return [*alone, *both]


def part_values(part: str, readings: Readings) -> list[str]:
    """The values of one part of a key that a record tells, without repeats."""
    field, _, cut = part.partition(".")
    told = readings.get(field, ())
    if cut in SLICES:
        values = (value[SLICES[cut]] for reading in told for value in reading.get("", ()))
    else:
        values = (value for reading in told for value in reading.get(cut, ()))
    return sorted({value for value in values if value})


def record_keys(rules: Sequence[Rule], readings: Readings) -> frozenset[str]:
    """The record's keys under every rule, as short texts that tell nothing."""
    values = {part: part_values(part, readings) for rule in rules for part in rule}
    return frozenset(
        _key(rule, chosen) for rule in rules for chosen in product(*(values[part] for part in rule))
    )


def _key(rule: Rule, values: tuple[str, ...]) -> str:
    text = "\0".join((*rule, *values))
    digest = hashlib.blake2b(text.encode(), digest_size=9).digest()
    return base64.urlsafe_b64encode(digest).decode()
