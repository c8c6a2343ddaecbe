"""Who is in a segment: one SELECT, to be frozen by whoever sends."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.rules.columns import PROFILE, Predicate, word_column
from heliu.rules.conditions import questions
from heliu.rules.library import SegmentRule
from heliu.rules.predicates import Scope, predicate
from heliu.rules.sql import measure_name, measures_select
from heliu.rules.windows import Clock
from heliu.rules.words import Cuts
from models import ProfileTag

PROFILE_TAG = ProfileTag.__table__  # type: ignore[attr-defined]


def members(
    segment: SegmentRule, as_of: datetime, zone: ZoneInfo, cuts: Cuts | None = None
) -> sa.Select[Any]:
    """A SELECT of profile_id, once for each member, in no order.

    Tags are read as the last run left them; fields and facts as they are, up to as-of.

    Args:
        segment: The rule.
        as_of: Nothing that happened after it is seen.
        zone: Whose days dates and calendar windows are.
        cuts: Of ranks, as the last full tag run stored them; a rank without one holds for nobody.
    """
    clock = Clock(as_of, zone)
    asked = list(dict.fromkeys(questions(segment.condition)))
    source: sa.FromClause = PROFILE
    measures: sa.FromClause | None = None
    if asked:
        measures = measures_select(asked, clock).subquery("measure")
        source = PROFILE.outerjoin(measures, measures.c.profile_id == PROFILE.c.id)
    answers = {
        question: measures.c[measure_name(number)]
        for number, question in enumerate(asked)
        if measures is not None
    }
    scope = Scope(
        clock,
        field=lambda word: word_column(PROFILE, word),
        answer=answers.__getitem__,
        tag=_carries,
        cuts=cuts or {},
    )
    wanted = predicate(segment.condition, scope)
    return sa.select(PROFILE.c.id.label("profile_id")).select_from(source).where(wanted)


def _carries(names: tuple[str, ...]) -> Predicate:
    carriers = sa.select(PROFILE_TAG.c.profile_id).where(PROFILE_TAG.c.tag.in_(names))
    carried: Predicate = PROFILE.c.id.in_(carriers)
    return carried
