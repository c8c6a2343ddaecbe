"""Verdicts on conditions: never, always, implied by others, the same as another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from heliu.rules.conditions import AllOf, AnyOf, Condition, Not
from heliu.rules.library import Library
from heliu.rules.sense.claims import Translator
from heliu.rules.sense.facts import Both, Claim, Either, Formula, Kind, Order, Subject
from heliu.rules.sense.search import Search

MOST_CLAIMS = 3_000  # a condition with all it reads that is longer isn't looked into


@dataclass(frozen=True)
class Judge:
    """Tells of conditions what is certain; where it would take long, nothing is.

    Attributes:
        tags: What each tag means, to look into the tags a condition reads.
        groups: Tag to its exclusive group: nobody carries two of one.
    """

    tags: Mapping[str, Condition] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, library: Library, look_into: bool = True) -> "Judge":
        """What a library's tags mean, and which exclude each other."""
        meanings = {name: library.effective(name) for name in library.tags} if look_into else {}
        groups = {
            rule.name: unit[0].name for unit in library.units if len(unit) > 1 for rule in unit
        }
        return cls(meanings, groups)

    def never(self, condition: Condition) -> bool:
        """Whether it certainly holds for nobody, at no moment."""
        return not self._possible(condition, True)

    def always(self, condition: Condition) -> bool:
        """Whether it certainly holds for everybody, at every moment."""
        return not self._possible(condition, False)

    def implied(self, condition: Condition, by: Iterable[Condition]) -> bool:
        """Whether it certainly holds wherever all of these do; tags aren't looked into."""
        return not self._search.possible(self._plainly(AllOf((*by, Not(condition)))))

    def covered(self, condition: Condition, by: Iterable[Condition]) -> bool:
        """Whether one of these certainly holds wherever it does; tags aren't looked into."""
        return not self._search.possible(self._plainly(AllOf((condition, Not(AnyOf(tuple(by)))))))

    def _possible(self, condition: Condition, holds: bool) -> bool:
        if not self._search.possible(Translator().claims(condition, holds)):
            return False
        if not self.tags:
            return True
        looked_into = Translator(self.tags).claims(condition, holds)
        return size(looked_into) > MOST_CLAIMS or self._search.possible(looked_into)

    def _plainly(self, condition: Condition) -> Formula:
        return Translator().claims(condition)

    @cached_property
    def _search(self) -> Search:
        return Search({Subject(Kind.TRUTH, f"tag {tag}"): of for tag, of in self.groups.items()})


def size(formula: Formula) -> int:
    """How many claims it makes, repeats included."""
    if isinstance(formula, Both | Either):
        return sum(size(part) for part in formula.parts)
    return 1


def meaning(condition: Condition) -> Formula:
    """What a condition claims in one order: equal ones mean the same, however written."""
    return _sorted(Translator().claims(condition))


def _sorted(formula: Formula) -> Formula:
    """Groups within a like group dissolved, repeats left out, the rest in order of their text."""
    if isinstance(formula, Claim | Order):
        return formula
    kind = type(formula)
    flat: dict[str, Formula] = {}
    for part in map(_sorted, formula.parts):
        for one in part.parts if isinstance(part, kind) else (part,):
            flat[repr(one)] = one
    parts = tuple(flat[text] for text in sorted(flat))
    return parts[0] if len(parts) == 1 else kind(parts)
