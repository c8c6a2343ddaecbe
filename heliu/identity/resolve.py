"""identifier → match → profile: who is who, from all records at once, in any order."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, islice

from heliu.identity.cluster import APART, Clusters, Held
from heliu.identity.evidence import Unit, prove
from heliu.identity.policy import Policy
from heliu.identity.records import Decision, Key, NormalisedRecord
from heliu.identity.resolution import DECIDED, Demoted, Match, Resolution, count
from heliu.identity.sound import Sound, group_names, sounds
from models import EdgeStatus, Strength

SAME_NAME_AND_BIRTHDAY = "same name and birthday"
WEAK = "same name, weak identifier"


def resolve(
    records: Iterable[NormalisedRecord], policy: Policy, decisions: Sequence[Decision] = ()
) -> Resolution:
    """Give every record the profile it belongs to.

    Platform ids join all their holders; a phone or e-mail joins those of compatible
    names; a weak value joins nobody. Unions go strongest first, and one that would
    give a person two accounts of a kind is refused. A decision on a record that
    isn't there (any more) has no effect.

    Args:
        records: Every live record, in any order: n of them.
        policy: Limits and strengths.
        decisions: Humans' words, oldest first.

    Returns:
        The same for the same records, whatever their order, in O(n log n).
    """
    return _Resolver(sorted(records, key=lambda record: record.record_id), policy).run(decisions)


GoesBy = tuple[set[str], set[str]]  # full names, surnames alone
NOBODY: GoesBy = (set(), set())

Pair = tuple[int, int]  # places in the sorted list of records, smaller first


class _Resolver:
    def __init__(self, records: list[NormalisedRecord], policy: Policy) -> None:
        self.records = records
        self.policy = policy
        self.edges: list[Match] = []
        self.demoted: list[Demoted] = []
        self.holders = self._holders()

    def run(self, decisions: Sequence[Decision]) -> Resolution:
        verdicts = self._verdicts(decisions)
        apart = [pair for pair, verdict in verdicts.items() if verdict == "different"]
        self.clusters = Clusters([self._held(record) for record in self.records], apart)
        for pair in sorted(pair for pair, verdict in verdicts.items() if verdict == "same"):
            self._link_decided(pair)
        self._link_strong()
        self._link_medium()
        self._doubt_weak()
        self._doubt_birthdays()
        return self._resolution()

    def _holders(self) -> dict[Strength, dict[Key, list[int]]]:
        """Carriers of every usable value, by strength; single ones left out."""
        all_holders: dict[Strength, dict[Key, list[int]]] = {one: {} for one in Strength}
        for place, record in enumerate(self.records):
            for key, _, strength in record.identifiers:
                all_holders[strength].setdefault(key, []).append(place)
        return {
            strength: {key: places for key, places in by_key.items() if len(places) > 1}
            for strength, by_key in all_holders.items()
        }

    def _held(self, record: NormalisedRecord) -> Held:
        held: dict[tuple[str, str], frozenset[str]] = {}
        for (type_, scope, value), _, strength in record.identifiers:
            if strength is Strength.STRONG and type_ in self.policy.one_per_profile:
                held[type_, scope] = held.get((type_, scope), frozenset()) | {value}
        return held

    def _verdicts(self, decisions: Sequence[Decision]) -> dict[Pair, str]:
        places = {record.record_id: place for place, record in enumerate(self.records)}
        verdicts = {}
        for verdict, *ids in decisions:
            pair = sorted(places[id_] for id_ in ids if id_ in places)
            if len(set(pair)) == 2:
                verdicts[pair[0], pair[1]] = str(verdict)
        return verdicts

    def _link_strong(self) -> None:
        links: list[tuple[int, int, Key]] = []
        for key, places in self.holders[Strength.STRONG].items():
            names = self._count_names(places)
            if names > self.policy.max_names_strong:
                self.demoted.append(Demoted(key, len(places), names))
            else:
                links += [(places[0], place, key) for place in places[1:]]
        for left, right, key in sorted(links):
            self._link((left, right), key, Strength.STRONG)

    def _count_names(self, places: list[int]) -> int:
        named = [(place, [name]) for place in places if (name := self.records[place].full_name)]
        if len({name for _, (name,) in named}) <= self.policy.max_names_strong:
            return 0  # few enough, however they group
        return len(group_names(named))

    def _link_medium(self) -> None:
        goes_by = self._names()
        links: list[tuple[int, int, Key]] = []
        for key, places in self.holders[Strength.MEDIUM].items():
            units = self._units(places, goes_by)
            if len(units) == 1 and len(places) <= self.policy.max_holders:
                continue  # its platform ids have joined them all
            proof = prove(units, len(places), self.policy)
            if proof.demoted:
                self.demoted.append(Demoted(key, len(places), proof.names))
            links += [(left, right, key) for left, right in proof.links]
            for left, right, why in proof.doubts:
                self._refuse((left, right), key, Strength.MEDIUM, why)
        for left, right, key in sorted(links):
            self._link((left, right), key, Strength.MEDIUM)

    def _names(self) -> dict[int, GoesBy]:
        """The names of what platform ids have joined so far, by cluster."""
        names: dict[int, GoesBy] = {}
        for place, record in enumerate(self.records):
            if record.name:
                full, partial = names.setdefault(self.clusters.find(place), (set(), set()))
                (full if record.full_name else partial).add(record.name)
        return names

    def _units(self, places: list[int], goes_by: Mapping[int, GoesBy]) -> list[Unit]:
        units: dict[int, Unit] = {}
        for place in places:
            root = self.clusters.find(place)
            if root not in units:
                full, partial = goes_by.get(root, NOBODY)
                units[root] = Unit(
                    place, full, frozenset() if full else partial, self.clusters.held(root)
                )
        return list(units.values())

    def _doubt_weak(self) -> None:
        for key, places in self.holders[Strength.WEAK].items():
            self._doubt_namesakes(places, key, WEAK)

    def _doubt_birthdays(self) -> None:
        born: dict[str, list[int]] = {}
        for place, record in enumerate(self.records):
            birthday = record.attributes.get("birthday")
            if birthday and record.full_name:
                born.setdefault(str(birthday), []).append(place)
        for places in born.values():
            if len(places) > 1:
                key = Key("name and birthday", "", "")
                self._doubt_namesakes(places, key, SAME_NAME_AND_BIRTHDAY)

    def _doubt_namesakes(self, places: list[int], key: Key, why: str) -> None:
        """Put namesakes who share a weak value, but not a profile, before a human."""
        namesakes: dict[Sound, dict[int, int]] = {}
        for place in places:
            if name := self.records[place].full_name:
                roots = namesakes.setdefault(sounds(name)[0], {})
                roots.setdefault(self.clusters.find(place), place)
        for roots in namesakes.values():
            if len(roots) <= self.policy.max_names:
                for pair in islice(combinations(roots.values(), 2), self.policy.review_pairs):
                    self._refuse(pair, key, Strength.WEAK, why)

    def _link(self, pair: Pair, key: Key, strength: Strength) -> None:
        why = self.clusters.join(*pair)
        if why is None:
            self._add(pair, key, strength, f"same {key.type}", EdgeStatus.LINKED)
        else:
            self._add(pair, key, strength, DECIDED if why == APART else f"two {why}s")

    def _link_decided(self, pair: Pair) -> None:
        """A human's word joins whatever the pair holds; only another human's word stops it."""
        key = Key("decision", "", "")
        if self.clusters.join(*pair, force=True) is None:
            self._add(pair, key, Strength.STRONG, "decided same", EdgeStatus.LINKED)
        else:
            self._add(pair, key, Strength.STRONG, DECIDED)

    def _refuse(self, pair: Pair, key: Key, strength: Strength, why: str) -> None:
        self._add(pair, key, strength, DECIDED if self.clusters.refusal(*pair) == APART else why)

    def _add(
        self,
        pair: Pair,
        key: Key,
        strength: Strength,
        reason: str,
        status: EdgeStatus = EdgeStatus.REFUSED,
    ) -> None:
        left, right = (self.records[place].record_id for place in pair)
        kind = "human" if key.type == "decision" else "deterministic"
        self.edges.append(Match(left, right, kind, *key, strength, status, reason))

    def _resolution(self) -> Resolution:
        ids = [record.record_id for record in self.records]
        profile_of = {id_: ids[self.clusters.find(place)] for place, id_ in enumerate(ids)}
        edges = sorted(
            edge
            for edge in self.edges
            # A doubt other evidence has settled is no doubt.
            if edge.status is EdgeStatus.LINKED
            or profile_of[edge.left_id] != profile_of[edge.right_id]
        )
        resolution = Resolution(profile_of, edges, sorted(self.demoted))
        resolution.counts.update(count(self.records, resolution))
        return resolution
