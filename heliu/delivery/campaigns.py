"""Campaign files: what is said to whom, on which channels, when, and how often at most."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from heliu.delivery.hours import Hours, parse_duration, parse_hours
from heliu.documents import Problems, Value, expect_keys, load_yaml
from heliu.errors import Place, did_you_mean

TOPICS = ("marketing", "service")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REQUIRED = ("campaign", "title", "segment", "topic", "content", "channels")
OPTIONAL = (
    "says", "owner", "again_after", "hours", "holdout", "cap", "schedule", "priority", "off",
)  # fmt: skip
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")  # also a folder's name
DEFAULT_HOURS = parse_hours("09:00-20:00")
# Marketing outside these is not to be sent at all, whatever a file says.
LEGAL_HOURS = parse_hours("08:00-22:00")
DEFAULT_AGAIN_AFTER = timedelta(days=30)

CheckVariant = Callable[[str, str, Place, Problems], None]


@dataclass(frozen=True)
class Cap:
    """At most so many messages, of all campaigns, to one person in a sliding window."""

    count: int
    within: timedelta


@dataclass(frozen=True)
class CampaignSpec:
    """One campaign as its file says it."""

    name: str
    title: str
    segment: str
    topic: str
    content: str
    channels: tuple[str, ...]  # the first that reaches a person is used
    file_hash: str
    says: str = ""
    owner: str = ""
    again_after: timedelta | None = DEFAULT_AGAIN_AFTER  # None: never again
    hours: Hours = DEFAULT_HOURS
    holdout: float = 0.0  # share left unsent, 0 ≤ share < 1
    cap: Cap | None = None  # None: the firm's
    weekdays: frozenset[int] = frozenset(range(7))  # 0 is Monday
    priority: int = 0  # higher is planned first

    def due_on(self, day: date) -> bool:
        """Whether its schedule names this day."""
        return day.weekday() in self.weekdays


def in_order(specs: Iterable[CampaignSpec]) -> list[CampaignSpec]:
    """The order in which campaigns are planned: by priority, then by name."""
    return sorted(specs, key=lambda spec: (-spec.priority, spec.name))


def load_campaigns(
    roots: Sequence[Path],
    segments: Collection[str],
    check_variant: CheckVariant,
    channels: Collection[str],
    problems: Problems,
) -> dict[str, CampaignSpec]:
    """Read `*.yaml` of every root; a later root's campaign replaces an earlier one's whole.

    Args:
        roots: Folders, the project's defaults first; those that aren't there are skipped.
        segments: Names of the segments there are.
        check_variant: Called with content, channel and place for each channel a campaign uses;
            adds a problem where that content has no usable variant.
        channels: Names of the channels the firm has.
        problems: Collects what is wrong; a wrong campaign is left out.

    Returns:
        Name to campaign, in planning order, without those switched off.
    """
    files: dict[str, tuple[Path, Value]] = {}
    for root in roots:
        for path in sorted(root.glob("*.yaml")):
            if value := load_yaml(path, problems):
                files[_name(path, value, problems)] = (path, value)
    read = _Reader(segments, check_variant, channels, problems)
    specs = [read.campaign(path, value) for path, value in files.values() if not _is_off(value)]
    return {spec.name: spec for spec in in_order(spec for spec in specs if spec)}


def _name(path: Path, value: Value, problems: Problems) -> str:
    """The file's own name counts for overriding, so the two must agree."""
    said = value.get("campaign")
    if said and said.data != path.stem:
        problems.add(said.place, f"the file is called {path.name}, the campaign {said.data!r}")
    if not NAME.fullmatch(path.stem):
        problems.add(
            value.place,
            f"{path.stem!r} is no name for a campaign",
            "Use small letters, digits, _ . - and at most 64 of them.",
        )
    return path.stem


def _is_off(value: Value) -> bool:
    off = value.get("off")
    return bool(off and off.data is True)


