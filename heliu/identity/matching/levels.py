"""Kinds of comparison → levels of agreement, as SQL over two units' lists of values.

A column holds a list of values (`city_l`, `city_r`); the best pair of the two lists counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from heliu.rules.vocabulary import MatchKind

# All that the conditions need beside DuckDB's own functions.
MACROS = """
CREATE MACRO most_alike(a, b) AS CASE
    WHEN len(a) = 1 AND len(b) = 1 THEN jaro_winkler_similarity(a[1], b[1])
    ELSE list_max(list_transform(a, lambda x: list_max(
        list_transform(b, lambda y: jaro_winkler_similarity(x, y))))) END;
CREATE MACRO fewest_edits(a, b) AS CASE
    WHEN len(a) = 1 AND len(b) = 1 THEN damerau_levenshtein(a[1], b[1])
    ELSE list_min(list_transform(a, lambda x: list_min(
        list_transform(b, lambda y: damerau_levenshtein(x, y))))) END;
CREATE MACRO one_begins_other(a, b) AS
    list_bool_or(list_transform(a, lambda x: list_bool_or(list_transform(b, lambda y:
        starts_with(x, y) OR starts_with(y, x)))));
CREATE MACRO share_word(a, b) AS list_has_any(
    string_split(array_to_string(a, ' '), ' '), string_split(array_to_string(b, ' '), ' '));
CREATE MACRO day_month_swapped(a, b) AS
    list_has_any(list_transform(a, lambda x: x[1:4] || x[7:8] || x[5:6]), b);
"""

# The spellings a value of each kind is compared in; see `read_value`.
SPELLINGS: Mapping[MatchKind, tuple[str, ...]] = {
    MatchKind.NAME: ("", "sound", "surname"),
    MatchKind.GIVEN_NAME: ("", "root"),
    MatchKind.SURNAME: ("", "sound"),
    MatchKind.DATE: ("",),
    MatchKind.POSTCODE: ("", "area"),
    MatchKind.TEXT: ("", "joined"),
    MatchKind.EXACT: ("",),
    MatchKind.ID: ("",),
    MatchKind.PHONE: ("",),
    MatchKind.EMAIL: ("", "local"),
}
# A unit tells a name if it tells a surname; of everything else, if it tells a whole value.
LEAST = {MatchKind.NAME: "surname"}
SWAPPED = {MatchKind.GIVEN_NAME: MatchKind.SURNAME, MatchKind.SURNAME: MatchKind.GIVEN_NAME}
ELSE = "ELSE"


@dataclass(frozen=True)
class Level:
    """One degree of agreement.

    Attributes:
        label: What it is called in charts and explanations.
        condition: SQL over columns `…_l` and `…_r`; the first that holds counts.
        m: How often one person's two values agree so; a guess until trained.
        u: How often two people's do.
        frequency: The column whose values' commonness stands for u; "" where u is u.
    """

    label: str
    condition: str
    m: float
    u: float
    frequency: str = ""


def column(field: str, spelling: str = "") -> str:
    """The column of the table of units that lists a field's values in a spelling."""
    return f"{field}_{spelling or 'all'}"


def null_condition(field: str, kind: MatchKind) -> str:
    """When two units can't be compared by a field."""
    least = column(field, LEAST.get(kind, ""))
    return f"{least}_l IS NULL OR {least}_r IS NULL"


def levels_of(fields: Mapping[str, MatchKind], field: str) -> list[Level]:
    """The levels of a field, from full agreement down to none.

    A given name found as the other's surname is a level of its own where both are declared.
    """
    kind = fields[field]
    levels = LEVELS[kind](field)
    others = [name for name, other in fields.items() if other is SWAPPED.get(kind)]
    if others:
        crossed = f"list_has_any({column(field)}_l, {column(others[0])}_r)"
        levels.insert(1, Level("swapped", crossed, 0.01, 1e-4))
    rest_m = max(0.01, 1 - sum(level.m for level in levels))
    rest_u = max(0.01, 1 - sum(level.u for level in levels))
    return [*levels, Level("different", ELSE, rest_m, rest_u)]


