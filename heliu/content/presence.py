"""What a condition proves: which values that may be missing are there.

Facts are paths as the template writes them, `order.title`; where `order.title`
is known to be there, so is `order`.
"""

from jinja2 import nodes

Facts = frozenset[str]
NO_FACTS: Facts = frozenset()


def path_of(node: nodes.Node) -> str | None:
    """`a.b.c` of a plain path, None of anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        inner = path_of(node.node)
        return f"{inner}.{node.attr}" if inner else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        inner = path_of(node.node)
        return f"{inner}.{node.arg.value}" if inner and isinstance(node.arg.value, str) else None
    return None


def when_true(node: nodes.Node) -> Facts:
    """Paths that are there wherever this condition holds."""
    if path := path_of(node):
        return _with_owners(path)
    if isinstance(node, nodes.And):
        return when_true(node.left) | when_true(node.right)
    if isinstance(node, nodes.Or):
        return when_true(node.left) & when_true(node.right)
    if isinstance(node, nodes.Not):
        return when_false(node.node)
    if isinstance(node, nodes.Compare) and len(node.ops) == 1:
        other = node.ops[0].expr
        if node.ops[0].op == "eq" and isinstance(other, nodes.Const) and other.value is not None:
            return when_true(node.expr)
    return NO_FACTS


def _with_owners(path: str) -> Facts:
    steps = path.split(".")
    return frozenset(".".join(steps[: n + 1]) for n in range(len(steps)))


def when_false(node: nodes.Node) -> Facts:
    """Paths that are there wherever this condition fails."""
    if isinstance(node, nodes.Not):
        return when_true(node.node)
    if isinstance(node, nodes.Or):
        return when_false(node.left) | when_false(node.right)
    if isinstance(node, nodes.And):
        return when_false(node.left) & when_false(node.right)
    if isinstance(node, nodes.Test) and node.name == "none":
        return when_true(node.node)
    return NO_FACTS


def forget(facts: Facts, name: str) -> Facts:
    """Facts without those about a name that has just been set anew."""
    return frozenset(f for f in facts if f != name and not f.startswith(f"{name}."))
