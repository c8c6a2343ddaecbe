"""Claims about profile fields: their value, their day, how far that is from as-of."""

from datetime import date
from math import inf

from heliu.rules.conditions import Anniversary, Between, Compare, Exists, FieldTest, Near, OneOf
from heliu.rules.sense.facts import Both, Claim, Either, Formula, Kind, Subject
from heliu.rules.sense.sets import NO, YES, Bound, Ints, passing, points
from heliu.rules.vocabulary import FieldType
from heliu.rules.windows import DAY, Ago, Day, Edge


def field_claim(test: FieldTest, holds: bool) -> Formula:
    """What a check on a field claims; an unknown value passes none but `exists: false`."""
    name, check = test.word.name, test.check
    if isinstance(check, Exists):
        return known(name, check.known == holds)
    claims = _checks(test)
    if holds:
        return Both((known(name, True), *claims))
    others = tuple(
        Both((known(name, True), Claim(claim.subject, ~claim.domain))) for claim in claims
    )
    return Either((known(name, False), *others))


def known(name: str, is_known: bool) -> Claim:
    """That a field's value is known, or isn't."""
    return Claim(Subject(Kind.TRUTH, f"field {name}"), YES if is_known else NO)


def _checks(test: FieldTest) -> list[Claim]:
    """What a known value must be; all of it."""
    name, check = test.word.name, test.check
    if isinstance(check, OneOf) and test.word.type is FieldType.DATE:
        days = points(date.fromisoformat(str(value)).toordinal() for value in check.values)
        return [Claim(Subject(Kind.DATE, name), days)]
    if isinstance(check, Compare | OneOf):
        return [
            Claim(Subject(Kind.VALUE, name), passing(check, test.word.type is FieldType.NUMBER))
        ]
    if isinstance(check, Anniversary):
        return [Claim(Subject(Kind.BIRTHDAY, name), Ints(((0, check.days - 1),)))]
    assert not isinstance(check, Exists)
    in_days = test.word.type is FieldType.DATE
    if isinstance(check, Near):
        return [Claim(Subject(Kind.AGO, name), _near(check, in_days))]
    return _between(name, check, in_days)


def _near(check: Near, in_days: bool) -> Ints:
    """Today is the first of the next days and the last of the past ones."""
    length = check.seconds // DAY if in_days else check.seconds
    if check.ahead:
        return Ints(((0, length - 1),)) if in_days else Ints(((1, length),))
    return Ints(((1 - length, 0),))


def _between(name: str, check: Between, in_days: bool) -> list[Claim]:
    """As heliu.rules.spans has it: after a named day, or in it where it is an inclusive end."""
    claims = []
    if days := _span(check, Day):
        low, high = days
        inner = 0 if check.inclusive else 1
        claims.append(Claim(Subject(Kind.DATE, name), Ints(((low + inner, high - inner),))))
    if ago := _span(check, Ago):
        low, high = ago
        unit = DAY if in_days else 1
        ends = (low // unit + 1 if low > -inf else low, high // unit if high < inf else high)
        claims.append(Claim(Subject(Kind.AGO, name), Ints((ends,))))
    return claims


def _span(check: Between, kind: type[Day] | type[Ago]) -> tuple[Bound, Bound] | None:
    """Both ends as numbers, infinite where open; None if neither is of the kind."""
    ends = (check.after, check.before)
    if not any(isinstance(end, kind) for end in ends):
        return None
    low, high = (_number(end) if isinstance(end, kind) else None for end in ends)
    return (-inf if low is None else low, inf if high is None else high)


def _number(edge: Edge | None) -> int | None:
    if edge is None:
        return None
    return edge.on.toordinal() if isinstance(edge, Day) else -edge.seconds
