"""Whether anybody can be as claimed: every way to choose, each tried till it contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from heliu.rules.sense.facts import Both, Claim, Either, Formula, Order, Subject
from heliu.rules.sense.order import in_order
from heliu.rules.sense.sets import both, within
from heliu.rules.sense.theory import Domains, possible_answers, settle

MOST_CHOICES = 400  # beyond, it is taken to be possible: better no warning than a false one
Choices = tuple[Either, ...]


@dataclass
class Search:
    """Looks for somebody who fits.

    Attributes:
        groups: Tag to its exclusive group.
        choices: How many ways have been begun.
    """

    groups: Mapping[Subject, str] = field(default_factory=dict)
    choices: int = 0

    def possible(self, formula: Formula) -> bool:
        """False only if nobody at all can be like that; True also where it takes too long."""
        self.choices = 0
        return self._fits([formula], (), {}, ())

    def _fits(
        self, todo: list[Formula], open_: Choices, domains: Domains, orders: tuple[Order, ...]
    ) -> bool:
        self.choices += 1
        if self.choices > MOST_CHOICES:
            return True
        found = self._settle(todo, open_, domains, orders)
        if found is None:
            return False
        choices, domains, orders = found
        if not choices:
            return True
        first, rest = choices[0], choices[1:]
        return any(self._fits([part], rest, domains, orders) for part in first.parts)

    def _settle(
        self, todo: list[Formula], open_: Choices, domains: Domains, orders: tuple[Order, ...]
    ) -> tuple[Choices, Domains, tuple[Order, ...]] | None:
        """All that follows without choosing; None where it contradicts itself."""
        known: Domains | None = dict(domains)
        while todo and known is not None:
            taken = _take(todo, known)
            known = settle(known, self.groups) if taken else None
            if taken is None or known is None:
                return None
            orders = (*orders, *taken[0])
            chosen = _choose((*open_, *taken[1]), known)
            if chosen is None:
                return None
            todo, open_ = chosen
        if known is None or not in_order(orders, known):
            return None
        return open_, known, orders


def _take(todo: list[Formula], domains: Domains) -> tuple[list[Order], list[Either]] | None:
    """Narrow the domains by all that must be so; what is left, or None for a contradiction."""
    orders: list[Order] = []
    choices: list[Either] = []
    while todo:
        match todo.pop():
            case Both(parts):
                todo.extend(parts)
            case Either() as either:
                choices.append(either)
            case Order() as order:
                orders.append(order)
            case Claim(subject, domain):
                known = domains.get(subject) or possible_answers(subject, domain)
                domains[subject] = both(known, domain)
                if not domains[subject]:
                    return None
    return orders, choices


def _choose(choices: Choices, domains: Domains) -> tuple[list[Formula], Choices] | None:
    """What now must be so, and the choices still open, the narrowest first; None: none is left."""
    forced: list[Formula] = []
    open_: list[Either] = []
    for choice in choices:
        if any(_is_so(part, domains) for part in choice.parts):
            continue
        alive = tuple(part for part in choice.parts if not _cannot_be(part, domains))
        if not alive:
            return None
        if len(alive) == 1:
            forced.append(alive[0])
        else:
            open_.append(Either(alive))
    return forced, tuple(sorted(open_, key=lambda choice: len(choice.parts)))


def _is_so(formula: Formula, domains: Domains) -> bool:
    """Whether it holds already."""
    match formula:
        case Claim(subject, domain):
            return subject in domains and within(domains[subject], domain)
        case Both(parts):
            return all(_is_so(part, domains) for part in parts)
        case Either(parts):
            return any(_is_so(part, domains) for part in parts)
    return False


def _cannot_be(formula: Formula, domains: Domains) -> bool:
    """Whether a look is enough to see that it contradicts what is known."""
    match formula:
        case Claim(subject, domain):
            known = domains.get(subject) or possible_answers(subject, domain)
            return not both(known, domain)
        case Both(parts):
            return any(_cannot_be(part, domains) for part in parts)
        case Either(parts):
            return all(_cannot_be(part, domains) for part in parts)
    return False
