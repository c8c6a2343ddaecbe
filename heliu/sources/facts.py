"""The second pass over a source: rows → events, orders, refunds and consents."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from heliu.errors import did_you_mean
from heliu.rules.vocabulary import FieldType, Vocabulary
from heliu.sources.erased import NOBODY, Erased
from heliu.sources.reader import Reading, SourceRow
from heliu.sources.records import good_rows, subject_reader
from heliu.sources.spec import FactSpec, Header, Row, SourceSpec
from heliu.sources.values import (
    EMPTY,
    parse_consent,
    parse_date,
    parse_fen,
    parse_id,
    parse_instant,
    parse_number,
    parse_yuan,
)

EVENT_COLUMNS = (
    "profile_id", "at", "id", "record_id", "source", "type", "item", "amount_fen", "quantity",
    "channel", "campaign", "text_1", "text_2", "text_3", "text_4",
    "number_1", "number_2", "number_3", "number_4",
)  # fmt: skip
SLOT_COLUMNS = EVENT_COLUMNS[11:]
ORDER_COLUMNS = (
    "number", "record_id", "profile_id", "source", "item", "amount_fen", "quantity", "channel",
    "campaign", "ordered_at", "paid_at",
)  # fmt: skip
REFUND_COLUMNS = ("number", "order_number", "source", "amount_fen", "refunded_at")
CONSENT_COLUMNS = (
    "id", "record_id", "profile_id", "channel", "topic", "granted", "at", "source", "evidence",
)  # fmt: skip

Parse = Callable[[Row], object]
Person = tuple[int, int]  # record id, profile id


def fact_id(*parts: str) -> int:
    """63 bits that name a fact by its source and its key there.

    Two of a hundred million facts share one with a chance of 1 in 1,800.

    >>> fact_id("shop", "order-1") == fact_id("shop", "order-1") != fact_id("shop", "order-2")
    True
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class Fact(NamedTuple):
    """One row of a fact table, in the order of its columns, and what was left over."""

    kind: str
    row: tuple[object, ...]
    payload: str | None = None


