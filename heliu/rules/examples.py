"""The examples a rule carries: a person described in a few words, and what must come out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from heliu.documents import Problems, Value, expect_keys
from heliu.errors import Place, did_you_mean
from heliu.rules.conditions import Aggregate
from heliu.rules.lookup import find_tags, find_word, unknown
from heliu.rules.sayings import ExampleConsent, ExampleHand, read_consents, read_hands
from heliu.rules.vocabulary import (
    MESSAGE_EVENTS,
    MESSAGE_PROPERTIES,
    FieldType,
    Vocabulary,
    Word,
)
from heliu.rules.windows import Clock

AS_OF = date(2026, 1, 31)  # where an example names no day
EVENT_HELP = "Write it like [{on: 2026-01-02, item: accounting}], or [2026-01-02], or []."
EXAMPLE_KEYS = ("given", "consents", "hands", "sql", "tags", "cuts", "as_of", "holds")

Plain = str | int | date | datetime


@dataclass(frozen=True)
class ExampleEvent:
    """One thing the person did, or a message and what came of it; a date means its noon."""

    type: str
    on: date
    properties: tuple[tuple[Word, str | int], ...] = ()


@dataclass(frozen=True)
class Example:
    """A person, a moment, and whether the rule holds.

    Attributes:
        tags: The other tags the person carries; a rule in an example sees these only.
        cuts: By aggregate, the cut of any rank on it.
        as_of: A date means the last second of that day.
        hands: Words on the tag itself.
        selected: Whether the tag's own SELECT returns the person; None: it is run and seen.
    """

    place: Place
    holds: bool
    fields: tuple[tuple[Word, Plain], ...] = ()
    events: tuple[ExampleEvent, ...] = ()
    tags: tuple[str, ...] = ()
    cuts: tuple[tuple[Aggregate, Plain], ...] = ()
    as_of: date = AS_OF
    consents: tuple[ExampleConsent, ...] = ()
    hands: tuple[ExampleHand, ...] = ()
    selected: bool | None = None

    def clock(self, zone: ZoneInfo) -> Clock:
        """The moment it looks from."""
        return Clock(instant(self.as_of, zone, time(23, 59, 59)), zone)


def instant(moment: date, zone: ZoneInfo, time_of_day: time) -> datetime:
    """An aware time: a date gets this time of day, a time without a zone is the firm's."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time_of_day, tzinfo=zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@dataclass(frozen=True)
