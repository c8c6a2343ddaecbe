"""One tag of one profile explained: lines for a terminal, Markdown for Prefect.

What stands in an explanation may be shown already: nothing here masks or unmasks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from heliu.identity.people.lookup import Found
from heliu.reports.labels import CAUSES
from heliu.reports.words import Words
from heliu.tags.asked import TagAnswer
from heliu.tags.explain import Node
from heliu.tags.foresight import HORIZON_DAYS
from heliu.tags.measured import Evidence, Seen
from heliu.tags.stored import Move

NEWEST_MOVES = 20
MARKUP = r"\`*_|<>[]#~"


def answer_lines(found: Found, answer: TagAnswer, say: Words) -> Iterator[str]:
    """An explanation at a terminal, line by line."""
    yield from (f"{note}." for note in found.notes)
    yield verdict(answer, say)
    yield from (f"  {line}" for line in (*_about(answer, say), foretold(answer, say)))
    yield ""
    yield say("为什么", "Why")
    yield from _tree_lines(answer.told.tree, say, 1)
    if answer.stored.moves:
        yield ""
        yield say("历史", "History")
        yield from (f"  {line}" for line in _moves(answer, say))


def answer_markdown(found: Found, answer: TagAnswer, say: Words) -> str:
    """The same as one page for Prefect."""
    return "\n".join(_page(found, answer, say)) + "\n"


def _page(found: Found, answer: TagAnswer, say: Words) -> Iterator[str]:
    yield f"## {say('标签', 'Tag')} {_plain(answer.told.tag)} {_plain(answer.told.title)}"
    yield f"\n**{_plain(verdict(answer, say))}**"
    yield from (f"\n{_plain(note)}." for note in found.notes)
    for line in (*_about(answer, say), foretold(answer, say)):
        yield f"\n{_plain(line)}"
    yield f"\n### {say('为什么', 'Why')}\n"
    yield from _tree_bullets(answer.told.tree, say, 0)
    if answer.stored.moves:
        yield f"\n### {say('历史', 'History')}\n"
        yield from (f"- {_plain(line)}" for line in _moves(answer, say))


def verdict(answer: TagAnswer, say: Words) -> str:
    """Whether the profile carries the tag, and as of when."""
    told = answer.told
    facts = {"id": str(answer.profile_id), "tag": told.tag, "title": told.title}
    facts["at"] = _moment(told.as_of, say)
    if told.holds:
        return say(
            "档案 {id} 带有标签 {tag}（{title}），截至 {at}",
            "Profile {id} carries {tag} ({title}) as of {at}",
            **facts,
        )
    return say(
        "档案 {id} 没有标签 {tag}（{title}），截至 {at}",
        "Profile {id} doesn't carry {tag} ({title}) as of {at}",
        **facts,
    )


def foretold(answer: TagAnswer, say: Words) -> str:
    """The day that changes if nothing happens."""
    told = answer.told
    frozen = say("（排名分界按现值）", " (the cuts of ranks taken to stay)") if told.ranks else ""
    if told.next is None:
        days = str(HORIZON_DAYS)
        says = say(
            "若无新事，{days} 天内不变",
            "If nothing happens, this stays so for {days} days",
            days=days,
        )
    else:
        at = _moment(told.next.at, say)
        says = (
            say("若无新事，{at} 起获得", "If nothing happens, it enters on {at}", at=at)
            if told.next.becomes
            else say("若无新事，{at} 起失去", "If nothing happens, it leaves on {at}", at=at)
        )
    return says + frozen


def _about(answer: TagAnswer, say: Words) -> Iterator[str]:
    if answer.told.says:
        yield answer.told.says
    run = answer.run
    if run is not None:
        since = answer.stored.since
        facts = {"run": str(run.run_id), "at": _moment(run.as_of, say)}
        if since is None:
            yield say(
                "上次打标（第 {run} 次运行，截至 {at}）：没有",
                "As of the last run ({run}, as of {at}) it doesn't hold",
                **facts,
            )
        else:
            yield say(
                "上次打标（第 {run} 次运行，截至 {at}）：自 {since} 起带有",
                "As of the last run ({run}, as of {at}) it holds since {since}",
                since=_moment(since, say),
                **facts,
            )
    yield from (f"{say('注意：', 'Note: ')}{say(*remark)}" for remark in answer.remarks)


def _tree_lines(node: Node, say: Words, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{_node(node, say)}"
    for line in _evidence(node.evidence, say):
        yield f"{'  ' * (depth + 2)}{line}"
    for part in node.parts:
        yield from _tree_lines(part, say, depth + 1)


def _tree_bullets(node: Node, say: Words, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {_plain(_node(node, say))}"
    for line in _evidence(node.evidence, say):
        yield f"{'  ' * (depth + 1)}- {_plain(line)}"
    for part in node.parts:
        yield from _tree_bullets(part, say, depth + 1)


def _node(node: Node, say: Words) -> str:
    sign = "✓" if node.holds else "✗"
    actual = f"{say('：实际 ', ': actually ')}{say(*node.measured)}" if node.measured else ""
    return f"{sign} {say(*node.says)}{actual}"


def _evidence(evidence: Evidence | None, say: Words) -> Iterator[str]:
    if evidence is None:
        return
    yield from (_seen(seen, say) for seen in evidence.newest)
    if more := evidence.count - len(evidence.newest):
        yield say("……更早 {more} 条", "… and {more} earlier", more=more)


def _seen(seen: Seen, say: Words) -> str:
    at = _moment(datetime.fromtimestamp(seen.at, UTC), say)
    told = [f"{name}={value}" for name, value in seen.properties]
    number = [] if seen.id is None else [f"#{seen.id}"]
    return " ".join([at, seen.type, *number, *told])


def _moves(answer: TagAnswer, say: Words) -> Iterator[str]:
    moves = answer.stored.moves
    if (earlier := len(moves) - NEWEST_MOVES) > 0:
        yield say("……更早 {n} 次", "… and {n} earlier", n=earlier)
    yield from (_move(move, say) for move in moves[-NEWEST_MOVES:])


def _move(move: Move, say: Words) -> str:
    what = say("获得", "entered") if move.entered else say("失去", "left")
    cause = say(*CAUSES.get(move.cause, (move.cause, move.cause)))
    run = say("第 {run} 次运行", "run {run}", run=str(move.run_id))
    return f"{_moment(move.at, say)} {what} ({cause}, {run})"


def _moment(at: datetime, say: Words) -> str:
    return f"{at.astimezone(say.zone):%Y-%m-%d %H:%M:%S}"


def _plain(text: str) -> str:
    """Text that is no markup of its own."""
    return "".join(f"\\{sign}" if sign in MARKUP else sign for sign in text)
