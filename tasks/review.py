"""Steps of review: list what waits, show what a decision would do, store it."""

from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact

from heliu.errors import ConfigError, Place, Problem
from heliu.identity.review.decisions import store_decisions
from heliu.identity.review.effect import Effect, preview_effect
from heliu.identity.review.proposals import Proposal, on_pair
from heliu.identity.review.queue import review_queue
from heliu.identity.review.standing import Verdict
from heliu.reports.review_tables import effect_rows, group_rows, item_rows
from heliu.reports.words import Words
from models.database import reading, writing
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import RETRY_TRANSIENT
from tasks.review_options import ReviewOptions
from tasks.settings import settings


@task(task_run_name="list questions", **RETRY_TRANSIENT)
def publish_queue(limit: int) -> dict[str, int]:
    """What waits for a human as tables of ids and counts, values masked."""
    with reading(database()) as connection:
        queue = review_queue(connection, limit)
    say = Words("zh", settings().zone)
    pairs = f"待核对：{queue.pairs:,} 对，列出 {len(queue.items):,} 对"
    create_table_artifact(item_rows(queue.items, say), key="heliu-review", description=pairs)
    values = f"多人共用的值：{queue.values:,} 个，列出 {len(queue.groups):,} 个"
    create_table_artifact(
        group_rows(queue.groups, say), key="heliu-review-values", description=values
    )
    return {"pairs": queue.pairs, "values": queue.values}


@task(task_run_name="show the effect", **RETRY_TRANSIENT)
def publish_effect(options: ReviewOptions) -> dict[str, int]:
    """What these words would do to profiles, as a table; stores nothing.

    Raises:
        ConfigError: Everything wrong with them.
    """
    words, firm = words_of(options), load_firm()
    with reading(database()) as connection:
        effect = preview_effect(
            connection, words, firm.policy, who=options.who, matcher=firm.matcher
        )
    create_table_artifact(
        effect_rows(effect.changes, Words("zh", settings().zone)),
        key="heliu-review-effect",
        description=_summary(effect, options.store),
    )
    return {"new": effect.new, "repeated": effect.repeated, "changes": len(effect.changes)}


@task(task_run_name="store decisions", **RETRY_TRANSIENT)
def store_words(options: ReviewOptions) -> dict[str, int]:
    """Store these words, all of them or none; what holds already is left as it is."""
    with writing(database()) as connection:
        written = store_decisions(
            connection, words_of(options), who=options.who, at=datetime.now(UTC)
        )
    ids = ", ".join(map(str, written.ids)) or "none"
    get_run_logger().info("decisions stored: %s; the next unify applies them", ids)
    return {"stored": len(written.ids), "repeated": written.repeated}


def words_of(options: ReviewOptions) -> list[Proposal]:
    """What a form says.

    Raises:
        ConfigError: It says nothing.
    """
    if options.action == "retract":
        words = [
            Proposal(
                Verdict.RETRACT, retracts_id=id_, why=options.why, place=Place(f"decision {id_}")
            )
            for id_ in options.decisions
        ]
    else:
        words = [_on_pair(name, options) for name in options.pairs]
    if not words:
        place = "decisions" if options.action == "retract" else "pairs"
        problem = Problem(Place(place), "nothing is named", "Name one id or pair at least.")
        raise ConfigError([problem])
    return words


def _on_pair(name: str, options: ReviewOptions) -> Proposal:
    left, right = map(int, name.split("-"))
    return on_pair(Verdict(options.verdict), left, right, options.why, Place(name))


def _summary(effect: Effect, store: bool) -> str:
    told = [f"新决定 {effect.new:,} 条，已生效 {effect.repeated:,} 条"]
    told.append(f"影响 {len(effect.changes):,} 组档案")
    if effect.overruled:
        told.append(f"推翻先前的决定：{'、'.join(map(str, effect.overruled))}（后说的算）")
    if effect.dormant:
        told.append(f"{effect.dormant:,} 条等待记录恢复")
    told.append("已保存，下次合并时生效" if store else "只是预览，没有保存")
    return "；".join(told)