def _same(field: str, spelling: str = "") -> str:
    listed = column(field, spelling)
    return f"list_has_any({listed}_l, {listed}_r)"


def _alike(field: str, least: float, spelling: str = "") -> str:
    listed = column(field, spelling)
    return f"most_alike({listed}_l, {listed}_r) >= {least}"


def _edits(field: str, most: int) -> str:
    return f"fewest_edits({column(field)}_l, {column(field)}_r) <= {most}"


def _macro(name: str, field: str) -> str:
    return f"{name}({column(field)}_l, {column(field)}_r)"


def _name(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.7, 1e-3, column(field)),
        Level("sounds the same", _same(field, "sound"), 0.1, 1e-3, column(field, "sound")),
        Level("sounds much alike", _alike(field, 0.92, "sound"), 0.05, 1e-3),
        Level("same surname", _same(field, "surname"), 0.05, 0.03),
    ]


def _given_name(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.7, 0.01, column(field)),
        Level("much alike", _alike(field, 0.92), 0.06, 0.002),
        Level("short form", _same(field, "root"), 0.06, 0.002),
        Level("initial or beginning", _macro("one_begins_other", field), 0.04, 0.005),
        Level("alike", _alike(field, 0.8), 0.03, 0.01),
    ]


def _surname(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.8, 0.002, column(field)),
        Level("much alike", _alike(field, 0.92), 0.06, 0.001),
        Level("sounds the same", _same(field, "sound"), 0.02, 0.003),
        Level("alike", _alike(field, 0.8), 0.03, 0.01),
    ]


def _date(field: str) -> list[Level]:
    slip = f"({_edits(field, 1)} OR {_macro('day_month_swapped', field)})"
    return [
        Level("same", _same(field), 0.85, 5e-4, column(field)),
        Level("one digit, or day and month swapped", slip, 0.08, 0.002),
        Level("two digits", _edits(field, 2), 0.03, 0.02),
    ]


def _postcode(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.6, 1e-3, column(field)),
        Level("one character", _edits(field, 1), 0.1, 0.002),
        Level("same area", _same(field, "area"), 0.1, 0.02),
    ]


def _text(field: str) -> list[Level]:
    return [
        Level("same", _same(field, "joined"), 0.6, 0.01, column(field, "joined")),
        Level("much alike", _alike(field, 0.9), 0.1, 0.005),
        Level("shares a word", _macro("share_word", field), 0.1, 0.02),
    ]


def _exact(field: str) -> list[Level]:
    return [Level("same", _same(field), 0.85, 0.1, column(field))]


def _id(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.85, 1e-4),
        Level("one character", _edits(field, 1), 0.05, 1e-4),
        Level("two characters", _edits(field, 2), 0.03, 1e-3),
    ]


def _phone(field: str) -> list[Level]:
    return [
        Level("same", _same(field), 0.5, 1e-4, column(field)),
        Level("one digit", _edits(field, 1), 0.05, 1e-5),
    ]


def _email(field: str) -> list[Level]:
    # Alike is no level here: two people of one name often have addresses made of it.
    return [
        Level("same", _same(field), 0.5, 1e-4, column(field)),
        Level("same before the @", _same(field, "local"), 0.1, 1e-4, column(field, "local")),
        Level("one character", _edits(field, 1), 0.1, 1e-5),
        Level("two characters", _edits(field, 2), 0.05, 1e-5),
    ]


LEVELS: Mapping[MatchKind, Callable[[str], list[Level]]] = {
    MatchKind.NAME: _name,
    MatchKind.GIVEN_NAME: _given_name,
    MatchKind.SURNAME: _surname,
    MatchKind.DATE: _date,
    MatchKind.POSTCODE: _postcode,
    MatchKind.TEXT: _text,
    MatchKind.EXACT: _exact,
    MatchKind.ID: _id,
    MatchKind.PHONE: _phone,
    MatchKind.EMAIL: _email,
}
