"""`heliu review`: what waits for a human, what it would do to decide, and the decision."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from app.errors import one_clear_error

review = typer.Typer(
    help="Decide who is who: doubtful pairs, values of too many people.", no_args_is_help=True
)

Who = Annotated[str, typer.Option(help="Who says it: a name or an account.")]
Why = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Store without asking.")]
Show = Annotated[bool, typer.Option("--show", help="Show values in full, not masked.")]
Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]
Groups = Annotated[bool, typer.Option("--groups", help="Values that too many people carry.")]
One = Annotated[str, typer.Argument(metavar="A", help="A record: its id, or SOURCE:KEY.")]
Other = Annotated[str, typer.Argument(metavar="B", help="The other record.")]
Type = Annotated[str, typer.Argument(metavar="TYPE", help="phone, email, unionid …")]
Value = Annotated[str, typer.Argument(help="As a source writes it, or normalised.")]


@contextmanager
def desk() -> Iterator[ModuleType]:
    """The work itself, with one clear error; late, since reading the domain takes a second."""
    with one_clear_error():
        from app import review_desk

        yield review_desk


@review.command("list")
def list_items(limit: Limit = 20, groups: Groups = False, show: Show = False) -> None:
    """What waits, the weightiest first: pairs, or values of too many people."""
    with desk() as at:
        (at.list_groups if groups else at.list_items)(limit, show)


@review.command("show")
def show_item(
    item: Annotated[str, typer.Argument(help="A pair as the list names it: 12-345.")],
    show: Show = False,
) -> None:
    """Both sides of one question, and why it is one."""
    with desk() as at:
        at.show_item(item, show)


@review.command("same")
def say_same(a: One, b: Other, who: Who, why: Why = "", yes: Yes = False) -> None:
    """Two records are one person's: their profiles become one."""
    with desk() as at:
        at.say_pair("same", a, b, who, why, yes)


@review.command("different")
def say_different(a: One, b: Other, who: Who, why: Why = "", yes: Yes = False) -> None:
    """Two records are two people's, whatever speaks for their being one."""
    with desk() as at:
        at.say_pair("different", a, b, who, why, yes)


@review.command("unsure")
def say_unsure(a: One, b: Other, who: Who, why: Why = "", yes: Yes = False) -> None:
    """Ask no more, until the evidence is another; changes no profile."""
    with desk() as at:
        at.say_pair("unsure", a, b, who, why, yes)


@review.command("split")
def say_split(
    profile: Annotated[int, typer.Argument(help="The profile's id.")],
    part: Annotated[str, typer.Option(help="Ids of the records that are another's: 3,17.")],
    who: Who,
    why: Why = "",
    yes: Yes = False,
) -> None:
    """Part some of a profile's records from the rest."""
    with desk() as at:
        at.say_split(profile, part, who, why, yes)


@review.command("block")
def say_block(type_: Type, value: Value, who: Who, why: Why = "", yes: Yes = False) -> None:
    """A value proves nothing, on any record: a placeholder, an agent's number."""
    with desk() as at:
        at.say_value("block", type_, value, who, why, yes)


@review.command("keep")
def say_keep(type_: Type, value: Value, who: Who, why: Why = "", yes: Yes = False) -> None:
    """A value that many carry is well as it is; unblocks one that was blocked."""
    with desk() as at:
        at.say_value("keep", type_, value, who, why, yes)


@review.command("retract")
def retract(
    decision: Annotated[str, typer.Argument(help="A decision's id, or a batch's name.")],
    who: Who,
    why: Why = "",
    yes: Yes = False,
) -> None:
    """Take a decision back, or all that were made at once."""
    with desk() as at:
        at.retract(decision, who, why, yes)


@review.command("decisions")
def list_decisions(limit: Limit = 50, show: Show = False) -> None:
    """What was decided, the newest first, and whether it holds."""
    with desk() as at:
        at.list_decisions(limit, show)


@review.command("export")
def export_queue(
    to: Annotated[Path, typer.Option(help="The CSV file to write; it holds personal data.")],
) -> None:
    """Write everything that waits as CSV, with an empty verdict each to be filled in."""
    with desk() as at:
        at.export_queue(to)


@review.command("import")
def import_decisions(
    file: Annotated[Path, typer.Argument(help="As exported, or as the page downloads it.")],
    who: Who,
    yes: Yes = False,
) -> None:
    """Show what the decisions of a CSV file would do, then store all of them or none."""
    with desk() as at:
        at.import_decisions(file, who, yes)


@review.command("page")
def write_page() -> None:
    """Write the page to decide on: HOME/dashboard/review.html."""
    with desk() as at:
        at.write_page()
