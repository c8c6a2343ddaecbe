"""One part of a tag's SELECT by itself: what is wrong with it, where it is, what it is made of."""

from collections.abc import Iterator
from typing import Any

AS_OF = "as_of"
JOINS = ("", "INNER", "CROSS", "LEFT")


def mistake(node: Any) -> str:  # noqa: PLR0911 - one for each kind of part
    """What is wrong with one part by itself."""
    kind = type(node).__name__
    if kind == "Placeholder" and node.name != AS_OF:
        return f"unknown parameter :{node.name}; there is :as_of, in epoch seconds"
    if kind == "Literal" and not node.is_string and not str(node.this).isdigit():
        return f"{node.this} is not a whole number"
    if kind == "Star" and type(node.parent).__name__ != "Count":
        return "name the columns: * is for count(*)"
    if kind == "Join" and (node.args.get("using") or node.args.get("method")):
        return "join with ON"
    if kind == "Join" and {node.args.get("kind") or "", node.args.get("side") or ""} - set(JOINS):
        return f"a {node.args.get('side') or node.args['kind']} JOIN is not allowed"
    if kind == "Distinct" and node.args.get("on"):
        return "DISTINCT ON is not allowed"
    if kind == "Order" and type(node.parent).__name__ != "Window":
        return "ORDER BY belongs into a window: who carries a tag has no order"
    if kind == "Substring" and not all(
        type(node.args.get(key)).__name__ == "Literal" for key in ("start", "length")
    ):
        return "substr takes two plain numbers"
    if kind == "Table" and node.args.get("db"):
        return "a table is named alone"
    if kind == "Group" and any(type(key).__name__ != "Column" for key in node.expressions):
        return "group by columns"
    return ""


def start_of(node: Any) -> int | None:
    """Where a part begins, as near as SQLGlot tells."""
    from sqlglot import exp

    starts = [name.meta["start"] for name in node.find_all(exp.Identifier) if "start" in name.meta]
    return min(starts, default=None)


def aggregates(node: Any) -> bool:
    """Whether it sums rows up, other than in a window or a SELECT of its own."""
    from sqlglot import exp

    if isinstance(node, exp.Window | exp.Select):
        return False
    return isinstance(node, exp.AggFunc) or any(map(aggregates, node.iter_expressions()))


def loose(node: Any) -> Iterator[Any]:
    """Columns outside of aggregates and of SELECTs within."""
    from sqlglot import exp

    if isinstance(node, exp.Column):
        yield node
    elif not isinstance(node, exp.AggFunc | exp.Select):
        for part in node.iter_expressions():
            yield from loose(part)


def operands(node: Any) -> list[Any]:
    """The parts of one kind that a part has; those of a SELECT within are its own."""
    kind = type(node).__name__
    if kind == "In":
        return [node.this, *node.expressions]
    if kind in ("Join", "If"):
        test = node.args.get("on" if kind == "Join" else "this")
        return [test] if test is not None else []
    return [part for part in node.iter_expressions() if type(part).__name__ != "Select"]


def kind_of(node: Any) -> str:
    """Number, text or truth; nothing where it isn't known."""
    type_ = node.type.this.value if node.type is not None else ""
    kinds = {"BIGINT": "number", "INT": "number", "BOOLEAN": "truth", "TEXT": "text"}
    return kinds.get(type_, "text" if type_ == "VARCHAR" else "")
