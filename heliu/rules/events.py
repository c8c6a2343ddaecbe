"""Reading conditions on events: did, last, first, sequence, rank."""

from dataclasses import dataclass
from typing import NamedTuple

from heliu.documents import Problems, Value, expect_keys
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    Compare,
    Condition,
    Did,
    Question,
    Rank,
    Sequence,
    ValueTest,
    When,
)
from heliu.rules.lookup import find_event, find_word, read_value_test
from heliu.rules.scalars import (
    read_back_between,
    read_compare,
    read_duration,
    read_share,
    read_window,
)
from heliu.rules.vocabulary import FieldType, Vocabulary, Word
from heliu.rules.windows import Back, Window

ANSWERS = ("sum", "max", "distinct")  # of a property
RANKED = (*ANSWERS, "count", "last", "first")
DID_KEYS = ("where", "count", *ANSWERS, "is", "within", "between")
MOMENT_TESTS = ("within", "between", "older_than", "after_last")
MOMENT_KEYS = ("where", *MOMENT_TESTS)
SEQUENCE_KEYS = ("within", "between", "then_not")
RANK_KEYS = ("top", "bottom")

Where = tuple[tuple[Word, ValueTest], ...]


class Asked(NamedTuple):
    """Which events a question is about."""

    event: str | None
    where: Where
    window: Window | None


@dataclass
class EventReader:
    """Reads conditions on events in one firm's words; None where there is a problem."""

    vocabulary: Vocabulary
    problems: Problems

    def did(self, value: Value) -> Condition | None:
        """How many, how much, how large, how diverse."""
        asked = self._asked(value, value.data["did"])
        answers = [key for key in (*ANSWERS, "count") if key in value.data]
        if len(answers) > 1:
            says = f"one `did` asks one thing, not {' and '.join(answers)}"
            self.problems.add(value.place, says, "Join two of them with `all`.")
            return None
        kind = answers[0] if answers else "count"
        compare = self._compare(value, kind)
        word = self._property(value.data[kind], kind) if kind in ANSWERS else None
        if asked is None or compare is None or (kind in ANSWERS and word is None):
            return None
        return Did(Question(Aggregate(kind), asked.event, word, asked.where, asked.window), compare)

    def moment(self, value: Value) -> Condition | None:
        """When the first or last such event was."""
        kind = "last" if "last" in value.data else "first"
        event, where = self._event(value.data[kind]), self._where(value.get("where"))
        tests = [key for key in MOMENT_TESTS if key in value.data]
        if len(tests) != 1:
            says = f"`{kind}` needs exactly one of {', '.join(MOMENT_TESTS)}"
            self.problems.add(value.place, says)
            return None
        given = value.data[tests[0]]
        if tests[0] == "after_last":
            other = self._event(given)
            if event is None or where is None or other is None:
                return None
            question = Question(Aggregate(kind), event or None, where=where)
            return AfterLast(question, Question(Aggregate.LAST, other or None))
        window = self._moment_window(tests[0], given)
        if event is None or where is None or window is None:
            return None
        return When(Question(Aggregate(kind), event or None, where=where), window)

    def _moment_window(self, test: str, given: Value) -> Window | None:
        if test == "within":
            return read_window(given, self.problems)
        if test == "between":
            return read_back_between(given, self.problems)
        seconds = read_duration(given, self.problems)
        return None if seconds is None else Back(None, seconds)

    def sequence(self, value: Value) -> Condition | None:
        """One event, later another, and then not a third."""
        steps = value.data["sequence"]
        if not steps.is_list or len(steps.data) != 2:
            says = "a sequence is of two events; longer ones are not supported yet"
            self.problems.add(steps.place, says, "Join sequences of two with `all`.")
            return None
        first, last = (self._event(step) for step in steps.data)
        read, window = self._window(value)
        refused = value.get("then_not")
        never = self._event(refused) if refused else None
        if not read or first is None or last is None or (refused and never is None):
            return None
        return Sequence(
            Question(Aggregate.FIRST, first or None, window=window),
            Question(Aggregate.LAST, last or None, window=window),
            None if never is None else Question(Aggregate.LAST, never or None),
        )

    def rank(self, value: Value) -> Condition | None:
        """Among the most (or least) of all who have any."""
        ends = [key for key in RANK_KEYS if key in value.data]
        if len(ends) != 1:
            self.problems.add(value.place, "a rank needs one of top, bottom, like top: 20%")
            return None
        share = read_share(value.data[ends[0]], self.problems)
        question = self._ranked(value.data["rank"])
        if share is None or question is None:
            return None
        return Rank(question, ends[0] == "top", share)

    def _ranked(self, value: Value) -> Question | None:
        known = (*RANKED, "of", "where", "within", "between")
        if not expect_keys(value, self.problems, "`rank`", known):
            return None
        kinds = [key for key in RANKED if key in value.data]
        if len(kinds) != 1:
            self.problems.add(value.place, f"a rank is by exactly one of {', '.join(RANKED)}")
            return None
        kind, of = kinds[0], value.get("of")
        if (kind in ANSWERS) != (of is not None):
            says = f"`{kind}` needs `of`, an event" if of is None else f"`{kind}` has no `of`"
            self.problems.add(value.keys[kind], says)
            return None
        asked = self._asked(value, of or value.data[kind])
        word = self._property(value.data[kind], kind) if of else None
        if asked is None or (of and word is None):
            return None
        return Question(Aggregate(kind), asked.event, word, asked.where, asked.window)

    def _asked(self, value: Value, event_value: Value) -> Asked | None:
        event, where = self._event(event_value), self._where(value.get("where"))
        read, window = self._window(value)
        if event is None or where is None or not read:
            return None
        return Asked(event or None, where, window)

    def _event(self, value: Value) -> str | None:
        return find_event(value, self.vocabulary, self.problems)

    def _window(self, value: Value) -> tuple[bool, Window | None]:
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

    def _where(self, value: Value | None) -> Where | None:
        if value is None:
            return ()
        if not value.is_mapping or not value.data:
            self.problems.add(value.place, "`where` must be a mapping of property to value")
            return None
        read: list[tuple[Word, ValueTest]] = []
        for name, wanted in value.items():
            named = Value(value.keys[name], name)
            word = find_word(named, self.vocabulary.properties, "property", self.problems)
            test = read_value_test(word, wanted, self.problems) if word else None
            if word and test:
                read.append((word, test))
        read.sort(key=lambda pair: pair[0].name)
        return tuple(read) if len(read) == len(value.data) else None

    def _property(self, value: Value, kind: str) -> Word | None:
        word = find_word(value, self.vocabulary.properties, "property", self.problems)
        if word and kind != "distinct" and word.type is not FieldType.NUMBER:
            says = f"{word.name!r} holds {word.type.value}; `{kind}` needs a number"
            self.problems.add(value.place, says)
            return None
        return word

    def _compare(self, value: Value, kind: str) -> Compare | None:
        given = value.get("count" if kind == "count" else "is")
        if kind == "count" and (stray := value.get("is")):
            self.problems.add(stray.place, "`is` goes with sum, max or distinct; use `count`")
            return None
        if given is None and kind != "count":
            self.problems.add(value.place, f"`{kind}` needs `is`, a comparison like '>= 2'")
            return None
        if given is None:
            return Compare(">=", 1)
        return read_compare(given, self.problems, at_least_zero=kind in ("count", "distinct"))
