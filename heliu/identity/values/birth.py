"""Whether two birthdays may be one, written down with a slip."""

from functools import lru_cache

# Forms begin with it, and who doesn't know the day enters it: it says nothing of anybody.
UNKNOWN_DAY = "-01-01"


@lru_cache(maxsize=50_000)
def apart(left: str, right: str) -> bool:
    """Whether bearers of one name, on one phone, were born so differently that they are two.

    Father and son are, and grandfather: another year and another day of the year. One year
    with two days is a slip of the pen, for nobody has a brother of the same name.

    >>> apart("1970-10-10", "1990-03-15"), apart("1990-05-06", "1990-08-17")
    (True, False)
    >>> apart("1978-12-11", "1979-11-12"), apart("1990-01-01", "1964-05-06")
    (False, False)
    """
    if _unknown(left, right) or left[:4] == right[:4]:
        return False
    return sorted(left[5:].split("-")) != sorted(right[5:].split("-"))


@lru_cache(maxsize=50_000)
def differ(left: str, right: str) -> bool:
    """Whether two days have more between them than one wrong year, month or day, or a swap.

    >>> differ("1990-05-06", "1990-05-16"), differ("1990-05-06", "1990-08-17")
    (False, True)
    """
    if _unknown(left, right) or agree(left, right):
        return False
    return sum(a != b for a, b in zip(left.split("-"), right.split("-"), strict=True)) > 1


def agree(left: str, right: str) -> bool:
    """Whether two ISO days are one, month and day perhaps the wrong way round.

    A first of January agrees with nothing.

    >>> agree("2006-08-02", "2006-02-08"), agree("1990-01-01", "1990-01-01")
    (True, False)
    """
    if _unknown(left, right):
        return False
    year, month, day = right.split("-")
    return left in (right, f"{year}-{day}-{month}")


def _unknown(left: str, right: str) -> bool:
    return left.endswith(UNKNOWN_DAY) or right.endswith(UNKNOWN_DAY)
