"""A firm's tags, segments and campaigns alone, wherever its files are."""

from collections.abc import Mapping
from typing import NamedTuple

from heliu.delivery.campaigns import load_campaigns
from heliu.documents import Problems
from heliu.errors import ConfigError
from heliu.rules.vocabulary import Vocabulary
from heliu.segments.library import load_segments
from heliu.sources.config import load_sources
from heliu.sources.products import load_products
from heliu.sources.slots import vocabulary
from heliu.tags.library import load_library
from heliu.tags.revision import Revision
from tasks.firm import channels_of, words_of
from tasks.revisions import Checkout
from tasks.settings import firm_file, settings


class Rules(NamedTuple):
    """The rules of one side, the words they are written in, and what they were read from."""

    said: Revision
    words: Vocabulary
    notes: tuple[str, ...]


Slots = Mapping[tuple[str, str], str]  # (owner, name) → column, as the database has them


def load_rules(side: Checkout, slots: Slots) -> Rules:
    """Read what decides who is in what; contents, channels and matching play no part.

    Args:
        side: Where the files are.
        slots: Columns of declared fields, as the database has them.

    Raises:
        ConfigError: Every problem, its file called as the side calls it.
    """
    problems = Problems()
    try:
        said, words = _read(side, slots, problems)
        problems.raise_if_any()
    except ConfigError as error:
        raise ConfigError([side.told(problem) for problem in error.problems]) from None
    return Rules(said, words, side.notes)


def _read(side: Checkout, slots: Slots, problems: Problems) -> tuple[Revision, Vocabulary]:
    roots = [side.defaults, side.firm]
    here = settings().model_copy(update={"firm": side.firm, "file": firm_file(side.firm)})
    channels = channels_of(here, problems)
    declared = vocabulary(load_sources(side.firm, problems), slots, problems)
    words = words_of(declared, load_products(side.firm, here.zone, problems), channels)
    tags = load_library(roots, words, problems)
    segments = load_segments(roots, tags, words, problems)
    campaigns = load_campaigns(
        [root / "campaigns" for root in roots],
        segments,
        lambda *_: None,  # whether a message can be written is not asked here
        list(channels),
        problems,
    )
    goes_to = {name: spec.segment for name, spec in campaigns.items()}
    titles = {name: spec.title for name, spec in campaigns.items()}
    lent = tags.lend(segments.values())
    return Revision(side.label, lent, segments, goes_to, titles), words
