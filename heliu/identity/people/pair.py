"""Why two are one person, or aren't."""

from typing import NamedTuple

import sqlalchemy as sa

from heliu.identity.people.chain import Evidence, evidence_path, evidence_tree
from heliu.identity.people.explain import edges_of
from heliu.identity.people.lookup import Found
from heliu.identity.people.person import find_person, records_of
from heliu.identity.people.shown import Shown


class PairExplanation(NamedTuple):
    """What stands between two ids, or joins them.

    Attributes:
        together: Whether they mean one profile.
        says: That in a sentence.
        path: The evidence from the one's first record to the other's, if they are one.
        refused: Evidence between the two that was refused.
        shared: Values both carry that joined nothing, as they may be shown.
    """

    together: bool
    says: str
    path: list[Evidence]
    refused: list[Evidence]
    shared: list[str]


def explain_pair(
    connection: sa.Connection, left: Found, right: Found, shown: Shown
) -> PairExplanation:
    """Why two ids mean one profile, or two.

    Args:
        connection: Only read.
        left: What the first id means.
        right: What the second id means.
        shown: How values are written.
    """
    one, two = left.profile_id, right.profile_id
    if one is None or two is None:
        return PairExplanation(False, "Not together: one of the two is no more.", [], [], [])
    records = records_of(connection, [one])
    edges = edges_of(connection, records, shown)
    if one == two:
        ends = [found.record_id or one for found in (left, right)]
        path = evidence_path(evidence_tree(records, edges), *ends)
        return PairExplanation(True, f"Together: both mean profile {one}.", path, [], [])
    others = set(records_of(connection, [two]))
    between = [edge for edge in edges if {edge.left_id, edge.right_id} & others]
    refused = [edge for edge in between if edge.status == "refused"]
    shared = _shared(connection, one, two, shown)
    why = _why(refused, bool(shared))
    return PairExplanation(False, f"Not together: {one} and {two}; {why}.", [], refused, shared)


def _why(refused: list[Evidence], shares: bool) -> str:
    if refused:
        return "evidence between them was refused: " + ", ".join(
            sorted({edge.reason for edge in refused})
        )
    if shares:
        return "what both carry proves nothing"
    return "nothing relates them: they share no value"


def _shared(connection: sa.Connection, one: int, two: int, shown: Shown) -> list[str]:
    both = find_person(connection, one).values & find_person(connection, two).values
    return [
        f"{key.type} {shown.value(key.type, key.value)}"
        for key in sorted(both)
        if key.type != "block"
    ]
