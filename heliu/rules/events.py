"""Reading conditions on events: did, last, first, rank."""

from dataclasses import dataclass

from heliu.documents import Problems, Value, expect_keys
from heliu.rules.asking import EventReader, event_of
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    Compare,
    Condition,
    Did,
    Question,
    Rank,
    When,
)
from heliu.rules.scalars import (
    read_back_between,
    read_compare,
    read_duration,
    read_share,
    read_window,
)
from heliu.rules.vocabulary import Vocabulary, Word
from heliu.rules.windows import Back, Window

ANSWERS = ("sum", "max", "distinct")  # of a property
RANKED = (*ANSWERS, "count", "last", "first")
DID_KEYS = ("where", "count", *ANSWERS, "is", "within", "between")
MOMENT_TESTS = ("within", "between", "older_than", "after_last")
MOMENT_KEYS = ("where", *MOMENT_TESTS)
RANK_KEYS = ("top", "bottom")
RANK_OF_KEYS = (*RANKED, "of", "where", "within", "between")


@dataclass
class EventConditions:
    """Reads conditions on events in one firm's words; None where there is a problem."""

    vocabulary: Vocabulary
    problems: Problems

    def __post_init__(self) -> None:
        self.events = EventReader(self.vocabulary, self.problems)

    def did(self, value: Value) -> Condition | None:
        """How many, how much, how large, how diverse."""
        answers = [key for key in (*ANSWERS, "count") if key in value.data]
        if len(answers) > 1:
            says = f"one `did` asks one thing, not {' and '.join(answers)}"
            self.problems.add(value.place, says, "Join two of them with `all`.")
            return None
        kind = answers[0] if answers else "count"
        question = self._question(value, value.data["did"], kind)
        compare = self._compare(value, kind)
        return Did(question, compare) if question and compare else None

    def _question(self, value: Value, event: Value, kind: str) -> Question | None:
        """What is asked, with the property of an answer that has one under its name."""
        asked = self.events.asked(value, event)
        word: Word | None = None
        if kind in ANSWERS:
            types = asked.types if asked else ()
            word = self.events.property(value.data[kind], kind, types)
            if word is None:
                return None
        if asked is None:
            return None
        return Question(Aggregate(kind), event_of(asked.types), word, asked.where, asked.window)

    def moment(self, value: Value) -> Condition | None:
        """When the first or last such event was."""
        kind = "last" if "last" in value.data else "first"
        types = self.events.types(value.data[kind])
        where = self.events.where(value.get("where"), types or ())
        tests = [key for key in MOMENT_TESTS if key in value.data]
        if len(tests) != 1:
            says = f"`{kind}` needs exactly one of {', '.join(MOMENT_TESTS)}"
            self.problems.add(value.place, says)
            return None
        given = value.data[tests[0]]
        if tests[0] == "after_last":
            others = self.events.types(given)
            if types is None or where is None or others is None:
                return None
            question = Question(Aggregate(kind), event_of(types), where=where)
            return AfterLast(question, Question(Aggregate.LAST, event_of(others)))
        window = self._moment_window(tests[0], given)
        if types is None or where is None or window is None:
            return None
        return When(Question(Aggregate(kind), event_of(types), where=where), window)

    def _moment_window(self, test: str, given: Value) -> Window | None:
        if test == "within":
            return read_window(given, self.problems)
        if test == "between":
            return read_back_between(given, self.problems)
        seconds = read_duration(given, self.problems)
        return None if seconds is None else Back(None, seconds)

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
        if not expect_keys(value, self.problems, "`rank`", RANK_OF_KEYS):
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
        return self._question(value, of or value.data[kind], kind)

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
