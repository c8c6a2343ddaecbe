"""The firm as its files say: sources, rules, contents, campaigns; every mistake at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from heliu.channels.base import Traits
from heliu.channels.registry import channel_traits
from heliu.content.library import ContentLibrary, load_contents
from heliu.delivery.campaigns import CampaignSpec, load_campaigns
from heliu.documents import Problems
from heliu.errors import ConfigError, Problem
from heliu.identity.matching.frozen import load_matcher
from heliu.identity.matching.matcher import Matcher
from heliu.identity.policy import Policy
from heliu.identity.policy_file import load_policy
from heliu.rules.sense.supply import warn_of_supply
from heliu.rules.sense.warn import warn_of_rules
from heliu.rules.vocabulary import MatchKind, Vocabulary, products_of
from heliu.segments.library import SegmentRule, load_segments
from heliu.sources.config import load_sources
from heliu.sources.identifiers import types_of
from heliu.sources.matching import load_matching
from heliu.sources.products import load_products, titles
from heliu.sources.reader import check_headings
from heliu.sources.slots import read_slots, save_slots, vocabulary
from heliu.sources.spec import SourceSpec
from heliu.sources.supply import supply_of
from heliu.tags.groups import load_groups
from heliu.tags.library import Library, load_library
from models.database import reading, writing
from tasks.database import database
from tasks.settings import Settings, settings

FOLDERS = ("rules", "templates", "campaigns")
FILES = ("sources.yaml", "products.csv", "policy.yaml", "heliu.toml", "matching.json")
Slots = tuple[tuple[tuple[str, str], str], ...]


@dataclass(frozen=True)
class Firm:
    """Everything a firm's folder says, read and checked."""

    sources: tuple[SourceSpec, ...]
    words: Vocabulary
    products: tuple[dict[str, object], ...]
    policy: Policy
    tags: Library
    segments: Mapping[str, SegmentRule]
    contents: ContentLibrary
    campaigns: Mapping[str, CampaignSpec]
    channels: Mapping[str, Traits]
    matching: Mapping[str, MatchKind]  # what people are compared by; empty for the default
    matcher: Matcher | None  # applies the frozen model; None to stop after certainty
    groups: Mapping[str, str]  # groups of tags: what people call them
    warnings: tuple[Problem, ...]  # what its readers found sound and hardly meant

    def source(self, name: str) -> SourceSpec:
        """One source by name."""
        return next(spec for spec in self.sources if spec.name == name)

    @property
    def titles(self) -> dict[str, str]:
        """Product titles to keys."""
        return titles(list(self.products))


def load_firm() -> Firm:
    """The firm on this database: declared fields keep the slots they once got.

    Raises:
        ConfigError: Every problem of every file.
    """
    with reading(database()) as connection:
        taken = read_slots(connection)
    firm = check_firm(taken)
    if len(taken) < _declared(firm.words):
        with writing(database()) as connection:
            save_slots(connection, firm.words, read_slots(connection))
    return firm


def _declared(words: Vocabulary) -> int:
    every = [*words.fields.values(), *words.properties.values()]
    return sum(word.column != word.name for word in every)


def check_firm(taken: Mapping[tuple[str, str], str] | None = None) -> Firm:
    """Read and check all of the firm's files, without a database.

    Raises:
        ConfigError: Every problem of every file.
    """
    here = settings()
    return _load(here.model_dump_json(), _signature(here), tuple(sorted((taken or {}).items())))


def warnings_of(firm: Firm) -> list[Problem]:
    """What is sound in the firm's files but can hardly be meant, in file order."""
    problems = Problems(warnings=list(firm.warnings))
    warn_of_rules(firm.tags, firm.segments, problems)
    items = [str(product["key"]) for product in firm.products]
    supply = supply_of(firm.sources, firm.words, items)
    folder = settings().firm
    warn_of_supply(
        firm.tags,
        firm.segments,
        supply,
        problems,
        own=lambda place: Path(place.path).resolve().is_relative_to(folder),
    )
    return sorted(set(problems.warnings))


def _signature(here: Settings) -> tuple[tuple[str, int, int], ...]:
    """Which files there are and when they changed: what is loaded stays true while this is."""
    return tuple(
        (str(path), stat.st_mtime_ns, stat.st_size)
        for path in _files(here)
        if (stat := path.stat())
    )


def _files(here: Settings) -> Iterator[Path]:
    for root in here.roots:
        for folder in FOLDERS:
            yield from sorted(path for path in (root / folder).rglob("*") if path.is_file())
    yield from (path for name in FILES if (path := here.firm / name).is_file())
    yield from sorted(path for path in here.firm.iterdir() if path.is_file())


@lru_cache(maxsize=4)
def _load(here: str, signature: Any, slots: Slots) -> Firm:
    now = settings()
    problems = Problems()
    sources = load_sources(now.firm, problems)
    for spec in sources:
        check_headings(spec, problems)
    channels, products = channels_of(now, problems), load_products(now.firm, now.zone, problems)
    words = words_of(vocabulary(sources, dict(slots), problems), products, channels)
    tags = load_library(now.roots, words, problems)
    groups = load_groups(now.roots, problems)
    segments = load_segments(now.roots, tags, words, problems)
    contents = load_contents(now.roots, problems, words)
    campaigns = load_campaigns(
        [root / "campaigns" for root in now.roots],
        segments,
        contents.check_variant,
        list(channels),
        problems,
    )
    policy_file = now.firm / "policy.yaml"
    policy = load_policy(
        policy_file if policy_file.is_file() else None,
        problems,
        list(words.fields),
        types_of(sources),
        [spec.name for spec in sources],
    )
    matching = load_matching(now.firm, sources, words.fields, problems)
    matcher = _matcher(now, problems)
    problems.raise_if_any()
    return Firm(
        tuple(sources),
        words,
        tuple(products),
        replace(policy, model_hash=matcher.hash) if matcher else policy,
        tags.lend(segments.values()),
        segments,
        contents,
        campaigns,
        channels,
        matching,
        matcher,
        groups,
        tuple(problems.warnings),
    )


def words_of(
    declared: Vocabulary, products: Sequence[Mapping[str, object]], channels: Mapping[str, Traits]
) -> Vocabulary:
    """What the sources declare, with the products and the channels rules may name."""
    asked = {traits.consent_channel for traits in channels.values()}
    return replace(declared, products=products_of(products), channels=declared.channels | asked)


def _matcher(here: Settings, problems: Problems) -> Matcher | None:
    try:
        return load_matcher(here.firm)
    except ConfigError as error:
        problems.found += error.problems
        return None


def channels_of(here: Settings, problems: Problems) -> dict[str, Traits]:
    """The channels a firm has, and what each can do."""
    traits: dict[str, Traits] = {}
    for name, options in here.file.channels.items():
        try:
            traits[name] = channel_traits(name, options)
        except ConfigError as error:
            problems.found += error.problems
    return traits
