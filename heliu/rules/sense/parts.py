"""Which part of a rule is to blame, and which parts add nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import NamedTuple

from heliu.documents import Problems
from heliu.errors import Place
from heliu.rules.conditions import AllOf, Always, AnyOf, Condition
from heliu.rules.sense.judge import Judge
from heliu.rules.sense.nodes import Node

ONE_IS_ENOUGH = {("all", False), ("any", True), ("none", True)}  # part to make it so for all
TAKE_OUT = "It decides nothing: take it out."
MOST_PAIRS = 500  # looked at, to name two parts that contradict each other


class Blame(NamedTuple):
    """What makes a condition hold always or never, and what it does."""

    node: Node
    says: str


@dataclass(frozen=True)
class Writer:
    """Writes the warnings about one rule.

    Attributes:
        name: What it is called, like "tag 'value.high'".
    """

    judge: Judge
    problems: Problems
    name: str

    def rule(self, node: Node) -> bool:
        """Warn of a whole rule or of its parts; whether it never or always holds.

        `always` by itself is meant.
        """
        if isinstance(node.condition, Always):
            return False
        for always, so in ((False, "is true of nobody"), (True, "is true of everybody")):
            if self._is(node.condition, always):
                blame = self._blame(node, always)
                self.problems.warn(blame.node.place, f"{blame.says}, so {self.name} {so}")
                return True
        self._parts(node)
        return False

    def _is(self, condition: Condition, always: bool) -> bool:
        return self.judge.always(condition) if always else self.judge.never(condition)

    def _blame(self, node: Node, always: bool) -> Blame:
        """The smallest part, or two parts together, that make a condition hold always or never."""
        itself = Blame(node, "this always holds" if always else "this can never hold")
        if node.joined in ("none", "not"):
            always = not always
        if node.joined == "not":
            return self._blame(node.parts[0], always)
        if (node.joined, always) not in ONE_IS_ENOUGH:
            return itself
        for part in node.parts:
            if self._is(part.condition, always):
                return self._blame(part, always)
        return self._pair(node.parts, always) or itself

    def _pair(self, parts: Sequence[Node], always: bool) -> Blame | None:
        joined = AnyOf if always else AllOf
        for one, other in islice(combinations(parts, 2), MOST_PAIRS):
            if self._is(joined((one.condition, other.condition)), always):
                where = _at(one.place, other.place)
                both = f"this and {where} can't both hold"
                return Blame(other, f"this or {where} always holds" if always else both)
        return None

    def _parts(self, node: Node) -> None:
        """Warn of parts that decide nothing, and of those the others already say."""
        said = [part for part in node.parts if not self._idle(part)]
        if node.joined in ("all", "any", "none"):
            said = self._superfluous(said, node.joined == "all")
        for part in said:
            self._parts(part)

    def _idle(self, part: Node) -> bool:
        """Warn of a part that always or never holds, though its rule neither does."""
        for always in (False, True):
            if self._is(part.condition, always):
                blame = self._blame(part, always)
                self.problems.warn(blame.node.place, blame.says, TAKE_OUT)
                return True
        return False

    def _superfluous(self, parts: list[Node], all_must: bool) -> list[Node]:
        """Warn of parts without which the same people are meant; the parts that are left.

        First of those that one other makes superfluous: it is easier to see.
        """
        left = list(parts)
        for part in reversed(parts):
            others = [other for other in left if other is not part]
            enough = next((one for one in others if self._says_it(part, [one], all_must)), None)
            if enough is not None:
                left = others
                self._warn_of(part, enough, all_must)
        for part in reversed(left):
            others = [other for other in left if other is not part]
            if len(others) > 1 and self._says_it(part, others, all_must):
                left = others
                says = "the other parts together already say this"
                self.problems.warn(part.place, says, TAKE_OUT)
        return left

    def _says_it(self, part: Node, others: Sequence[Node], all_must: bool) -> bool:
        conditions = [other.condition for other in others]
        if all_must:
            return self.judge.implied(part.condition, conditions)
        return self.judge.covered(part.condition, conditions)

    def _warn_of(self, part: Node, enough: Node, all_must: bool) -> None:
        where = _at(enough.place, part.place)
        if self._says_it(enough, [part], all_must):
            says = f"this says the same as {where}"
        elif all_must:
            says = f"this holds whenever {where} does"
        else:
            says = f"{where} holds whenever this does"
        self.problems.warn(part.place, says, TAKE_OUT)


def _at(place: Place, seen_from: Place) -> str:
    """Another part of the same file, by its line, or its column where they share one."""
    if place == seen_from or not place.line:
        return "another part"
    return f"line {place.line}" if place.line != seen_from.line else f"column {place.column}"