@dataclass
class FactReader:
    """Reads the facts of one source's rows.

    Args:
        spec: The source.
        words: Which properties live in which slot columns.
        products: Course titles to product keys, so that items are keys.
        zone: Where times without a zone were written.

    Attributes:
        left_out: How many rows told of people who are erased.
    """

    spec: SourceSpec
    words: Vocabulary
    products: Mapping[str, str]
    zone: ZoneInfo
    left_out: int = field(default=0, init=False)

    def read(
        self,
        person_of: Callable[[str, str], Person | None],
        bad: Reading,
        erased: Erased = NOBODY,
    ) -> Iterator[Fact]:
        """Every fact, whose person is found by (source, key); unusable rows go to `bad`."""
        header: Header | None = None
        seen: set[int] = set()
        for row, key in good_rows(self.spec, bad):
            if row.header is not header:
                header = row.header
                subject, makers, rest = self._bind(header)
            try:
                source, subject_key = subject(row.cells) or (self.spec.name, key)
                if erased.key(source, subject_key):
                    self.left_out += 1
                    continue
                person = person_of(source, subject_key) if subject_key else None
                facts = [
                    make(row, key, person or (0, 0), seen)
                    for tests, make in makers
                    if all(column(row.cells) in values for column, values in tests)
                ]
            except ValueError as error:
                bad.add(row, str(error))
                continue
            if not facts and self.spec.subject is not None:
                bad.add(row, "no mapping of events, orders, refunds or consents takes this row")
                continue
            if person is None:
                if facts:
                    bad.add(row, "names no person we have a record of")
                continue
            yield from [_with_payload(fact, row, rest) for fact in facts] if rest else facts

    def _bind(self, header: Header):  # type: ignore[no-untyped-def]
        mapped = {i for cell in self.spec.cells() for i in cell.indexes(header)}
        rest = [(name, i) for name, i in header.items() if i not in mapped]
        makers = [
            (
                [(when.cell.reader(header), when.values) for when in fact.when],
                getattr(self, f"_{fact.kind}")(fact, header),
            )
            for fact in self.spec.facts
        ]
        return self._subject(header), makers, rest

    def _subject(self, header: Header) -> Callable[[Row], tuple[str, str] | None]:
        """(source, key) of the person a row speaks of, or None: the row is the person."""
        subject = self.spec.subject
        if subject is None:
            return lambda row: None
        key = subject_reader(subject.keys, header)
        if subject.source is None:
            return lambda row: (self.spec.name, key(row))
        source = subject.source.reader(header)
        return lambda row: (source(row), key(row))

    def _cell(
        self, fact: FactSpec, name: str, header: Header, parse: Callable[[str], object]
    ) -> Parse:
        """Reads one mapped cell, None where it is empty; its errors name the column."""
        cell = fact.cells.get(name)
        if cell is None:
            return lambda row: None
        if cell.constant is not None:
            constant = parse(cell.constant)
            return lambda row: constant
        index, column = cell.index(header), cell.column
        if cell.joined:
            read = cell.reader(header)
            return lambda row: parse(read(row))
        if index is None:  # an optional column that isn't there
            return lambda row: None

        def value(row: Row) -> object:
            text = row[index]
            try:
                return parse(text.strip()) if text else None
            except ValueError as error:
                raise ValueError(f"column {column!r}: {error}") from None

        return value

    def _amount(self, fact: FactSpec, header: Header) -> Parse:
        if "amount_yuan" in fact.cells:
            return self._cell(fact, "amount_yuan", header, parse_yuan)
        return self._cell(fact, "amount_fen", header, parse_fen)

    def _details(self, fact: FactSpec, header: Header) -> list[Parse]:
        """item, amount_fen, quantity, channel, campaign."""
        return [
            self._cell(fact, "item", header, self._item),
            self._amount(fact, header),
            self._cell(fact, "quantity", header, parse_number),
            self._cell(fact, "channel", header, _text),
            self._cell(fact, "campaign", header, _text),
        ]

    def _item(self, text: str) -> str | None:
        return self.products.get(text, text) if text not in EMPTY else None

    def _at(self, fact: FactSpec, name: str, header: Header) -> Parse:
        return self._cell(fact, name, header, lambda text: parse_instant(text, self.zone))

    def _events(self, fact: FactSpec, header: Header):  # type: ignore[no-untyped-def]
        type_of, at = self._cell(fact, "type", header, str), self._at(fact, "at", header)
        own_key = self._cell(fact, "key", header, parse_id)
        cells = [*self._details(fact, header), *self._slots(fact, header)]
        constant = fact.cells["type"].constant

        def make(row: SourceRow, key: str, person: Person, seen: set[int]) -> Fact:
            said = str(type_of(row.cells) or "")
            type_ = fact.types.get(said, said)
            if type_ not in self.words.events:
                raise ValueError(f"no known event{did_you_mean(type_, self.words.events)}")
            when = _required(at(row.cells), "the time")
            name = str(own_key(row.cells) or key)
            id_ = fact_id(self.spec.name, name, constant or "")
            if id_ in seen:
                raise ValueError("an event with this key came before; that one counts")
            seen.add(id_)
            record_id, profile_id = person
            head = (profile_id, when, id_, record_id, self.spec.name, type_)
            tail = [None if read is None else read(row.cells) for read in cells]
            return Fact("events", (*head, *tail))

        return make

    def _slots(self, fact: FactSpec, header: Header) -> list[Parse | None]:
        parsers: dict[FieldType, Callable[[str], object]] = {
            FieldType.NUMBER: parse_number,
            FieldType.DATE: lambda text: parse_date(text, self.zone),
        }
        by_slot: dict[str, Parse] = {}
        for name, (cell, type_) in fact.properties.items():
            single = FactSpec(fact.kind, fact.place, {name: cell})
            by_slot[self.words.properties[name].column] = self._cell(
                single, name, header, parsers.get(type_, _text)
            )
        return [by_slot.get(column) for column in SLOT_COLUMNS]

    def _orders(self, fact: FactSpec, header: Header):  # type: ignore[no-untyped-def]
        number = self._cell(fact, "number", header, parse_id)
        details = self._details(fact, header)
        times = [self._at(fact, name, header) for name in ("ordered_at", "paid_at")]

        def make(row: SourceRow, key: str, person: Person, seen: set[int]) -> Fact:
            name = _required(number(row.cells), "the order's number")
            body = [*(d(row.cells) for d in details), *(t(row.cells) for t in times)]
            return Fact("orders", (name, *person, self.spec.name, *body))

        return make

    def _refunds(self, fact: FactSpec, header: Header):  # type: ignore[no-untyped-def]
        number = self._cell(fact, "number", header, parse_id)
        order = self._cell(fact, "order", header, parse_id)
        amount, at = self._amount(fact, header), self._at(fact, "at", header)

        def make(row: SourceRow, key: str, person: Person, seen: set[int]) -> Fact:
            return Fact(
                "refunds",
                (
                    _required(number(row.cells), "the refund's number"),
                    _required(order(row.cells), "the order's number"),
                    self.spec.name,
                    amount(row.cells),
                    _required(at(row.cells), "the time"),
                ),
            )

        return make

    def _consents(self, fact: FactSpec, header: Header):  # type: ignore[no-untyped-def]
        channel, topic = (self._cell(fact, n, header, _text) for n in ("channel", "topic"))
        state, at = self._cell(fact, "state", header, parse_consent), self._at(fact, "at", header)
        evidence = self._cell(fact, "evidence", header, _text)

        def make(row: SourceRow, key: str, person: Person, seen: set[int]) -> Fact:
            said = (
                _required(channel(row.cells), "the channel"),
                _required(topic(row.cells), "the topic"),
                _required(state(row.cells), "the state"),
                _required(at(row.cells), "the time"),
            )
            id_ = fact_id(self.spec.name, key, *map(str, said))
            return Fact("consents", (id_, *person, *said, self.spec.name, evidence(row.cells)))

        return make


def _text(text: str) -> str | None:
    return None if text in EMPTY else text


def _required(value: object, what: str) -> object:
    if value is None or value == "":
        raise ValueError(f"{what} is empty")
    return value


def _with_payload(fact: Fact, row: SourceRow, rest: list[tuple[str, int]]) -> Fact:
    """Keep beside an event what its mapping did not take."""
    left = {name: row.cells[i] for name, i in rest if row.cells[i]}
    if fact.kind != "events" or not left:
        return fact
    return Fact(fact.kind, fact.row, json.dumps(left, ensure_ascii=False))