class ExampleReader:
    """Reads the examples of a rule in one firm's words.

    Attributes:
        tags: All there are.
        manual: Whether hands may set what the examples are of.
        sql: Whether it is a SELECT.
    """

    vocabulary: Vocabulary
    problems: Problems
    tags: tuple[str, ...] = ()
    manual: bool = False
    sql: bool = False

    def read(self, value: Value) -> tuple[Example, ...]:
        """All examples of a list; those with a problem are left out."""
        if not value.is_list:
            self.problems.add(value.place, "`examples` must be a list")
            return ()
        found = [self._example(item) for item in value.data]
        return tuple(example for example in found if example is not None)

    def _example(self, value: Value) -> Example | None:
        before = len(self.problems.found)
        required = ("given", "holds")
        if not expect_keys(value, self.problems, "an example", EXAMPLE_KEYS, required):
            return None
        given, holds = value.data["given"], value.data["holds"]
        if not isinstance(holds.data, bool):
            self.problems.add(holds.place, "`holds` is true or false")
        if not given.is_mapping:
            self.problems.add(given.place, "`given` must be a mapping of fields and events")
            return None
        fields, events = self._given(given)
        as_of = value.get("as_of")
        if as_of and not isinstance(as_of.data, date):
            self.problems.add(as_of.place, "`as_of` must be a date like 2026-01-31")
        example = Example(
            place=value.place,
            holds=holds.data,
            fields=tuple(fields),
            events=tuple(events),
            tags=self._tags(value.get("tags")),
            cuts=self._cuts(value.get("cuts")),
            as_of=as_of.data if as_of else AS_OF,
            consents=read_consents(value.get("consents"), self.vocabulary, self.problems),
            hands=read_hands(value.get("hands"), self.problems),
            selected=self._selected(value.get("sql")),
        )
        for key, fits in (("hands", self.manual), ("sql", self.sql)):
            if key in value.data and not fits:
                lacks = "manual" if key == "hands" else "sql"
                self.problems.add(value.keys[key], f"`{key}` is for a tag with `{lacks}`")
        return example if len(self.problems.found) == before else None

    def _selected(self, value: Value | None) -> bool | None:
        if value is None:
            return None
        if not isinstance(value.data, bool):
            self.problems.add(value.place, "`sql` is true or false: whether it returns the person")
            return None
        return value.data

    def _given(self, given: Value) -> tuple[list[tuple[Word, Plain]], list[ExampleEvent]]:
        fields: list[tuple[Word, Plain]] = []
        events: list[ExampleEvent] = []
        for name, value in given.items():
            if name in self.vocabulary.events or name in MESSAGE_EVENTS:
                events += self._events(name, value)
            elif name in self.vocabulary.fields:
                word = self.vocabulary.fields[name]
                if self._fits(word, value):
                    fields.append((word, value.data))
            else:
                known = sorted([*self.vocabulary.fields, *self.vocabulary.events, *MESSAGE_EVENTS])
                says = f"unknown field or event {name!r}{did_you_mean(name, known)}"
                self.problems.add(given.keys[name], says, f"Known: {', '.join(known)}.")
        return fields, events

    def _fits(self, word: Word, value: Value) -> bool:
        fits = {
            FieldType.TEXT: isinstance(value.data, str),
            FieldType.NUMBER: isinstance(value.data, int) and not isinstance(value.data, bool),
            FieldType.DATE: isinstance(value.data, date) and not isinstance(value.data, datetime),
            FieldType.TIME: isinstance(value.data, date),
        }[word.type]
        if not fits:
            says = f"{word.name!r} holds {word.type.value}; this is something else"
            self.problems.add(value.place, says, "Quote texts, and leave dates unquoted.")
        return fits

    def _events(self, type_: str, value: Value) -> list[ExampleEvent]:
        if not value.is_list:
            self.problems.add(value.place, f"{type_!r} must be a list of events", EVENT_HELP)
            return []
        found = [self._event(type_, item) for item in value.data]
        return [event for event in found if event is not None]

    def _event(self, type_: str, value: Value) -> ExampleEvent | None:
        on = value.get("on") if value.is_mapping else value
        if on is None or not isinstance(on.data, date):
            self.problems.add(value.place, "an event needs `on`, a date", EVENT_HELP)
            return None
        properties = []
        known = MESSAGE_PROPERTIES if type_ in MESSAGE_EVENTS else self.vocabulary.properties
        for name, given in value.items() if value.is_mapping else ():
            if name == "on":
                continue
            named = Value(value.keys[name], name)
            word = find_word(named, known, "property", self.problems)
            if word and self._fits(word, given):
                told = given.data.isoformat() if word.type is FieldType.DATE else given.data
                properties.append((word, told))
        return ExampleEvent(type_, on.data, tuple(properties))

    def _tags(self, value: Value | None) -> tuple[str, ...]:
        if value is None:
            return ()
        if not value.is_list:
            self.problems.add(value.place, "`tags` must be a list of tags")
            return ()
        return tuple(
            name for item in value.data for name in find_tags(item, self.tags, self.problems)
        )

    def _cuts(self, value: Value | None) -> tuple[tuple[Aggregate, Plain], ...]:
        if value is None:
            return ()
        if not value.is_mapping:
            self.problems.add(value.place, "`cuts` must be a mapping like {sum: 500000}")
            return ()
        cuts = []
        for name, given in value.items():
            kinds = [kind.value for kind in Aggregate]
            if name not in kinds:
                unknown(Value(value.keys[name], name), "aggregate", kinds, self.problems)
            elif not isinstance(given.data, int | date):
                self.problems.add(given.place, "a cut is a number or a date")
            else:
                cuts.append((Aggregate(name), given.data))
        return tuple(cuts)


def epoch_seconds(moment: date, zone: ZoneInfo, time_of_day: time = time(12)) -> int:
    """Epoch seconds of a moment in an example; a date alone means noon."""
    return int(instant(moment, zone, time_of_day).astimezone(UTC).timestamp())
