"""What a template may say: every variable, its type, and whether it may be missing.

This is the one declaration: templates are checked against it when they are
loaded, `heliu/content/people.py` fills it, and `describe_context` prints it.
A value that may be missing is None when a message is rendered; printing it
without an `if`, an `or` or a `default` is a problem of the template.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from heliu.rules.vocabulary import FieldType, Vocabulary


class Kind(StrEnum):
    """What kind of thing a value is."""

    TEXT = "text"
    LINK = "link"  # http:// or https://
    NUMBER = "number"
    MONEY = "fen"
    DAY = "day"  # a date, or an instant in the firm's zone
    TRUTH = "yes or no"
    LIST = "list"
    RECORD = "record"
    MACRO = "macro"
    FREE = "anything"  # known only when it is there
    UNSET = "unset"  # set in one branch only


@dataclass(frozen=True)
class Shape:
    """The type of a value, as far as a template is concerned."""

    kind: Kind
    says: str = ""
    maybe: bool = False  # may be missing
    fields: Mapping[str, "Shape"] = field(default_factory=lambda: MappingProxyType({}))
    each: "Shape | None" = None  # of a list
    variable: str = ""  # of a campaign: the campaign's file must give it

    def there(self) -> "Shape":
        """The same, known not to be missing."""
        return replace(self, maybe=False) if self.maybe else self


def _text(says: str) -> Shape:
    return Shape(Kind.TEXT, says)


def _maybe(kind: Kind, says: str) -> Shape:
    return Shape(kind, says, maybe=True)


def _record(says: str, **fields: Shape) -> Shape:
    return Shape(Kind.RECORD, says, fields=MappingProxyType(fields))


def _perhaps(says: str, **fields: Shape) -> Shape:
    return replace(_record(says, **fields), maybe=True)


FIELD_KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.DATE: Kind.DAY,
    FieldType.TIME: Kind.DAY,
    FieldType.NUMBER: Kind.NUMBER,
}
# Addresses are for channels, not for texts.
HIDDEN_FIELDS = frozenset({"phone", "email"})
_SAYS = {
    "name": "name as the person gave it; missing where it is no name",
    "gender": "f or m",
    "birthday": "day of birth",
    "interest": "key of the product the person asked for",
    "source_channel": "where we first met",
    "service_state": "state of service",
    "exam_date": "day of the exam",
    "created_at": "when we first met",
    "updated_at": "when we last heard",
}


def profile_fields(vocabulary: Vocabulary) -> dict[str, Shape]:
    """Fields of `profile`: the standard ones and those the firm's sources declare."""
    fields = {"id": _text("the profile's id"), "surname": _maybe(Kind.TEXT, "Chinese family name")}
    for name, word in vocabulary.fields.items():
        if name not in HIDDEN_FIELDS:
            fields[name] = _maybe(FIELD_KINDS[word.type], _SAYS.get(name, f"{name} of the profile"))
    return fields


def context_shape(vocabulary: Vocabulary | None = None) -> Shape:
    """Everything a template may name, as one record."""
    product: dict[str, Shape] = {
        "title": _text("its title"),
        "category": _maybe(Kind.TEXT, "its category"),
        "price_fen": _maybe(Kind.MONEY, "its price"),
        "link": _maybe(Kind.LINK, "its page"),
    }
    return _record(
        "the context",
        profile=_record("the person written to", **profile_fields(vocabulary or Vocabulary())),
        tags=Shape(Kind.LIST, "names of the person's tags", each=_text("a tag's name")),
        course=_perhaps(
            "the course for this person: of interest, else viewed, else popular; none they own",
            key=_text("the product's key"),
            why=_text("interest, viewed or popular"),
            **product,
        ),
        order=_perhaps(
            "the newest order not yet paid",
            item=_maybe(Kind.TEXT, "key of the product"),
            title=_text("what was ordered"),
            amount_fen=_maybe(Kind.MONEY, "amount to pay"),
            ordered_at=_maybe(Kind.DAY, "when it was ordered"),
            link=_maybe(Kind.LINK, "page of the product"),
        ),
        campaign=_record(
            "the campaign",
            name=_text("its name"),
            title=_text("its title"),
            topic=_text("marketing, service …"),
            variables=Shape(Kind.RECORD, "what the campaign's file gives", variable="*"),
        ),
        firm=_record(
            "the firm",
            name=_text("its name"),
            brand=_text("its brand mark, e.g. 【合流学堂】"),
            phone=_maybe(Kind.TEXT, "its telephone"),
            address=_maybe(Kind.TEXT, "its address"),
            url=_maybe(Kind.LINK, "its site"),
        ),
        sender=_record("who writes", name=_text("the sender's name")),
        today=Shape(Kind.DAY, "the day of sending in the firm's zone"),
    )


def describe_context(vocabulary: Vocabulary | None = None) -> Iterator[tuple[str, str, str]]:
    """Every path, its type and what it says, in order, for people who write templates.

    >>> [row for row in describe_context() if row[0] == "firm.brand"]
    [('firm.brand', 'text', 'its brand mark, e.g. 【合流学堂】')]
    """
    yield from _describe("", context_shape(vocabulary))


def _describe(path: str, shape: Shape) -> Iterator[tuple[str, str, str]]:
    for name, inner in shape.fields.items():
        full = f"{path}.{name}" if path else name
        yield full, f"{inner.kind}{', may be missing' if inner.maybe else ''}", inner.says
        yield from _describe(full, inner)
        if inner.variable:
            yield f"{full}.NAME", Kind.FREE, "a variable of that name in the campaign's file"


@dataclass(frozen=True)
class CampaignContext:
    """What a campaign gives its messages: the content to render and its variables."""

    name: str
    title: str
    content: str
    topic: str = "marketing"
    sender: str = ""  # the firm's name where empty
    variables: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def marketing(self) -> bool:
        """Whether the law asks for opt-out wording."""
        return self.topic == "marketing"


@dataclass(frozen=True)
class FirmContext:
    """The firm as its messages name it."""

    name: str
    brand: str = ""  # 【name】 where empty
    phone: str | None = None
    address: str | None = None
    url: str | None = None

    @property
    def mark(self) -> str:
        """The brand mark no message may leave without."""
        return self.brand or f"【{self.name}】"


def shared_context(
    campaign: CampaignContext, firm: FirmContext, today: Any, variables: frozenset[str]
) -> dict[str, Any]:
    """The part of the context all messages of a campaign share.

    Args:
        campaign: The campaign.
        firm: The firm.
        today: The day of sending, a date in the firm's zone.
        variables: Every campaign variable the template names; None where not given.
    """
    return {
        "campaign": {
            "name": campaign.name,
            "title": campaign.title,
            "topic": campaign.topic,
            "variables": dict.fromkeys(variables) | dict(campaign.variables),
        },
        "firm": {
            "name": firm.name,
            "brand": firm.mark,
            "phone": firm.phone,
            "address": firm.address,
            "url": web_link(firm.url),
        },
        "sender": {"name": campaign.sender or firm.name},
        "today": today,
    }


def web_link(link: str | None) -> str | None:
    """A link to the web, or None: no other scheme gets into a message."""
    return link if link and link.startswith(("https://", "http://")) else None
