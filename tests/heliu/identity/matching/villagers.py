"""A village with known truth: people whose records are written down with slips of the pen."""

import random

from heliu.identity.normalise import normalise_records
from heliu.identity.policy import Policy
from heliu.identity.records import NormalisedRecord, RawIdentifier, RawRecord
from heliu.rules.vocabulary import STANDARD_FIELDS, MatchKind

FIELDS = {
    "given_name": MatchKind.GIVEN_NAME,
    "surname": MatchKind.SURNAME,
    "born": MatchKind.DATE,
    "place": MatchKind.TEXT,
    "phone": MatchKind.PHONE,
}
GIVEN = [
    "william",
    "robert",
    "margaret",
    "elizabeth",
    "thomas",
    "alice",
    "henry",
    "edward",
    "frances",
    "george",
]
SHORT = {"william": "bill", "robert": "bob", "margaret": "peggy", "elizabeth": "liz"}
SYLLABLES = [
    "har",
    "ding",
    "wel",
    "ton",
    "mar",
    "low",
    "ash",
    "ford",
    "bren",
    "nan",
    "cot",
    "ter",
    "hol",
    "mes",
    "win",
    "ter",
]
PLACES = ["upper slaughter", "little snoring", "great tew", "nether wallop", "wyre piddle"]


def villagers(
    people: int = 250, seed: int = 7
) -> tuple[list[list[NormalisedRecord]], dict[int, int]]:
    """Records as units of one, and record id to person."""
    chance = random.Random(seed)
    raws: list[RawRecord] = []
    person_of: dict[int, int] = {}
    for person in range(people):
        told = {
            "given_name": chance.choice(GIVEN),
            "surname": "".join(chance.sample(SYLLABLES, 2)),
            "born": f"{chance.randint(1900, 1990)}-{chance.randint(1, 12):02}-"
            f"{chance.randint(1, 28):02}",
            "place": chance.choice(PLACES),
        }
        phone = f"138{chance.randint(10_000_000, 99_999_999)}"
        for _ in range(chance.choice((1, 1, 2, 3))):
            said = dict(told)
            slip = chance.random()
            if slip < 0.15:
                said["surname"] = _slipped(said["surname"], chance)
            elif slip < 0.3:
                said["given_name"] = SHORT.get(said["given_name"], said["given_name"][:1])
            elif slip < 0.4:
                said["born"] = _slipped(said["born"], chance)
            elif slip < 0.45:
                said["given_name"], said["surname"] = said["surname"], said["given_name"]
            elif slip < 0.55:
                said.pop(chance.choice(sorted(said)))
            raws.append(_raw(len(raws) + 1, said, phone if chance.random() < 0.5 else ""))
            person_of[raws[-1].record_id] = person
    records = normalise_records(raws, Policy(), STANDARD_FIELDS)
    return [[record] for record in records], person_of


def _slipped(text: str, chance: random.Random) -> str:
    """Two neighbouring signs swapped."""
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _raw(record_id: int, said: dict[str, str], phone: str) -> RawRecord:
    fields = {f"match.{name}": text for name, text in said.items()}
    identifiers = [RawIdentifier("phone", "", phone)] if phone else []
    return RawRecord(record_id, "parish", f"k{record_id}", 50, "parish", fields, identifiers)
