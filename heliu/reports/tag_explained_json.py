"""One tag of one profile explained for programs; what stands in it may be shown already."""

from datetime import UTC, datetime
from typing import Any

from heliu.reports.words import Words
from heliu.tags.asked import TagAnswer
from heliu.tags.explain import Node
from heliu.tags.measured import Seen


def answer_json(answer: TagAnswer, say: Words) -> dict[str, Any]:
    """The same for programs; instants in ISO 8601, in the firm's zone."""
    told, stored, run = answer.told, answer.stored, answer.run
    return {
        "profile_id": str(answer.profile_id),
        "tag": told.tag,
        "title": told.title,
        "as_of": _iso(told.as_of, say),
        "holds": told.holds,
        "next_change": None
        if told.next is None
        else {"at": _iso(told.next.at, say), "becomes": told.next.becomes},
        "stored": {
            "run_id": run.run_id if run else None,
            "as_of": _iso(run.as_of, say) if run else None,
            "since": _iso(stored.since, say) if stored.since else None,
            "agrees": answer.agrees,
        },
        "remarks": [remark._asdict() for remark in answer.remarks],
        "why": _node_json(told.tree, say),
        "history": [
            {
                "at": _iso(move.at, say),
                "entered": move.entered,
                "cause": move.cause,
                "run_id": move.run_id,
            }
            for move in stored.moves
        ],
    }


def _node_json(node: Node, say: Words) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": node.kind, "holds": node.holds, "says": node.says._asdict()}
    if node.tag:
        found["tag"] = node.tag
    if node.measured:
        found["measured"] = node.measured._asdict()
    if node.evidence:
        found["events"] = {
            "count": node.evidence.count,
            "newest": [_seen_json(seen, say) for seen in node.evidence.newest],
        }
    if node.parts:
        found["parts"] = [_node_json(part, say) for part in node.parts]
    return found


def _seen_json(seen: Seen, say: Words) -> dict[str, Any]:
    at = _iso(datetime.fromtimestamp(seen.at, UTC), say)
    id_ = None if seen.id is None else str(seen.id)
    return {"id": id_, "type": seen.type, "at": at, "properties": dict(seen.properties)}


def _iso(at: datetime, say: Words) -> str:
    return at.astimezone(say.zone).isoformat()
