"""One person explained for engineers at a terminal, in English; and receipts.

What stands in an explanation may be shown already: nothing here masks or unmasks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from heliu.identity.people.chain import Evidence, Step
from heliu.identity.people.explanation import Carried, Explanation, Word
from heliu.identity.people.lookup import Found
from heliu.identity.people.pair import PairExplanation

INSTANTS = ("created_at", "updated_at")


def explanation_lines(found: Found, told: Explanation | None, zone: ZoneInfo) -> Iterator[str]:
    """An explanation for engineers, line by line."""
    yield from (f"{note}." for note in found.notes)
    if found.receipt:
        receipt = found.receipt
        yield (
            f"Erased on {receipt.at.astimezone(zone):%Y-%m-%d %H:%M} by {receipt.who} "
            f"(receipt {receipt.id}): nothing is held of this person."
        )
        return
    if told is None:
        return
    if told.created_run_id is None:
        yield f"Profile {told.profile_id} is no more: no record of it is left in its source."
    else:
        yield (
            f"Profile {told.profile_id}: {len(told.tree)} records, created in run "
            f"{told.created_run_id}, last changed in run {told.changed_run_id}"
        )
    yield from _part("Records", _record_lines(told, zone))
    yield from _part("Why they are one", [tree_line(step) for step in told.tree])
    yield from _part("Evidence refused", [_refused_line(*one) for one in told.refused])
    yield from _part("Values that prove less, or nothing", map(_carried_line, _doubtful(told)))
    yield from _part("Humans' decisions", [_word_line(one, zone) for one in told.decisions])
    yield from _part("Questions to a human", _doubt_lines(told))
    yield from _part("Values, and whose word they are", _golden_lines(told, zone))
    yield from _part("Ids that lead here", [str(id_) for id_ in told.aliases])
    yield from _part("History", _history_lines(told, zone))
    touches = [f"{number:,} {name}" for name, number in told.touches.items() if number]
    yield from _part("Also of this person", [", ".join(touches)] if touches else [])


def pair_lines(told: PairExplanation) -> Iterator[str]:
    """Why two are one, or aren't."""
    yield told.says
    yield from _part("Evidence that joins them", map(evidence_text, told.path))
    yield from _part("Evidence between them, refused", map(evidence_text, told.refused))
    yield from _part("Both carry", told.shared)


def receipt_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """Table and rows, in columns."""
    width = max(map(len, counts), default=0)
    yield from (f"  {name:<{width}}  {number:>8,}" for name, number in sorted(counts.items()))


def evidence_text(edge: Evidence) -> str:
    """One piece of evidence, with what each field weighs where it is probabilistic."""
    scope = f" ({edge.scope})" if edge.scope else ""
    value = f" {edge.value}{scope}" if edge.value else ""
    weight = "" if edge.weight is None else f", weight {edge.weight:+.1f}"
    said = f"{edge.left_id} – {edge.right_id}: {edge.reason}{value}"
    head = f"{said} [{edge.kind}, {edge.strength}{weight}]"
    steps = [f"{one.field} {one.level} {one.weight:+.1f}" for one in edge.reasons]
    return head + (f": {', '.join(steps)}" if steps else "")


def tree_line(step: Step) -> str:
    """A record under the one it was joined to."""
    joined = f" ← {evidence_text(step.via)}" if step.via else ""
    return f"{'  ' * step.depth}record {step.record_id}{joined}"


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _record_lines(told: Explanation, zone: ZoneInfo) -> Iterator[str]:
    for one in told.records:
        gone = f", gone since {one.deleted_at.astimezone(zone):%Y-%m-%d}" if one.deleted_at else ""
        when = f" on {one.first_seen_at.astimezone(zone):%Y-%m-%d}" if one.first_seen_at else ""
        yield (
            f"{one.id}  {one.source}:{one.key}, first seen in run {one.first_run_id}{when}, "
            f"{one.versions} version{'s' * (one.versions != 1)}{gone}"
        )


def _refused_line(edge: Evidence, other: int | None) -> str:
    whose = f"; the other is of profile {other}" if other is not None else ""
    return evidence_text(edge) + whose


def _doubtful(told: Explanation) -> Sequence[Carried]:
    return [
        one
        for one in told.carried
        if one.trouble or one.status not in ("ok", "") or one.strength in ("weak", "none")
    ]


def _carried_line(one: Carried) -> str:
    trouble = f", {one.trouble}" if one.trouble else ""
    others = f", on {one.others:,} other records" if one.others else ""
    status = f"{one.status}, {one.strength}" if one.status else "not carried now"
    return f"{one.type} {one.value}: {status}{trouble}{others}"


def _word_line(one: Word, zone: ZoneInfo) -> str:
    about = one.value or " – ".join(str(id_) for id_ in (one.left_id, one.right_id) if id_)
    retracted = " (retracted)" if one.retracted else ""
    why = f": {one.why}" if one.why else ""
    return f"{one.at.astimezone(zone):%Y-%m-%d} {one.who}: {one.verdict} {about}{retracted}{why}"


def _doubt_lines(told: Explanation) -> Iterator[str]:
    for one in told.doubts:
        weight = "" if one.weight is None else f", weight {one.weight:+.1f}"
        state = "closed" if one.closed else "waiting"
        yield f"{one.left_id} – {one.right_id}: {one.reason}{weight} ({state})"


def _golden_lines(told: Explanation, zone: ZoneInfo) -> Iterator[str]:
    for one in told.golden:
        value = field_text(one.field, one.value, zone)
        lost = "; ".join(f"{field_text(one.field, v, zone)} of {id_}" for v, id_ in one.lost)
        against = f", against {lost}" if lost else ""
        yield f"{one.field}: {value} (record {one.record_id}, {one.rule}){against}"


def field_text(name: str, value: str, zone: ZoneInfo) -> str:
    """A field's value; instants as local times."""
    if name in INSTANTS and value.isdigit():
        return f"{datetime.fromtimestamp(int(value), zone):%Y-%m-%d %H:%M}"
    return value


def _history_lines(told: Explanation, zone: ZoneInfo) -> Iterator[str]:
    for one in told.history:
        other = f" {one.other_id}" if one.other_id is not None else ""
        when = f"{one.at.astimezone(zone):%Y-%m-%d} " if one.at else ""
        yield f"run {one.run_id} {when}profile {one.profile_id} {one.what}{other}"