@dataclass
class _Reader:
    """Reads fields; each adds its own problem and gives a harmless value."""

    segments: Collection[str]
    check_variant: CheckVariant
    known_channels: Collection[str]
    problems: Problems

    def campaign(self, path: Path, value: Value) -> CampaignSpec | None:
        before = len(self.problems.found)
        if not expect_keys(value, self.problems, "a campaign", REQUIRED + OPTIONAL, REQUIRED):
            return None
        content = self.text(value, "content")
        spec = CampaignSpec(
            name=path.stem,
            title=self.text(value, "title"),
            segment=self.one_of(value, "segment", self.segments),
            topic=self.one_of(value, "topic", TOPICS),
            content=content,
            channels=self.channels(value, content),
            file_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
            says=self.text(value, "says"),
            owner=self.text(value, "owner"),
            again_after=self.again_after(value),
            hours=self.hours(value),
            holdout=self.holdout(value),
            cap=self.cap(value),
            weekdays=self.weekdays(value),
            priority=self.whole(value, "priority", 0),
        )
        if (off := value.get("off")) and off.data is not False:
            self.problems.add(off.place, "off must be true or false")
        return spec if len(self.problems.found) == before else None

    def text(self, value: Value, key: str) -> str:
        found = value.get(key)
        if found is None:
            return ""
        if not isinstance(found.data, str) or not found.data.strip():
            self.problems.add(found.place, f"{key} must be text")
            return ""
        return found.data

    def one_of(self, value: Value, key: str, known: Collection[str]) -> str:
        text = self.text(value, key)
        if text:
            self.known(value.data[key].place, key, text, known)
        return text

    def known(self, place: Place, what: str, text: str, known: Collection[str]) -> None:
        if text not in known:
            names = ", ".join(sorted(known)) or "none"
            says = f"unknown {what} {text!r}{did_you_mean(text, known)}"
            self.problems.add(place, says, f"Known {what}s: {names}.")

    def channels(self, value: Value, content: str) -> tuple[str, ...]:
        listed = value.data["channels"]
        items = listed.data if listed.is_list else []
        if not items or not all(isinstance(item.data, str) for item in items):
            self.problems.add(
                listed.place, "channels must be a list of channels, the first choice first"
            )
            return ()
        names = [item.data for item in items]
        for place, item in enumerate(items):
            if item.data in names[:place]:
                self.problems.add(item.place, f"channel {item.data!r} is listed twice")
            self.known(item.place, "channel", item.data, self.known_channels)
            if content and item.data in self.known_channels:
                self.check_variant(content, item.data, value.data["content"].place, self.problems)
        return tuple(names)

    def again_after(self, value: Value) -> timedelta | None:
        found = value.get("again_after")
        if found is None:
            return DEFAULT_AGAIN_AFTER
        return None if found.data == "never" else self.duration(found, "again_after, or never")

    def duration(self, found: Value, what: str) -> timedelta:
        try:
            return parse_duration(str(found.data))
        except ValueError as error:
            self.problems.add(found.place, f"{what}: {error}")
            return timedelta(0)

    def hours(self, value: Value) -> Hours:
        found = value.get("hours")
        if found is None:
            return DEFAULT_HOURS
        try:
            hours = parse_hours(str(found.data))
        except ValueError as error:
            self.problems.add(found.place, str(error), 'Write hours as "09:00-20:00".')
            return DEFAULT_HOURS
        topic = value.get("topic")
        legal = LEGAL_HOURS.opens <= hours.opens and hours.closes <= LEGAL_HOURS.closes
        if topic and topic.data == "marketing" and not legal:
            self.problems.add(found.place, f"marketing may only be sent within {LEGAL_HOURS}")
        return hours

    def holdout(self, value: Value) -> float:
        found = value.get("holdout")
        if found is None:
            return 0.0
        match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)%", str(found.data))
        if not match:
            self.problems.add(found.place, f"{found.data!r} is not a share below 100% like 5%")
            return 0.0
        return float(match[1]) / 100

    def cap(self, value: Value) -> Cap | None:
        found = value.get("cap")
        if found is None or not expect_keys(
            found, self.problems, "cap", ("count", "within"), ("count", "within")
        ):
            return None
        count = self.whole(found, "count", 1)
        if count < 1:
            self.problems.add(found.data["count"].place, "count must be at least 1")
        return Cap(count, self.duration(found.data["within"], "within"))

    def whole(self, value: Value, key: str, default: int) -> int:
        found = value.get(key)
        if found is None:
            return default
        if type(found.data) is not int:
            self.problems.add(found.place, f"{key} must be a whole number")
            return default
        return int(found.data)

    def weekdays(self, value: Value) -> frozenset[int]:
        """`daily`, `off` (which YAML reads as false), or a list of days."""
        found = value.get("schedule")
        if found is None or found.data == "daily":
            return frozenset(range(7))
        if found.data is False or found.data == "off":
            return frozenset()
        if not found.is_list or not found.data:
            self.problems.add(found.place, "schedule must be daily, off or a list like [mon, thu]")
            return frozenset()
        for item in found.data:
            self.known(item.place, "weekday", str(item.data), WEEKDAYS)
        return frozenset(WEEKDAYS.index(item.data) for item in found.data if item.data in WEEKDAYS)


def channels_used(specs: Mapping[str, CampaignSpec]) -> tuple[str, ...]:
    """Every channel some campaign may use, in order of name."""
    return tuple(sorted({channel for spec in specs.values() for channel in spec.channels}))
