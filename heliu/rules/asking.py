"""Reading which events a rule asks of: their types, properties and window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from heliu.documents import Problems, Value
from heliu.rules.conditions import ValueTest
from heliu.rules.goods import product_keys, read_product_test
from heliu.rules.lookup import find_event, find_word, read_value_test
from heliu.rules.scalars import read_back_between, read_window
from heliu.rules.vocabulary import (
    MESSAGE_EVENTS,
    MESSAGE_PROPERTIES,
    PRODUCT,
    FieldType,
    Product,
    Vocabulary,
    Word,
)
from heliu.rules.windows import Window

Where = tuple[tuple[Word, ValueTest], ...]
Types = tuple[str, ...]  # in order of name; none: whatever the person did


class Asked(NamedTuple):
    """Which events a question is about."""

    types: Types
    where: Where
    window: Window | None


def event_of(types: Types) -> str | Types | None:
    """As a question wants it.

    >>> event_of(()), event_of(("login",)), event_of(("login", "service"))
    (None, 'login', ('login', 'service'))
    """
    return types[0] if len(types) == 1 else types or None


@dataclass
class EventReader:
    """Reads which events are meant, in one firm's words; None where there is a problem."""

    vocabulary: Vocabulary
    problems: Problems

    def asked(self, value: Value, event: Value) -> Asked | None:
        """The events a condition names, and its `where`, `within` and `between`."""
        types, (read, window) = self.types(event), self.window(value)
        where = self.where(value.get("where"), types or ())
        if types is None or where is None or not read:
            return None
        return Asked(types, where, window)

    def types(self, value: Value) -> Types | None:
        """The types an event's name, `any` or a list of names stands for."""
        if not value.is_list:
            return find_event(value, self.vocabulary, self.problems)
        if not value.data:
            self.problems.add(value.place, "an empty list: nothing is one of it")
            return None
        read = [find_event(item, self.vocabulary, self.problems) for item in value.data]
        if () in read:
            says = "`any` is every event already: it stands alone"
            self.problems.add(value.data[read.index(())].place, says)
            return None
        types = {type_ for found in read for type_ in found or ()}
        if len({type_ in MESSAGE_EVENTS for type_ in types}) > 1:
            says = "what we sent and what the person did can't be counted together"
            self.problems.add(value.place, says, "Join two conditions with `any`.")
            return None
        return None if None in read else tuple(sorted(types))

    def window(self, value: Value) -> tuple[bool, Window | None]:
        """Whether it could be read, and the window, if there is one."""
        within, between = value.get("within"), value.get("between")
        if within and between:
            self.problems.add(between.place, "either `within` or `between`, not both")
            return False, None
        if within:
            window = read_window(within, self.problems)
            return window is not None, window
        if between:
            span = read_back_between(between, self.problems)
            return span is not None, span
        return True, None

    def where(self, value: Value | None, types: Types = ()) -> Where | None:
        """What the properties must be; those of a product become the items it means."""
        if value is None:
            return ()
        if not value.is_mapping or not value.data:
            self.problems.add(value.place, "`where` must be a mapping of property to value")
            return None
        before = len(self.problems.found)
        read: list[tuple[Word, ValueTest]] = []
        products = list(self.vocabulary.products)
        by_product = self._known(types) is self.vocabulary.asked
        for name, wanted in value.items():
            if name.startswith(PRODUCT) and by_product:
                products = self._narrowed(products, Value(value.keys[name], name), wanted)
                continue
            word = self._word(Value(value.keys[name], name), types)
            test = read_value_test(word, wanted, self.problems) if word else None
            if word and test:
                read.append((word, test))
        if len(self.problems.found) > before:
            return None
        if any(name.startswith(PRODUCT) for name in value.data):
            read.append((self.vocabulary.properties["item"], product_keys(products)))
        return tuple(sorted(read, key=lambda pair: (pair[0].name, repr(pair[1]))))

    def property(self, value: Value, kind: str, types: Types = ()) -> Word | None:
        """The property that `sum`, `max` or `distinct` is of."""
        word = self._word(value, types)
        if word and kind != "distinct" and word.type is not FieldType.NUMBER:
            says = f"{word.name!r} holds {word.type.value}; `{kind}` needs a number"
            self.problems.add(value.place, says)
            return None
        return word

    def _known(self, types: Types) -> Mapping[str, Word]:
        of_messages = set(types) & set(MESSAGE_EVENTS)
        return MESSAGE_PROPERTIES if of_messages else self.vocabulary.asked

    def _word(self, name: Value, types: Types) -> Word | None:
        known = self._known(types)
        what = "property of a message" if known is MESSAGE_PROPERTIES else "property"
        return find_word(name, known, what, self.problems)

    def _narrowed(self, products: Iterable[Product], name: Value, wanted: Value) -> list[Product]:
        test = read_product_test(name, wanted, self.vocabulary.products, self.problems)
        return [product for product in products if test and test(product)]
