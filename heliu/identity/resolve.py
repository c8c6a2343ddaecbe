"""identifier → match → profile: who is who, from records in any order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice

from heliu.identity.cluster import APART, Clusters, Components
from heliu.identity.compatible import count_people, namesakes
from heliu.identity.evidence import Unit, corroborated, is_overloaded, prove
from heliu.identity.graph import NAME_BIRTHDAY, NO_TRAITS, Graph, Group, Traits, graph_of
from heliu.identity.matching.base import Matches, Scored
from heliu.identity.policy import Policy
from heliu.identity.records import Decision, Key, NormalisedRecord
from heliu.identity.resolution import DECIDED, Demoted, Match, Resolution
from models import EdgeStatus, Strength

WEAK = "same name, weak identifier"
SAME_NAME_AND_BIRTHDAY = "same name and birthday"
DECISION = Key("decision", "", "")
PROBABLE = Key("probability", "", "")

# From units (the record ids of each) to the pairs that are likely one person.
Matcher = Callable[[list[list[int]]], Matches]
NOTHING_HANDED_OVER: Mapping[int, int] = {}

GoesBy = tuple[set[str], set[str], set[str]]  # full names, surnames alone, birthdays
Pair = tuple[int, int]  # places in the graph, smaller first


def resolve(
    records: Iterable[NormalisedRecord], policy: Policy, decisions: Sequence[Decision] = ()
) -> Resolution:
    """Give every record the profile it belongs to; see `resolve_graph`.

    Args:
        records: Every live record, in any order: n of them.
        policy: Limits and strengths.
        decisions: Humans' words, oldest first.

    Returns:
        The same for the same records, whatever their order, in O(n log n).
    """
    ordered = sorted(records, key=lambda record: record.record_id)
    return resolve_graph(graph_of(ordered, policy), policy, decisions)


def resolve_graph(
    graph: Graph,
    policy: Policy,
    decisions: Sequence[Decision] = (),
    handed_over: Mapping[int, int] = NOTHING_HANDED_OVER,
    matcher: Matcher | None = None,
) -> Resolution:
    """Give every record of a graph the profile it belongs to.

    Platform ids join all their holders; a phone or e-mail joins those of compatible
    names; a weak value joins nobody. Unions go strongest first, and one that would
    give a person two accounts of a kind is refused. A decision on a record that
    isn't there (any more) has no effect.

    Args:
        graph: All records, or all of some components: the same comes out for those.
        policy: Limits and strengths.
        decisions: Humans' words, oldest first.
        handed_over: Profile id whose record is gone to the record that inherits it.
        matcher: What is likely, though no identifier says so; None to stop before.
    """
    return _Resolver(graph, policy).run(decisions, handed_over, matcher)


class _Resolver:
    def __init__(self, graph: Graph, policy: Policy) -> None:
        self.graph = graph
        self.policy = policy
        self.edges: list[Match] = []
        self.demoted: dict[Key, Demoted] = {}
        self.components = Components(len(graph.ids))

    def run(
        self, decisions: Sequence[Decision], handed_over: Mapping[int, int], matcher: Matcher | None
    ) -> Resolution:
        verdicts = self._verdicts(decisions)
        apart = [pair for pair, verdict in verdicts.items() if verdict == "different"]
        self.clusters = Clusters(self.graph.held, apart)
        for pair, verdict in sorted(verdicts.items()):
            self.components.tie(pair)
            if verdict == "same":
                self._link_decided(pair)
        self._link_strong()
        self._link_medium()
        self._judge_weak()
        if matcher is not None:
            self._link_probable(matcher)
        return self._resolution(handed_over)

    def _verdicts(self, decisions: Sequence[Decision]) -> dict[Pair, str]:
        if not decisions:
            return {}
        concerned = {id_ for _, *ids in decisions for id_ in ids}
        places = {id_: place for place, id_ in enumerate(self.graph.ids) if id_ in concerned}
        verdicts = {}
        for verdict, *ids in decisions:
            pair = sorted(places[id_] for id_ in ids if id_ in places)
            if len(set(pair)) == 2:
                verdicts[pair[0], pair[1]] = str(verdict)
        return verdicts

    def _link_strong(self) -> None:
        links: list[tuple[int, int, Key]] = []
        for group in self.graph.groups[Strength.STRONG]:
            if self._is_demoted(group):
                continue
            key, places = group[:2]
            self.components.tie(places)
            first = places[0]
            links += [(first, place, key) for place in places[1:]]
        links.sort()
        for left, right, key in links:
            self._link((left, right), key, Strength.STRONG)

    def _link_medium(self) -> None:
        goes_by = self._names_of_many()
        links: list[tuple[int, int, Key]] = []
        for group in self.graph.groups[Strength.MEDIUM]:
            if self._is_demoted(group):
                continue
            key, places = group[:2]
            self.components.tie(places)
            units = self._units(places, goes_by)
            if len(units) == 1:
                continue  # its platform ids have joined them all
            proof = prove(units, self.policy)
            links += [(left, right, key) for left, right in proof.links]
            for left, right, why in proof.doubts:
                self._refuse((left, right), key, Strength.MEDIUM, why)
        links.sort()
        for left, right, key in links:
            self._link((left, right), key, Strength.MEDIUM)

    def _is_demoted(self, group: Group) -> bool:
        """Whether a value is too many people's: told by all its own holders, and by them alone."""
        if group.key in self.demoted:
            return True
        crowd = len(group.everyone)
        names = [name for place in group.everyone if (name := self.graph.names[place])]
        if group.strength is Strength.WEAK:
            names = []  # of a switchboard's namesakes a human is asked, however many others it has
        if not is_overloaded(names, crowd, self.policy, group.strength):
            return False
        # Of a crowd's value not all holders are at hand in every run: nobody counts their names.
        many = group.strength is not Strength.STRONG and crowd > self.policy.max_holders
        people = 0 if many else count_people(names)
        self.demoted[group.key] = Demoted(group.key, crowd, people)
        return True

    def _names_of_many(self) -> dict[int, GoesBy]:
        """The names of clusters which platform ids have made, by root."""
        names: dict[int, GoesBy] = {}
        clusters, grown = self.clusters, self.clusters.grown
        for place, (full, surname, traits) in enumerate(
            zip(self.graph.names, self.graph.surnames, self.graph.traits, strict=True)
        ):
            told = full or surname or traits.birthday
            if told and (root := clusters.find(place)) in grown:
                bearers = names.setdefault(root, (set(), set(), set()))
                if full or surname:
                    bearers[0 if full else 1].add(full or surname)
                if traits.birthday:
                    bearers[2].add(traits.birthday)
        return names

    def _units(self, places: list[int], goes_by: Mapping[int, GoesBy]) -> list[Unit]:
        units: dict[int, Unit] = {}
        clusters, graph = self.clusters, self.graph
        for place in places:
            root = clusters.find(place)
            if root in units:
                continue
            if root in clusters.grown:
                full, partial, births = goes_by.get(root, (set(), set(), set()))
            else:
                full, partial = {graph.names[place]} - {""}, {graph.surnames[place]} - {""}
                births = {graph.traits[place].birthday} - {""}
            partial = set() if full else partial
            units[root] = Unit(place, full, partial, clusters.held(root), births)
        return list(units.values())

    def _link_probable(self, matcher: Matcher) -> None:
        """What is likely joins what certainty has left apart, under the same refusals."""
        members: dict[int, list[int]] = {}
        for place in range(len(self.graph.ids)):
            members.setdefault(self.clusters.find(place), []).append(place)
        units = list(members.values())
        found = matcher([[self.graph.ids[place] for place in unit] for unit in units])
        for scored, likely in [(found.links, True), (found.doubts, False)]:
            for one in scored:
                pair = (units[one.left][0], units[one.right][0])
                pair = pair if pair[0] < pair[1] else (pair[1], pair[0])
                self.components.tie(pair)
                why = self.clusters.join(*pair) if likely else "likely, not sure"
                self._add_scored(pair, one, why)

    def _add_scored(self, pair: Pair, one: Scored, why: str | None) -> None:
        left, right = (self.graph.ids[place] for place in pair)
        if why is None:
            status, reason = EdgeStatus.LINKED, "likely the same"
        else:
            status = EdgeStatus.REFUSED
            apart = why == APART or self.clusters.refusal(*pair) == APART
            reason = DECIDED if apart else why if " " in why else f"two {why}s"
        self.edges.append(
            Match(
                left,
                right,
                "probabilistic",
                *PROBABLE,
                Strength.WEAK,
                status,
                reason,
                one.weight,
                one.detail,
            )
        )

    def _judge_weak(self) -> None:
        """Namesakes who share a weak value: joined where more speaks for it, else a doubt."""
        shared: dict[Pair, list[tuple[Pair, Key]]] = {}
        for group in self.graph.groups[Strength.WEAK]:
            if self._is_demoted(group):
                continue
            key, places = group[:2]
            self.components.tie(places)  # whose names are alike is told by all of them
            names = {place: name for place in places if (name := self.graph.names[place])}
            for alike in namesakes(names):
                for roots, pair in self._apart(alike):
                    shared.setdefault(roots, []).append((pair, key))
        sides = self._traits_of(shared)
        links, doubts = [], []
        for (left, right), keys in sorted(shared.items()):
            types = {key.type for _, key in keys}
            pair, key = min(keys)
            if why := corroborated(types, sides[left], sides[right]):
                links.append((pair, key, why))
            else:
                doubts += keys
        for pair, key, why in links:
            refused = self.clusters.join(*pair)
            if refused is None:
                self._add(pair, key, Strength.WEAK, why, EdgeStatus.LINKED)
            else:
                self._refuse(pair, key, Strength.WEAK, f"two {refused}s")
        for pair, key in doubts:
            self._refuse(
                pair,
                key,
                Strength.WEAK,
                SAME_NAME_AND_BIRTHDAY if key.type == NAME_BIRTHDAY else WEAK,
            )

    def _apart(self, alike: Sequence[int]) -> Iterator[tuple[Pair, Pair]]:
        """Pairs of clusters that namesakes are in, each with the first of them there."""
        roots: dict[int, int] = {}
        for place in alike:
            roots.setdefault(self.clusters.find(place), place)
        if len(roots) <= self.policy.max_names:
            pairs = combinations(sorted(roots.items()), 2)
            for (left, one), (right, other) in islice(pairs, self.policy.review_pairs):
                yield (left, right), (min(one, other), max(one, other))

    def _traits_of(self, pairs: Iterable[Pair]) -> dict[int, list[Traits]]:
        """What the records of each of these clusters tell, by root."""
        told: dict[int, list[Traits]] = {root: [] for pair in pairs for root in pair}
        if told:
            for place, traits in enumerate(self.graph.traits):
                if traits is not NO_TRAITS and (root := self.clusters.find(place)) in told:
                    told[root].append(traits)
        return told

    def _link(self, pair: Pair, key: Key, strength: Strength) -> None:
        why = self.clusters.join(*pair)
        if why is None:
            self._add(pair, key, strength, f"same {key.type}", EdgeStatus.LINKED)
        else:
            self._add(pair, key, strength, DECIDED if why == APART else f"two {why}s")

    def _link_decided(self, pair: Pair) -> None:
        """A human's word joins whatever the pair holds; only another human's word stops it."""
        if self.clusters.join(*pair, force=True) is None:
            self._add(pair, DECISION, Strength.STRONG, "decided same", EdgeStatus.LINKED)
        else:
            self._add(pair, DECISION, Strength.STRONG, DECIDED)

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
        ids = self.graph.ids
        kind = "human" if key is DECISION else "deterministic"
        self.edges.append(Match(ids[pair[0]], ids[pair[1]], kind, *key, strength, status, reason))

    def _resolution(self, handed_over: Mapping[int, int]) -> Resolution:
        ids = self.graph.ids
        roots = [self.clusters.find(place) for place in range(len(ids))]
        named = self._profile_ids(roots, handed_over)
        profile_of = {
            id_: named.get(root) or ids[root] for id_, root in zip(ids, roots, strict=True)
        }
        edges = [
            edge
            for edge in self.edges
            # A doubt other evidence has settled is no doubt.
            if edge.status is EdgeStatus.LINKED
            or profile_of[edge.left_id] != profile_of[edge.right_id]
        ]
        edges.sort(key=lambda edge: edge[:6])
        component_of = {id_: ids[self.components.find(place)] for place, id_ in enumerate(ids)}
        return Resolution(profile_of, edges, sorted(self.demoted.values()), component_of)

    def _profile_ids(self, roots: Sequence[int], handed_over: Mapping[int, int]) -> dict[int, int]:
        """Root to profile id, where a member has inherited a smaller one than the root's own."""
        if not handed_over:
            return {}
        ids = self.graph.ids
        heirs = set(handed_over.values())
        place_of = {id_: place for place, id_ in enumerate(ids) if id_ in heirs}
        smallest: dict[int, int] = {}
        for profile, heir in handed_over.items():
            if heir in place_of:
                root = roots[place_of[heir]]
                smallest[root] = min(profile, smallest.get(root, ids[root]))
        return smallest
