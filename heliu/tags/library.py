"""Reading the tag library: one file a tag, the firm's over the defaults."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from heliu.documents import Problems, Value
from heliu.rules.conditions import Condition, SelectTest
from heliu.rules.escape import read_sql
from heliu.rules.examples import ExampleReader
from heliu.rules.files import (
    expect_examples,
    read_condition,
    read_examples,
    read_flag,
    read_span,
    read_words,
    rule_files,
)
from heliu.rules.library import Library, TagRule, cycles
from heliu.rules.parse import Reader
from heliu.rules.rewriting import with_expiry, with_hands
from heliu.rules.vocabulary import Vocabulary

KEYS = (
    "title", "group", "order", "says", "owner", "when", "sql", "manual", "local", "expires",
    "max_age", "examples",
)  # fmt: skip
MOST_QUESTIONS = 1_500  # columns of a table: PostgreSQL has 1,600


def load_library(roots: Sequence[Path], vocabulary: Vocabulary, problems: Problems) -> Library:
    """Every tag in force, checked by itself and against the others.

    Args:
        roots: Folders that may hold `rules/tags/`, the defaults first; a later one
            replaces a tag of the same name, or switches it off.
        vocabulary: The words rules may use.
        problems: Where everything wrong is noted; the library is sound only if nothing was.
    """
    files = rule_files(roots, "tag", KEYS, problems)
    names = tuple(sorted(files))
    read = [_read_tag(name, value, names, vocabulary, problems) for name, value in files.items()]
    rules = {rule.name: rule for rule in read if rule is not None}
    _check_groups(rules.values(), problems)
    library = Library(rules, known=frozenset(names))
    for circle in cycles(library.units):
        says = f"tag dependency cycle among {circle}"
        problems.add(rules[circle[0]].place, says, "A tag can't wait for itself.")
    if len(library.questions) > MOST_QUESTIONS:
        place = rules[names[0]].place
        says = f"{len(library.questions)} different questions about facts; {MOST_QUESTIONS} fit"
        problems.add(place, says, "Let tags share windows, or drop some.")
    return library


def _read_tag(
    name: str, value: Value, names: tuple[str, ...], vocabulary: Vocabulary, problems: Problems
) -> TagRule | None:
    before = len(problems.found)
    reader = Reader(vocabulary, problems, names)
    written, selected = read_condition(value, reader), _read_select(value, vocabulary, problems)
    manual, local = (read_flag(value, key, problems) for key in ("manual", "local"))
    expires, max_age = (read_span(value, key, problems) for key in ("expires", "max_age"))
    words = read_words(value, ("title", "group", "says", "owner"), problems)
    shows = ExampleReader(vocabulary, problems, names, manual=manual, sql=selected is not None)
    examples = read_examples(value, shows)
    order = value.get("order")
    if order and (not isinstance(order.data, int) or isinstance(order.data, bool)):
        problems.add(order.place, "`order` is a whole number; the smallest that holds wins")
        order = None
    rule = written or selected
    if rule and expires:
        rule = _expiring(rule, expires, manual, value, problems)
    if len(problems.found) > before or (rule is None and not manual):
        return None
    condition = with_hands(name, rule, expires) if manual or rule is None else rule
    expect_examples(value, condition, examples, problems)
    return TagRule(
        name=name,
        title=words["title"] or name,
        condition=condition,
        place=value.place,
        group=words["group"],
        order=order.data if order else None,
        says=words["says"],
        owner=words["owner"],
        examples=examples,
        written=written,
        manual=manual,
        local=local,
        expires_seconds=expires,
        max_age_seconds=max_age,
        file=value,
    )


def _read_select(value: Value, vocabulary: Vocabulary, problems: Problems) -> SelectTest | None:
    given = value.get("sql")
    if given is None:
        return None
    if "when" in value.data:
        problems.add(value.keys["sql"], "`when` and `sql` in one tag", "Make it two tags.")
    found = read_sql(given, vocabulary, problems)
    return None if found is None else SelectTest(found)


def _expiring(
    rule: Condition, seconds: int, manual: bool, value: Value, problems: Problems
) -> Condition | None:
    """The rule with its end; one that only hands bring to an end stays as it is."""
    expiring = with_expiry(rule, seconds)
    if expiring is None and not manual:
        says = "`expires` counts from the newest event that speaks for the tag; none does"
        remedy = "Ask for an event (did, last, first, sequence), or let hands set it: manual."
        problems.add(value.keys["expires"], says, remedy)
    return expiring or (rule if manual else None)


def _check_groups(rules: Iterable[TagRule], problems: Problems) -> None:
    """In a group either no tag has an order, or each has its own."""
    groups: dict[str, list[TagRule]] = defaultdict(list)
    for rule in rules:
        if rule.group:
            groups[rule.group].append(rule)
        elif rule.order is not None:
            problems.add(rule.place, "`order` needs a `group` of tags that exclude each other")
    for group, members in groups.items():
        ordered = [rule for rule in members if rule.order is not None]
        for rule in members:
            if ordered and rule.order is None:
                says = f"group {group!r} is exclusive; {rule.name!r} lacks an `order`"
                problems.add(rule.place, says)
        taken: dict[int | None, str] = {}
        for rule in ordered:
            other = taken.setdefault(rule.order, rule.name)
            if other != rule.name:
                says = f"order {rule.order} of group {group!r} is taken by {other!r}"
                problems.add(rule.place, says)
