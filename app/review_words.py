"""The words of `heliu review`: values masked unless told otherwise."""

from collections.abc import Iterable

from heliu.identity.masking import masked
from heliu.identity.people.shown import masked_field, masked_key, masked_words
from heliu.identity.review.decisions import Written
from heliu.identity.review.effect import Effect
from heliu.identity.review.questions import Item
from heliu.identity.review.queue import GroupItem
from heliu.identity.review.regrouping import Change
from heliu.identity.review.sides import INSTANTS, Question, Reason, Side
from heliu.identity.review.standing import VALUES, Fate, Said, Verdict

WIDE = 34  # characters of one side


def tell_item(item: Item, show: bool) -> str:
    """A pair of the queue in one line."""
    weight = "" if item.weight is None else f" {item.weight:+.1f} bits"
    value = f", {item.type} {_value(item.type, item.value, show)}" if item.value else ""
    return (
        f"{item.name:<16} {item.reason}{weight}{value}; "
        f"¥{item.paid_fen / 100:,.2f} paid, {item.tags_differ} tags differ, {item.records} records"
    )


def tell_group(group: GroupItem, show: bool) -> str:
    """A value of too many people in one line."""
    value = _value(group.type, group.value, show)
    return f"{group.type} {value}: {group.holders:,} records, {group.names:,} names"


def tell_question(question: Question, show: bool) -> str:
    """Both sides of a pair, field by field."""
    item, left, right = question.item, question.left, question.right
    heads = [f"profile {side.profile_id}, record {side.record_id}" for side in (left, right)]
    lines = [tell_item(item, show), "", _row("", *heads)]
    for one in question.fields:
        if one.field in INSTANTS:
            continue
        mark = {"differs": "≠", "same": "="}.get(one.how, " ")
        sides = [text if show else masked_field(one.field, text) for text in (one.left, one.right)]
        lines.append(_row(f"{mark} {one.field}", *sides))
    lines.append(_row("  tags", *(", ".join(side.tags) for side in (left, right))))
    lines.append(
        _row("  orders", *(f"{s.orders}, ¥{s.paid_fen / 100:,.2f}" for s in (left, right)))
    )
    for title, told in (("identifiers", _carried), ("records", _records)):
        lines += [f"  {title}", *(f"    {text}" for text in told(left, right, show))]
    lines.append("  evidence")
    for reason in question.reasons:
        lines += [f"    {text}" for text in _reason(reason, show)]
    return "\n".join(lines)


def _row(title: str, left: str, right: str) -> str:
    return f"  {title:<16} {left:<{WIDE}} {right}".rstrip()


def _carried(left: Side, right: Side, show: bool) -> Iterable[str]:
    for name, side in (("left", left), ("right", right)):
        for one in side.identifiers:
            shared = ", on both sides" if one.shared else ""
            yield f"{name:<6} {one.type} {_value(one.type, one.value, show)} ({one.status}{shared})"


def _records(left: Side, right: Side, show: bool) -> Iterable[str]:
    for name, side in (("left", left), ("right", right)):
        for one in side.records:
            key = one.source_key if show else masked_key(one.source_key)
            yield f"{name:<6} {one.record_id} {one.source}:{key}"


def _reason(one: Reason, show: bool) -> Iterable[str]:
    weight = "" if one.weight is None else f" {one.weight:+.1f} bits"
    value = f" ({one.type} {_value(one.type, one.value, show)})" if one.value else ""
    yield f"{one.reason}{value}{weight}"
    for field, level, bits in one.steps:
        yield f"  {bits:+6.1f}  {field}: {level}"


def _value(type_: str, value: str, show: bool) -> str:
    return value if show else masked(type_, value)


def tell_effect(effect: Effect) -> str:
    """What storing would do, a line a change."""
    lines = [f"{effect.new:,} to store, {effect.repeated:,} hold already"]
    lines += [f"  {_change(one)}" for one in effect.changes]
    if not effect.changes:
        lines.append("  no profile changes")
    if effect.overruled:
        ids = ", ".join(map(str, effect.overruled))
        lines.append(f"  overrules earlier decisions: {ids} (the later wins)")
    if effect.dormant:
        lines.append(f"  {effect.dormant:,} wait: a record is deleted at its source")
    if effect.values:
        lines.append(f"  {effect.values:,} values are normalised again on all their records")
    return "\n".join(lines)


def _change(one: Change) -> str:
    before, after = (", ".join(map(str, ids)) for ids in (one.before, one.after))
    return (
        f"{one.kind}: profile {before} → {after}; {one.records:,} records, "
        f"{one.moved:,} move with {one.orders:,} orders; {one.messages:,} messages"
    )


def tell_written(written: Written, batch: str, retracted: bool) -> str:
    """What was stored, and how to take it back; a retraction can't be, only said again."""
    first, last = written.ids[0], written.ids[-1]
    ids = f"decision {first}" if first == last else f"decisions {first} to {last}"
    back = "" if retracted else f" Take back: heliu review retract {batch or first}"
    return f"{ids} stored; the next unify applies it.{back}"


def tell_decision(one: Said, fate: Fate, show: bool) -> str:
    """A decision in one line."""
    if one.verdict == Verdict.RETRACT:
        about = f"{one.retracts_id}"
    elif one.verdict in VALUES:
        about = f"{one.type} {_value(one.type or '', one.value or '', show)}"
    else:
        about = f"{one.left_id} {one.right_id}"
    when = f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""
    batch = f" [{one.batch}]" if one.batch else ""
    why = f": {one.why if show else masked_words(one.why)}" if one.why else ""
    return f"{one.id:>6} {fate.value:<10} {one.verdict} {about}{batch} by {one.who}, {when}{why}"
