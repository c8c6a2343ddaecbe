"""What people can be recognised by: the standard types, and what a firm declares besides."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from models import Strength


class ReadAs(StrEnum):
    """How a type's cells are brought into one spelling."""

    ID = "id"  # letter by letter: a platform's id
    DOCUMENT = "document"  # capitals and digits: 521-21-2123 is 521212123
    RESIDENT = "resident"  # the same, with the check digit of a Chinese identity number
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"  # house and street


@dataclass(frozen=True)
class IdentifierType:
    """A kind of identifier.

    Attributes:
        strength: What a shared value proves: strong joins all its holders, medium those of
            one name, weak puts namesakes before a human.
        one_per_profile: Whether a person has one at most (in each scope).
        read_as: How its cells are read.
    """

    strength: Strength = Strength.STRONG
    one_per_profile: bool = False
    read_as: ReadAs = ReadAs.ID


ACCOUNT = IdentifierType(one_per_profile=True)

IDENTIFIERS = {
    "phone": IdentifierType(Strength.MEDIUM, read_as=ReadAs.PHONE),
    "email": IdentifierType(Strength.MEDIUM, read_as=ReadAs.EMAIL),
    "unionid": ACCOUNT,
    "openid": ACCOUNT,
    "external_userid": ACCOUNT,
    "douyin_openid": ACCOUNT,
    "weibo_uid": ACCOUNT,
    "member_id": IdentifierType(),
    "id_number": IdentifierType(one_per_profile=True, read_as=ReadAs.RESIDENT),
    # A person renews and replaces these: two of them are no contradiction.
    "passport": IdentifierType(read_as=ReadAs.DOCUMENT),
    "drivers_license": IdentifierType(read_as=ReadAs.DOCUMENT),
    "ssn": IdentifierType(one_per_profile=True, read_as=ReadAs.DOCUMENT),
    "tax_id": IdentifierType(read_as=ReadAs.DOCUMENT),
    "address": IdentifierType(Strength.WEAK, read_as=ReadAs.ADDRESS),
}


def accounts() -> Iterator[str]:
    """Types of the standard list of which a person has one at most."""
    return (name for name, type_ in IDENTIFIERS.items() if type_.one_per_profile)
