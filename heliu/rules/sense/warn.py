"""Warnings about rules that are sound but can't be meant so."""

from collections.abc import Mapping

from heliu.documents import Problems
from heliu.rules.conditions import AnyOf, Condition
from heliu.rules.library import Library, SegmentRule, TagRule
from heliu.rules.sense.judge import Judge, meaning
from heliu.rules.sense.nodes import Node, nodes_of
from heliu.rules.sense.parts import Writer

Rule = TagRule | SegmentRule
NOBODY = AnyOf(())


def warn_of_rules(
    library: Library, segments: Mapping[str, SegmentRule], problems: Problems
) -> None:
    """Warn of every tag and segment that holds for nobody or everybody or says a thing twice.

    A tag is looked at with all that the tags it reads mean; a segment reads tags as
    the last run left them, so its facts may be newer than they are.

    Args:
        library: The tags in force, sound.
        segments: The segments in force.
        problems: Where warnings are noted.
    """
    judge = Judge.of(library)
    for rule in library.tags.values():
        _warn_of_tag(rule, library, judge, problems)
    nobody = {name: NOBODY for name, means in judge.tags.items() if judge.never(means)}
    alone = Judge(nobody, judge.groups)
    for segment in segments.values():
        if node := written(segment):
            Writer(alone, problems, f"segment {segment.name!r}").rule(node)
    _warn_of_twins("tag", library.tags, judge.tags, problems)
    _warn_of_twins("segment", segments, {n: s.condition for n, s in segments.items()}, problems)


def _warn_of_tag(rule: TagRule, library: Library, judge: Judge, problems: Problems) -> None:
    name = f"tag {rule.name!r}"
    node = written(rule)
    if node and Writer(judge, problems, name).rule(node):
        return
    if judge.never(rule.condition):
        says = f"{name} can never hold: whenever its condition does, it has expired"
        problems.warn(rule.place, says, "Let it expire later.")
    elif judge.never(library.effective(rule.name)):
        says = f"{name} is never reached: of whom it is true, an earlier one of its group is"
        problems.warn(rule.place, says, "Give it a smaller `order`, or take it away.")


def written(rule: Rule) -> Node | None:
    """A rule's `when` with the places of its parts; None where it has none."""
    condition = rule.written if isinstance(rule, TagRule) else rule.condition
    value = rule.file.get("when") if rule.file else None
    return None if condition is None else nodes_of(condition, rule.place, value)


def _warn_of_twins(
    kind: str, rules: Mapping[str, Rule], conditions: Mapping[str, Condition], problems: Problems
) -> None:
    first: dict[str, str] = {}
    for name in sorted(rules):
        other = first.setdefault(repr(meaning(conditions[name])), name)
        if other != name:
            says = f"{kind} {name!r} has the same rule as {other!r}"
            problems.warn(rules[name].place, says, "Keep one of them, or tell them apart.")
