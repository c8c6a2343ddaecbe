"""The tables `heliu tags` prints: counts and ids, nobody's data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from heliu.reports.tag_diff import KINDS, change_text, direction, sample_text, summary_text
from heliu.reports.words import Words
from heliu.tags.diff import Move, TagDiff
from heliu.tags.hands import HandSaid
from heliu.tags.listing import Listed

NUMBERS = {"carriers", "entered", "left", "before", "after", "enter", "leave"}
WHOLE = {"kind", "tag", "name", "profile", "move", "state"}  # never broken over two lines
WIDE = 500  # letters of a line that no terminal shows: a program reads it


def show(rows: Sequence[dict[str, Any]], title: str = "") -> None:
    """Rows of the same headings as a table as wide as the terminal."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for name in rows[0] if rows else ():
        justify: Literal["left", "right"] = "right" if name in NUMBERS else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=name in WHOLE)
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    console().print(table)


def console() -> Console:
    """Where tables go, as wide as the terminal; wider where there is none."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDE)


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)


def show_tags(found: Sequence[Listed], now: datetime, say: Words) -> None:
    """The library, a tag a line."""
    show(
        [
            {
                "tag": one.name,
                "title": one.title,
                "group": one.group,
                "carriers": one.profiles,
                "entered": one.entered,
                "left": one.left,
                "age": _age(one.age_seconds(now)),
                "owner": one.owner,
                "state": one.state.value,
            }
            for one in found
        ]
    )


def _age(seconds: int | None) -> str:
    """Roughly how old.

    >>> _age(7_200), _age(200_000)
    ('2 h', '2 d')
    """
    if seconds is None:
        return "–"
    return f"{seconds // 3_600} h" if seconds < 48 * 3_600 else f"{seconds // 86_400} d"


def show_diff(diff: TagDiff, as_of: str, notes: Sequence[str], say: Words) -> None:
    """The preview: what moves, and then some who move and why."""
    out = console()
    out.print(Text(summary_text(diff, as_of, say)))
    for note in notes:
        out.print(Text(f"  {note}"))
    if diff.moves:
        show([_move_row(move, say) for move in diff.moves])
    for move in diff.moves:
        if move.samples:
            rows = [
                {
                    "profile": str(sample.profile_id),
                    "move": direction(sample, say),
                    "reason": sample_text(sample, say),
                }
                for sample in move.samples
            ]
            show(rows, f"\n{say(*KINDS[move.kind])} {move.name}")


def _move_row(move: Move, say: Words) -> dict[str, Any]:
    return {
        "kind": say(*KINDS[move.kind]),
        "name": move.name,
        "title": move.title,
        "change": change_text(move, say),
        "before": move.sizes.before,
        "after": move.sizes.after,
        "enter": move.sizes.entered,
        "leave": move.sizes.left,
    }


def show_hands(found: Sequence[HandSaid], say: Words) -> None:
    """Humans' words, the newest first."""
    show(
        [
            {
                "at": say.time(one.at),
                "tag": one.tag,
                "says": "taken back"
                if one.takes_back
                else "holds"
                if one.holds
                else "doesn't hold",
                "until": "" if one.takes_back or not one.until_at else say.time(one.until_at),
                "who": one.who,
                "why": one.why,
            }
            for one in found
        ]
    )
