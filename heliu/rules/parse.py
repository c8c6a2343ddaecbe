"""From YAML to conditions, noting every mistake where it stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from heliu.documents import Problems, Value, expect_keys
from heliu.errors import did_you_mean
from heliu.rules.conditions import AllOf, Always, AnyOf, Condition, HasTag, InSegment, Not
from heliu.rules.consenting import CONSENT_KEYS, read_consent
from heliu.rules.events import DID_KEYS, MOMENT_KEYS, RANK_KEYS, EventConditions
from heliu.rules.fields import FIELD_KEYS, read_field
from heliu.rules.lookup import find_one, find_tags, find_word
from heliu.rules.sequences import SEQUENCE_KEYS, read_sequence
from heliu.rules.vocabulary import Vocabulary

GROUPS = ("all", "any", "none", "not")
LEAVES = {
    "field": FIELD_KEYS,
    "did": DID_KEYS,
    "last": MOMENT_KEYS,
    "first": MOMENT_KEYS,
    "sequence": SEQUENCE_KEYS,
    "rank": RANK_KEYS,
    "consent": CONSENT_KEYS,
    "tag": (),
    "segment": (),
}
HEADS = (*GROUPS, *LEAVES)
DEEPEST = 40  # conditions within each other; SQLite gives up near a thousand terms
WIDEST = 200


@dataclass
class Reader:
    """Reads conditions in one firm's words; None where there is a problem, each noted.

    Attributes:
        tags: Names that `tag` may use.
        segments: Names that `segment` may use; None: only segments read segments.
    """

    vocabulary: Vocabulary
    problems: Problems
    tags: Iterable[str] = field(default_factory=tuple)
    segments: Iterable[str] | None = None

    def read(self, value: Value, depth: int = 0) -> Condition | None:
        """One condition and all within it."""
        if value.data == "always":
            return Always()
        head = self._head(value)
        if head is None:
            return None
        if depth >= DEEPEST:
            self.problems.add(value.place, f"more than {DEEPEST} conditions within each other")
            return None
        known = (head, *LEAVES.get(head, ()))
        before = len(self.problems.found)
        expect_keys(value, self.problems, f"`{head}`", known)
        condition = self._leaf(head, value) if head in LEAVES else self._group(head, value, depth)
        return condition if len(self.problems.found) == before else None

    def _head(self, value: Value) -> str | None:
        """The word that says what kind of condition it is."""
        remedy = f"Known conditions: always, {', '.join(HEADS)}."
        if not value.is_mapping:
            says = "a condition is `always` or a mapping that begins with a known word"
            self.problems.add(value.place, says, remedy)
            return None
        heads: list[str] = [key for key in value.data if key in HEADS]
        if len(heads) > 1:
            says = f"`{heads[0]}` and `{heads[1]}` in one condition"
            self.problems.add(value.keys[heads[1]], says, "Join them with `all`.")
            return None
        if not heads:
            key = next(iter(value.data), "")
            says = f"unknown condition {key!r}{did_you_mean(key, HEADS)}"
            self.problems.add(value.keys.get(key, value.place), says, remedy)
            return None
        return heads[0]

    def _group(self, head: str, value: Value, depth: int) -> Condition | None:
        inner = value.data[head]
        if head == "not":
            part = self.read(inner, depth + 1)
            return None if part is None else Not(part)
        if not inner.is_list or not inner.data:
            says = f"`{head}` must be a list of at least one condition"
            self.problems.add(inner.place, says)
            return None
        if len(inner.data) > WIDEST:
            self.problems.add(inner.place, f"`{head}` has more than {WIDEST} conditions")
            return None
        read = [self.read(item, depth + 1) for item in inner.data]
        parts = tuple(part for part in read if part is not None)
        if head == "all":
            return AllOf(parts)
        return AnyOf(parts) if head == "any" else Not(AnyOf(parts))

    def _leaf(self, head: str, value: Value) -> Condition | None:
        given = value.data[head]
        if head == "field":
            word = find_word(given, self.vocabulary.fields, "field", self.problems)
            return read_field(value, word, self.problems) if word else None
        if head == "tag":
            found = find_tags(given, self.tags, self.problems)
            return HasTag(found) if found else None
        if head == "segment":
            return self._segment(value)
        if head == "consent":
            return read_consent(value, self.vocabulary, self.problems)
        events = EventConditions(self.vocabulary, self.problems)
        if head == "sequence":
            return read_sequence(value, events.events, self.problems)
        readers: dict[str, Callable[..., Condition | None]] = {
            "did": events.did,
            "last": events.moment,
            "first": events.moment,
            "rank": events.rank,
        }
        return readers[head](value)

    def _segment(self, value: Value) -> Condition | None:
        if self.segments is None:
            says = "a tag can't read a segment"
            self.problems.add(value.keys["segment"], says, "Make a tag of what they share.")
            return None
        name = find_one(value.data["segment"], "segment", self.segments, self.problems)
        return None if name is None else InSegment(name)
