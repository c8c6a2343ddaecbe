"""Checking a template's expressions against the declared context, without rendering.

Every expression gets a `Shape`. What is wrong is reported once and the shape
becomes FREE, so that one mistake is one problem.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import nodes

from heliu.content.context import Kind, Shape
from heliu.content.environment import TESTS
from heliu.content.filters import FILTERS
from heliu.content.places import spot_of
from heliu.content.presence import Facts, path_of, when_false, when_true
from heliu.errors import did_you_mean

FREE = Shape(Kind.FREE)
TEXT, NUMBER, TRUTH = Shape(Kind.TEXT), Shape(Kind.NUMBER), Shape(Kind.TRUTH)
LOOP = Shape(
    Kind.RECORD,
    fields=dict.fromkeys(("index", "index0", "revindex", "revindex0", "length", "depth"), NUMBER)
    | {"first": TRUTH, "last": TRUTH, "cycle": Shape(Kind.MACRO)},
)
PRINTABLE = (Kind.TEXT, Kind.LINK, Kind.NUMBER, Kind.FREE)
NUMBERS = (Kind.NUMBER, Kind.MONEY, Kind.FREE)
HOW_TO_PRINT = {
    Kind.MONEY: "It is a number of fen; write `{path} | yuan`.",
    Kind.DAY: "Write `{path} | day`.",
    Kind.LIST: "Loop over it, or write `{path} | join`.",
    Kind.RECORD: "Name one of its fields: {fields}.",
    Kind.TRUTH: "Ask for it with an `if`.",
    Kind.MACRO: "Call it: `{path}(…)`.",
}


@dataclass(frozen=True)
class MacroShape(Shape):
    """A macro, where it was written and what it saw there."""

    node: Any = None
    scope: Any = None


@dataclass
class Scope:
    """Names and facts at one point of one template."""

    template: str
    names: dict[str, Shape]
    facts: Facts
    depth: int = 0  # of macro calls

    def inner(self, facts: Iterable[str] = (), **names: Shape) -> "Scope":
        """A scope that sees this one, knows more, and leaks nothing back."""
        return replace(self, names=self.names | names, facts=self.facts | frozenset(facts))


Report = Callable[[str, int, str, str], None]  # template, spot, says, remedy


@dataclass
class Expressions:
    """Gives every expression its shape and reports what it can't have meant."""

    report: Report
    call_macro: Callable[[MacroShape, nodes.Call, Scope], Shape]
    variables: set[str] = field(default_factory=set)  # campaign variables named at all …
    required: set[str] = field(default_factory=set)  # … and named without a fallback

    def problem(self, node: nodes.Node, scope: Scope, says: str, remedy: str = "") -> Shape:
        """Report at a node; the shape to go on with."""
        self.report(scope.template, spot_of(node), says, remedy)
        return FREE

    def shape(self, node: nodes.Node, scope: Scope) -> Shape:
        """The shape of any expression; it may be missing."""
        check = getattr(self, f"_{type(node).__name__.lower()}", None)
        if check is None:
            return self.problem(node, scope, f"{type(node).__name__} can't be used in a template")
        found: Shape = check(node, scope)
        path = path_of(node)
        return found.there() if path and path in scope.facts else found

    def present(self, node: nodes.Node, scope: Scope) -> Shape:
        """The shape of an expression that must not be missing here."""
        found = self.shape(node, scope)
        if found.variable and found.maybe:
            self.required.add(found.variable)
        elif found.maybe:
            path = path_of(node) or "this"
            self.problem(
                node,
                scope,
                f"{path} may be missing",
                f"Ask first, `{{% if {path} %}}`, or give another: `{path} | default('…')`.",
            )
        return found.there()

    def printable(self, node: nodes.Node, scope: Scope) -> Shape:
        """The shape of an expression that becomes text here."""
        found = self.present(node, scope)
        if found.kind not in PRINTABLE:
            path = path_of(node) or "…"
            remedy = HOW_TO_PRINT[found.kind].format(path=path, fields=", ".join(found.fields))
            self.problem(node, scope, f"{path} is a {found.kind}, which can't be printed", remedy)
        return TEXT

    def condition(self, node: nodes.Node, scope: Scope) -> None:
        """An expression asked for truth: it may be missing, not unknown."""
        self.shape(node, scope)

    # One method a kind of node, named after Jinja's class.

    def _const(self, node: nodes.Const, scope: Scope) -> Shape:
        if node.value is None:
            return Shape(Kind.FREE, maybe=True)
        if isinstance(node.value, bool):
            return TRUTH
        return NUMBER if isinstance(node.value, int | float) else TEXT

    def _templatedata(self, node: nodes.TemplateData, scope: Scope) -> Shape:
        return TEXT

    def _name(self, node: nodes.Name, scope: Scope) -> Shape:
        found = scope.names.get(node.name)
        if found is None:
            return self.problem(
                node,
                scope,
                f"unknown variable {node.name!r}{did_you_mean(node.name, scope.names)}",
                f"Known here: {', '.join(sorted(scope.names))}.",
            )
        if found.kind is Kind.UNSET:
            return self.problem(
                node, scope, f"{node.name!r} is set in one branch only", "Set it in every branch."
            )
        return found

    def _getattr(self, node: nodes.Getattr, scope: Scope) -> Shape:
        return self._field(node, node.node, node.attr, scope)

    def _field(self, node: nodes.Node, owner: nodes.Node, name: str, scope: Scope) -> Shape:
        if isinstance(owner, nodes.Name) and owner.name == "self":
            return Shape(Kind.MACRO)
        record = self.present(owner, scope)
        if record.kind is Kind.FREE:
            return FREE
        what = path_of(owner) or "this"
        if record.variable:
            self.variables.add(name)
            return Shape(Kind.FREE, maybe=True, variable=name)
        if record.kind is not Kind.RECORD:
            return self.problem(node, scope, f"{what} is a {record.kind} and has no fields")
        if name not in record.fields:
            return self.problem(
                node,
                scope,
                f"{what} has no field {name!r}{did_you_mean(name, record.fields)}",
                f"Known fields: {', '.join(sorted(record.fields))}.",
            )
        return record.fields[name]

    def _getitem(self, node: nodes.Getitem, scope: Scope) -> Shape:
        if isinstance(node.arg, nodes.Slice):
            for edge in (node.arg.start, node.arg.stop, node.arg.step):
                if edge is not None:
                    self.present(edge, scope)
            return self.present(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(node, node.node, node.arg.value, scope)
        owner = self.present(node.node, scope)
        self.present(node.arg, scope)
        if owner.kind is Kind.LIST and owner.each:
            return replace(owner.each, maybe=True)
        if owner.kind in (Kind.TEXT, Kind.FREE):
            return owner
        return self.problem(node, scope, f"a {owner.kind} has no entries")

    def _filter(self, node: nodes.Filter, scope: Scope) -> Shape:
        if node.name not in FILTERS:
            return self.problem(
                node,
                scope,
                f"unknown filter {node.name!r}{did_you_mean(node.name, FILTERS)}",
                f"Known filters: {', '.join(sorted(FILTERS))}.",
            )
        if node.kwargs or node.dyn_args or node.dyn_kwargs or len(node.args) > 1:
            return self.problem(node, scope, f"{node.name} takes one plain argument at most")
        given = [self.present(argument, scope) for argument in node.args]
        if node.name == "default":
            value = self.shape(node.node, scope) if node.node else TEXT
            return _either(value.there(), given[0] if given else TEXT)
        rule = FILTERS[node.name]
        value = self.present(node.node, scope) if node.node else TEXT
        if value.kind not in rule.takes and value.kind is not Kind.FREE:
            kinds = " or ".join(sorted(rule.takes))
            self.problem(node, scope, f"{node.name} is for {kinds}, not for {value.kind}")
        if node.name in ("first", "last"):
            return replace(value.each or FREE, maybe=True)
        return Shape(rule.gives)

    def _test(self, node: nodes.Test, scope: Scope) -> Shape:
        if node.name not in TESTS:
            known = ", ".join(name for name in TESTS if name.isalpha())
            return self.problem(
                node, scope, f"unknown test {node.name!r}", f"Known tests: {known}."
            )
        self.shape(node.node, scope)
        for argument in node.args:
            self.shape(argument, scope)
        return TRUTH

    def _compare(self, node: nodes.Compare, scope: Scope) -> Shape:
        left = self.shape(node.expr, scope)
        for operand in node.ops:
            ordered = operand.op in ("lt", "lteq", "gt", "gteq")
            if ordered:
                left = self.present(node.expr, scope)
            needed = ordered or operand.op in ("in", "notin")
            right = (self.present if needed else self.shape)(operand.expr, scope)
            holder = right.each if operand.op in ("in", "notin") and right.each else right
            if not _comparable(left.kind, holder.kind):
                self.problem(node, scope, f"compares a {left.kind} with a {holder.kind}")
        return TRUTH

    def _and(self, node: nodes.And, scope: Scope) -> Shape:
        left = self.shape(node.left, scope)
        return _either(left, self.shape(node.right, scope.inner(when_true(node.left))))

    def _or(self, node: nodes.Or, scope: Scope) -> Shape:
        left = self.shape(node.left, scope).there()
        return _either(left, self.shape(node.right, scope.inner(when_false(node.left))))

    def _not(self, node: nodes.Not, scope: Scope) -> Shape:
        self.shape(node.node, scope)
        return TRUTH

    def _condexpr(self, node: nodes.CondExpr, scope: Scope) -> Shape:
        self.condition(node.test, scope)
        yes = self.shape(node.expr1, scope.inner(when_true(node.test)))
        if node.expr2 is None:
            return self.problem(node, scope, "an inline if needs an else")
        return _either(yes, self.shape(node.expr2, scope.inner(when_false(node.test))))

    def _concat(self, node: nodes.Concat, scope: Scope) -> Shape:
        for part in node.nodes:
            self.printable(part, scope)
        return TEXT

    def _number(self, node: nodes.BinExpr, scope: Scope) -> Shape:
        kinds = {self.present(side, scope).kind for side in (node.left, node.right)}
        if wrong := kinds.difference(NUMBERS):
            remedy = "Join texts with `~`." if Kind.TEXT in wrong else ""
            return self.problem(node, scope, f"calculates with a {min(wrong)}", remedy)
        return Shape(Kind.MONEY) if Kind.MONEY in kinds else NUMBER

    _add = _sub = _mul = _div = _floordiv = _mod = _number

    def _neg(self, node: nodes.Neg, scope: Scope) -> Shape:
        return self.present(node.node, scope)

    _pos = _neg

    def _list(self, node: nodes.List | nodes.Tuple, scope: Scope) -> Shape:
        shapes = [self.present(item, scope) for item in node.items]
        if any(shape.kind in (Kind.LIST, Kind.RECORD, Kind.MACRO) for shape in shapes):
            return self.problem(node, scope, "a list here holds texts and numbers only")
        each = shapes[0] if shapes else FREE
        return Shape(Kind.LIST, each=each if all(s.kind is each.kind for s in shapes) else FREE)

    _tuple = _list

    def _call(self, node: nodes.Call, scope: Scope) -> Shape:
        if isinstance(node.node, nodes.Name) and node.node.name in ("super", "caller", "range"):
            for argument in node.args:
                self.present(argument, scope)
            return Shape(Kind.LIST, each=NUMBER) if node.node.name == "range" else TEXT
        callee = self.present(node.node, scope)
        if isinstance(callee, MacroShape):
            return self.call_macro(callee, node, scope)
        shapes = [self.present(argument, scope) for argument in node.args]
        if callee.kind in (Kind.MACRO, Kind.FREE):
            return shapes[0] if shapes else TEXT
        what = path_of(node.node) or "this"
        return self.problem(
            node, scope, f"{what} can't be called", "Only macros, range and skip can."
        )


def _either(one: Shape, other: Shape) -> Shape:
    """The shape of a value that is one or the other."""
    maybe = one.maybe or other.maybe
    if one.kind is other.kind:
        return replace(one, maybe=maybe, variable=one.variable and other.variable)
    if {one.kind, other.kind} <= {Kind.TEXT, Kind.LINK}:
        return Shape(Kind.TEXT, maybe=maybe)
    known = [shape for shape in (one, other) if shape.kind is not Kind.FREE]
    if len(known) == 1:
        return replace(known[0], maybe=maybe)
    return Shape(Kind.FREE, maybe=maybe)


def _comparable(one: Kind, other: Kind) -> bool:
    if Kind.FREE in (one, other) or one is other:
        return True
    return {one, other} <= {Kind.TEXT, Kind.LINK} or {one, other} <= {Kind.NUMBER, Kind.MONEY}
