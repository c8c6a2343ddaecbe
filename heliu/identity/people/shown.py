"""How an explanation writes values: masked, unless somebody at a terminal asks to see them."""

import re
from collections.abc import Callable
from typing import NamedTuple

from heliu.identity.masking import masked

# Fields that tell what somebody is like, not who they are.
IMPERSONAL = frozenset(
    {
        "gender", "province", "city", "interest", "source_channel", "service_state", "exam_date",
        "created_at", "updated_at",
    }
)  # fmt: skip
PHONE = re.compile(r"\+?\d{11,15}")
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
PLAIN_KEY = re.compile(r"[\w.-]{1,9}", re.ASCII)
LONG_NUMBER = re.compile(r"\d{5,}")


class Shown(NamedTuple):
    """What becomes of each kind of text before anybody sees it.

    Attributes:
        value: Of an identifier: its type and the value.
        field: Of a profile's field: its name and the value.
        key: Of a record, in its source.
        words: What a human wrote.
    """

    value: Callable[[str, str], str]
    field: Callable[[str, str], str]
    key: Callable[[str], str]
    words: Callable[[str], str]


def masked_key(key: str) -> str:
    """A record's key in its source, masked where it may be a phone, an address or an account.

    >>> masked_key("C-00017"), masked_key("13912345678"), masked_key("oXy7Kd82hhsL0Qpt")
    ('C-00017', '139****5678', 'oXy***Qpt')
    """
    return "|".join(map(_masked_part, key.split("|")))


def masked_words(text: str) -> str:
    """What a human wrote, without numbers and addresses that may be somebody's.

    >>> masked_words("客户来电 13912345678，邮箱 a.b@qq.com")
    '客户来电 139****5678，邮箱 a***@qq.com'
    """
    text = ADDRESS.sub(lambda found: masked("email", found[0]), text)
    return LONG_NUMBER.sub(
        lambda found: masked("phone", found[0]) if len(found[0]) > 8 else "***", text
    )


def masked_field(name: str, value: str) -> str:
    """A profile's field, masked unless many people share what it says."""
    return value if name in IMPERSONAL else masked(name, value)


def _masked_part(part: str) -> str:
    if PHONE.fullmatch(part):
        return masked("phone", part)
    if ADDRESS.fullmatch(part):
        return masked("email", part)
    return part if PLAIN_KEY.fullmatch(part) else masked("openid", part)


MASKED = Shown(masked, masked_field, masked_key, masked_words)
PLAIN = Shown(lambda _, value: value, lambda _, value: value, str, str)
