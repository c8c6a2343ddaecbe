"""Comparing one value as a rule asks, in plain Python."""

from collections.abc import Callable

from heliu.rules.asks import Compare, OneOf, ValueTest

Scalar = str | int | None  # a text, an ISO date, a number, an instant in epoch seconds

COMPARISONS: dict[str, Callable[[int, Compare], bool]] = {
    "=": lambda value, than: value == than.number,
    "!=": lambda value, than: value != than.number,
    "<": lambda value, than: value < than.number,
    "<=": lambda value, than: value <= than.number,
    ">": lambda value, than: value > than.number,
    ">=": lambda value, than: value >= than.number,
    "between": lambda value, than: than.number <= value <= than.upper,
}


def compares(value: int, test: Compare) -> bool:
    """Whether a number compares so."""
    return COMPARISONS[test.op](value, test)


def passes(value: Scalar, test: ValueTest) -> bool:
    """Whether a value is what a rule asks for; an unknown one never is."""
    if value is None:
        return False
    if isinstance(test, OneOf):
        return value in test.values
    return compares(int(value), test)
