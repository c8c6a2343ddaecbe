"""What is measured of a person, one number each: events, words said, the firm's own SELECTs."""

from dataclasses import dataclass, fields
from enum import StrEnum

from heliu.rules.vocabulary import MESSAGE_EVENTS, Word
from heliu.rules.windows import Window


class Fact(StrEnum):
    """Which facts answer a question."""

    EVENT = "event"
    MESSAGE = "message"  # what was sent, and what came of it
    CONSENT = "consent"
    HAND = "hand"  # tags said by hand
    SELECT = "select"  # whatever a SELECT of the firm's reads


class Aggregate(StrEnum):
    """What is asked of the events that match."""

    COUNT = "count"
    SUM = "sum"
    MAX = "max"
    DISTINCT = "distinct"
    FIRST = "first"  # the time of the earliest
    LAST = "last"  # the time of the latest


@dataclass(frozen=True)
class Compare:
    """A number against a number; `between` includes both ends."""

    op: str  # = != < <= > >= between
    number: int
    upper: int = 0

    def __str__(self) -> str:
        return f"{self.op} {self.number}" + (f" and {self.upper}" if self.op == "between" else "")


@dataclass(frozen=True)
class OneOf:
    """Exactly one of these values."""

    values: tuple[str, ...] | tuple[int, ...]

    def __str__(self) -> str:
        return f"in {list(self.values)}"


ValueTest = Compare | OneOf


@dataclass(frozen=True)
class Question:
    """One thing asked of a person's events; a whole library asks each one once.

    Attributes:
        event: A type, several in the order of their names, or None: whatever the person did.
            Messages are asked of alike, but never together with what the person did.
        word: The property that is summed, compared or told apart.
        after: Only events later than the answer to this one count: a step of a sequence.
    """

    aggregate: Aggregate
    event: str | tuple[str, ...] | None
    word: Word | None = None
    where: tuple[tuple[Word, ValueTest], ...] = ()
    window: Window | None = None
    after: "Question | None" = None

    @property
    def counts(self) -> bool:
        """Whether the answer of somebody without such events is 0, not unknown."""
        return self.aggregate in (Aggregate.COUNT, Aggregate.DISTINCT)

    @property
    def types(self) -> tuple[str, ...]:
        """The types asked of, none for whatever the person did."""
        return (self.event,) if isinstance(self.event, str) else self.event or ()

    @property
    def fact(self) -> Fact:
        """Which facts can tell."""
        return Fact.MESSAGE if set(self.types) & set(MESSAGE_EVENTS) else Fact.EVENT

    @property
    def chain(self) -> "tuple[Question, ...]":
        """The steps before this one, the first of all first, and this one."""
        return (*(self.after.chain if self.after else ()), self)

    def __repr__(self) -> str:
        # What most questions lack stays out: their hashes are older than it.
        told = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.name != "after"]
        told += [f"after={self.after!r}"] if self.after else []
        return f"Question({', '.join(told)})"

    def __str__(self) -> str:
        parts = [self.aggregate.value, *([self.word.name, "of"] if self.word else [])]
        parts += ["+".join(self.types) or "any"]
        parts += [f"where {word.name} {test}" for word, test in self.where]
        parts += [str(self.window)] if self.window else []
        return " ".join([*parts, *([f"after {self.after}"] if self.after else [])])


@dataclass(frozen=True)
class ConsentWord:
    """What a person allows: 1 granted, 0 refused, none where nobody asked.

    Of each record the newest word counts (of two at one instant the stricter), over a
    person's records the strictest.
    """

    channel: str
    topic: str
    fact = Fact.CONSENT

    def __str__(self) -> str:
        return f"consent to {self.topic} on {self.channel}"


@dataclass(frozen=True)
class HandWord:
    """What humans say of a tag: 1 it holds, 0 it doesn't, none where nobody said.

    Of the words in force over a person's records the newest counts, of two at one instant
    the one written later.

    Attributes:
        window: The word counts while it was said in this window only.
    """

    tag: str
    window: Window | None = None
    fact = Fact.HAND

    def __str__(self) -> str:
        return f"{self.tag} by hand" + (f" {self.window}" if self.window else "")


@dataclass(frozen=True)
class Selected:
    """Whether a SELECT of profile ids returns the person: 1, or none.

    Attributes:
        sql: As `heliu.rules.escape` writes it: checked, in the dialect of PostgreSQL.
    """

    sql: str
    fact = Fact.SELECT

    def __str__(self) -> str:
        return "sql"


Ask = Question | ConsentWord | HandWord | Selected  # everything measured, one column each
