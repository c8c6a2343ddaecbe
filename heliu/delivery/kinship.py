"""Who a profile id means today, and which other ids meant the same person.

A merge leaves an alias from the id that went to the one that stayed. Whatever
was sent to the one was sent to the other, so every look into the past goes
through here.
"""

from typing import Any

import sqlalchemy as sa

from models import Alias

ALIAS = Alias.__table__  # type: ignore[attr-defined]


def kin_of(ids: sa.Select[Any], name: str = "kin") -> sa.CTE:
    """Every id that means the same person as each id asked for.

    Args:
        ids: Selects one column of profile ids, each once.
        name: Prefix of the CTEs' names.

    Returns:
        Rows (profile_id, current_id, kin_id): the id asked for, what it means today, and each
        id of that person, itself included. An id in a circle of aliases means itself.
    """
    asked = ids.subquery(f"{name}_asked")
    asked_id = next(iter(asked.c)).label("profile_id")
    up = sa.select(asked_id, asked_id.label("id")).cte(f"{name}_up", recursive=True)
    up = up.union(
        sa.select(up.c.profile_id, ALIAS.c.profile_id).join(
            up, sa.and_(ALIAS.c.old_id == up.c.id, ALIAS.c.to_run_id.is_(None))
        )
    )
    onward = ALIAS.alias("onward")
    moved = sa.exists().where(onward.c.old_id == up.c.id, onward.c.to_run_id.is_(None))
    # An id in a circle of aliases leads nowhere: it means itself.
    end = sa.func.min(sa.case((~moved, up.c.id)))
    top = (
        sa.select(up.c.profile_id, sa.func.coalesce(end, up.c.profile_id).label("current_id"))
        .group_by(up.c.profile_id)
        .cte(f"{name}_top")
    )
    down = sa.select(top.c.profile_id, top.c.current_id, top.c.current_id.label("kin_id")).cte(
        name, recursive=True
    )
    return down.union(
        sa.select(down.c.profile_id, down.c.current_id, ALIAS.c.old_id).join(
            down, sa.and_(ALIAS.c.profile_id == down.c.kin_id, ALIAS.c.to_run_id.is_(None))
        )
    )
