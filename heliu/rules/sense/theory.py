"""What claims have to do with each other: fewer events in less time, no maximum without any."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import inf

from heliu.rules.sense.facts import Kind, Subject
from heliu.rules.sense.sets import (
    ANY_INT,
    COLUMN,
    NATURAL,
    NONE,
    TRUTH,
    YES,
    Domain,
    Ints,
    Texts,
    both,
)
from heliu.rules.sense.slices import covered

Domains = dict[Subject, Domain]
COUNTED = (Kind.COUNT, Kind.DISTINCT)


def possible_answers(subject: Subject, like: Domain) -> Domain:
    """Every answer a subject may have, whatever is claimed of it."""
    match subject.kind:
        case Kind.COUNT | Kind.DISTINCT:
            return _counts(subject)
        case Kind.MAX | Kind.SUM:
            return _amounts(subject)
        case Kind.VALUE:
            return COLUMN if isinstance(like, Ints) else Texts(frozenset(), others=True)
        case Kind.BIRTHDAY:
            return Ints(((0, 365),))
        case Kind.TRUTH:
            return TRUTH
    return ANY_INT


def _counts(subject: Subject) -> Domain:
    """No events where a property can't be so; no more values than it may have."""
    assert subject.events is not None
    where = dict(subject.events.where)
    if not all(where.values()):
        return NONE
    own = where.get(subject.name)
    return Ints(((0, own.size),)) if subject.kind is Kind.DISTINCT and own else NATURAL


def _amounts(subject: Subject) -> Domain:
    assert subject.events is not None
    own = dict(subject.events.where).get(subject.name)
    if not isinstance(own, Ints) or not own:
        return COLUMN if subject.kind is Kind.MAX else ANY_INT
    if subject.kind is Kind.MAX:
        return COLUMN & own
    return Ints(((0 if own.low >= 0 else -inf, 0 if own.high <= 0 else inf),))


def companions(subject: Subject) -> list[Subject]:
    """Other subjects that what is claimed of this one says something of."""
    if subject.kind in (Kind.SUM, Kind.MAX):
        return [Subject(Kind.DISTINCT, subject.name, subject.events)]
    return [Subject(Kind.COUNT, "", subject.events)] if subject.kind is Kind.DISTINCT else []


@lru_cache(maxsize=1 << 16)
def at_most(one: Subject, other: Subject) -> bool:
    """Whether one answer is certainly never above the other."""
    if one.events is None or other.events is None:
        return False
    comparable = (
        one.kind == other.kind and one.name == other.name
        if other.kind is not Kind.COUNT
        else one.kind in COUNTED
    )
    return comparable and one.kind is not Kind.SUM and one.events.part_of(other.events)


def settle(domains: Domains, groups: Mapping[Subject, str]) -> Domains | None:
    """Narrow all domains by each other; None where nobody can be like that.

    Args:
        domains: What each subject's answer may be.
        groups: Tag to its exclusive group.
    """
    if _two_of_one_group(domains, groups):
        return None
    found = dict(domains)
    for subject in domains:
        for companion in companions(subject):
            found.setdefault(companion, possible_answers(companion, NATURAL))
    for subject in [subject for subject in found if subject.kind is Kind.DISTINCT]:
        for companion in companions(subject):
            found.setdefault(companion, possible_answers(companion, NATURAL))
    asked = [subject for subject in found if subject.events is not None]
    pairs = [(a, b) for a in asked for b in asked if a is not b and at_most(a, b)]
    before: Domains = {}
    while before != found:
        before = dict(found)
        for one, other in pairs:
            _narrow(found, other, Ints(((_ints(found, one).low, inf),)))
            _narrow(found, one, Ints(((-inf, _ints(found, other).high),)))
            if not found[one] or not found[other]:
                return None
        for subject in asked:
            _weigh(found, subject)
        _cover(found, asked)
        if not all(found.values()):
            return None
    return found


def _ints(domains: Domains, subject: Subject) -> Ints:
    found = domains[subject]
    assert isinstance(found, Ints)  # answers about events are numbers
    return found


def _narrow(domains: Domains, subject: Subject, wanted: Domain) -> None:
    domains[subject] = both(domains[subject], wanted)


def _weigh(domains: Domains, subject: Subject) -> None:
    """A sum other than 0 needs something to add up; a property asked for is told."""
    if subject.kind is Kind.SUM:
        told = companions(subject)[0]
        if not both(domains[subject], NONE):
            _narrow(domains, told, Ints(((1, inf),)))
        if _ints(domains, told).high == 0:
            _narrow(domains, subject, NONE)
    if subject.kind is Kind.DISTINCT and subject.events is not None:
        count = companions(subject)[0]
        if subject.name in dict(subject.events.where):
            if _ints(domains, count).low >= 1:
                _narrow(domains, subject, Ints(((1, inf),)))
            if _ints(domains, subject).high == 0:
                _narrow(domains, count, NONE)


def _cover(domains: Domains, asked: Iterable[Subject]) -> None:
    """No event in slices that together cover another: none in that one either."""
    counts = [s for s in asked if s.kind is Kind.COUNT and s.events]
    empty = [s.events for s in counts if s.events and _ints(domains, s).high == 0]
    for subject in counts:
        events = subject.events
        if events and _ints(domains, subject).high > 0:
            slices = [none.when for none in empty if events.alike(none)]
            if slices and covered(events.when, slices):
                _narrow(domains, subject, NONE)


def _two_of_one_group(domains: Domains, groups: Mapping[Subject, str]) -> bool:
    carried = [groups[s] for s, domain in domains.items() if s in groups and domain == YES]
    return len(carried) > len(set(carried))
