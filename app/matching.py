"""`heliu train-matching`: learn what agreement weighs, and show it."""

from typing import Annotated

import typer

from app.errors import one_clear_error


def train_matching(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the weights, write none.")
    ] = False,
    link_at: Annotated[float, typer.Option(help="Weight (log2 of the odds) to join from.")] = 0.0,
    review_at: Annotated[float, typer.Option(help="Weight from which a human is asked.")] = 0.0,
) -> None:
    """Learn the matching model from what has been unified; the next unify applies it.

    heliu train-matching --dry-run
    """
    with one_clear_error():
        from pydantic import ValidationError

        from heliu.errors import HeliuError
        from heliu.reports.matching import weight_of
        from tasks.matching import learn
        from tasks.matching_options import TrainMatchingOptions

        try:
            options = TrainMatchingOptions(dry_run=dry_run, link_at=link_at, review_at=review_at)
        except ValidationError as error:
            wrong = error.errors()[0]
            where = "".join(f"--{part} ".replace("_", "-") for part in wrong["loc"])
            raise HeliuError(f"{where}{wrong['msg']}") from None
        trained = learn(options)
        for comparison in trained.model.comparisons:
            for level in comparison.levels:
                typer.echo(f"{weight_of(level):+6.1f}  {comparison.field:<16} {level.label}")
        figures = trained.model.trained_on
        typer.echo(
            f"Learnt from {figures['units']:,} profiles of {figures['records']:,} records; "
            + ("nothing was written." if dry_run else "matching.json is written: run unify next.")
        )
