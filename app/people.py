"""`heliu explain …`, `heliu person …`: why somebody is who they are; all we hold; forget them."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.errors import one_clear_error

explain = typer.Typer(help="Why a profile is what it is.", no_args_is_help=True)
person = typer.Typer(help="Export or erase everything held of a person.", no_args_is_help=True)

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A profile's id, a former one, a record's, or SOURCE:KEY of a record."
    ),
]
Show = Annotated[bool, typer.Option("--show", help="Print values as they are, not masked.")]


class Language(StrEnum):
    """What an explanation can be read in."""

    EN = "en"
    ZH = "zh"


@explain.command("profile")
def explain_profile(id_: Id, show: Show = False) -> None:
    """Tell a profile's records, evidence, refusals, values, decisions and history.

    heliu explain profile 17
    heliu explain profile crm:C-00017 --show
    """
    with one_clear_error():
        from heliu.reports.people import explanation_lines
        from tasks.people import explain as ask
        from tasks.settings import settings

        _say(explanation_lines(*ask(id_, show), settings().zone))


@explain.command("pair")
def explain_pair(left: Id, right: Id, show: Show = False) -> None:
    """Tell why two ids or records are one person, or why they aren't.

    heliu explain pair 17 204
    """
    with one_clear_error():
        from heliu.reports.people import pair_lines
        from tasks.people import explain_two

        _say(pair_lines(explain_two(left, right, show)))


@explain.command("tag")
def explain_tag(
    id_: Id,
    tag: Annotated[str, typer.Argument(help="A tag of the library, like churn.risk.")],
    as_of: Annotated[
        str | None,
        typer.Option(help="Judge at this date (its first moment) or time, not the last run's."),
    ] = None,
    show: Show = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, in both languages.")] = False,
    language: Annotated[Language, typer.Option(help="What to read it in.")] = Language.EN,
) -> None:
    """Tell why a profile carries a tag or doesn't, leaf by leaf, and when that will change.

    heliu explain tag 17 churn.risk
    heliu explain tag crm:C-00017 value.high --language zh
    """
    with one_clear_error():
        from app.cli import moment
        from heliu.reports.tag_explained import answer_lines
        from heliu.reports.tag_explained_json import answer_json
        from heliu.reports.words import Words
        from tasks.explaining import explain_tag as ask
        from tasks.settings import settings

        found, answer = ask(id_, tag, moment(as_of, "--as-of"), show)
        say = Words(language.value, settings().zone)
        if as_json:
            typer.echo(json.dumps(answer_json(answer, say), ensure_ascii=False, indent=2))
        else:
            _say(answer_lines(found, answer, say))


@person.command("export")
def export_person(
    id_: Id,
    to: Annotated[Path, typer.Option(help="The JSON file to write, readable by its owner only.")],
) -> None:
    """Write everything held of a person, from every table, as JSON.

    heliu person export 17 --to person.json
    """
    with one_clear_error():
        from tasks.people import export_person as export

        found, rows = export(id_, to)
        _say(f"{note}." for note in found.notes)
        typer.echo(f"{rows:,} rows in {to}")


@person.command("erase")
def erase_person(
    id_: Id,
    who: Annotated[str, typer.Option(help="Who erases.")],
    why: Annotated[str, typer.Option(help="What was asked for; no personal data.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Erase a person: every value from every table, for good; they are not taken in again.

    heliu person erase 17 --who zhao --why "asked by letter of 1 October"
    """
    with one_clear_error():
        from heliu.reports.people import receipt_lines
        from tasks.people import erase_person as erase
        from tasks.people import plan

        found, counts = plan(id_)
        _say(f"{note}." for note in found.notes)
        if not found.receipt:
            typer.echo(f"Erasing profile {found.profile_id or found.gone_id} takes:")
            _say(receipt_lines(counts))
            if not yes:
                typer.confirm("It can't be undone. Erase?", abort=True)
        receipt, fresh = erase(id_, who, why)
        done = "Erased" if fresh else f"Already erased on {receipt.at:%Y-%m-%d} by {receipt.who}"
        typer.echo(f"{done}; receipt {receipt.id}:")
        _say(receipt_lines(receipt.counts))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
