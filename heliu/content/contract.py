"""Checking a whole template, with all it extends, includes and imports, before it is used."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from jinja2 import nodes

from heliu.content.context import Kind, Shape
from heliu.content.expressions import FREE, LOOP, TEXT, Expressions, MacroShape, Report, Scope
from heliu.content.presence import NO_FACTS, Facts, forget, path_of, when_false, when_true
from heliu.errors import did_you_mean

MAX_DEPTH = 8
UNSET = Shape(Kind.UNSET)
PLAIN_WORDS = {"ScopedEvalContextModifier": "autoescape", "NSRef": "namespace"}
SKIP = Shape(Kind.MACRO)
UNQUOTED = re.compile(r"=\s*$")
ADDRESS = re.compile(r"""(?:href|src|action)\s*=\s*["']\s*$""", re.IGNORECASE)
SCRIPT = re.compile(r"<\s*script|\son\w+\s*=\s*[\"']|javascript:", re.IGNORECASE)


@dataclass
class Contract:
    """Walks one variant; `trees` holds every template file by its name."""

    trees: Mapping[str, nodes.Template]
    context: Shape
    report: Report
    uses: set[str] = field(default_factory=set)  # templates pulled in, the variant's own too

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.report, self._call_macro)
        self._reading: list[str] = []

    def check(self, name: str) -> list[str]:
        """Check a variant; its chain of templates, from its own to the base."""
        chain = list(self._chain(name))
        known = dict(self.context.fields) | {"skip": SKIP}
        scope = Scope(name, known, NO_FACTS)
        for link in chain:
            # What a child sets its parents see, and every block sees what all of them set.
            scope = replace(scope, template=link)
            self._body(self.trees[link].body, scope)
        self._blocks(chain, scope)
        return chain

    def blocks(self, chain: Iterable[str]) -> dict[str, tuple[str, nodes.Block]]:
        """The blocks in force: of each name the one nearest to the variant."""
        found: dict[str, tuple[str, nodes.Block]] = {}
        for link in chain:
            for block in self.trees[link].find_all(nodes.Block):
                found.setdefault(block.name, (link, block))
        return found

    def _blocks(self, chain: list[str], scope: Scope) -> None:
        bases = {block.name for link in chain[1:] for block in self._of(link)}
        for link in chain:
            for block in self._of(link):
                inner = replace(scope.inner(), template=link)
                self._body(block.body, inner)
                if link == chain[0] and len(chain) > 1 and block.name not in bases:
                    self.expressions.problem(
                        block,
                        inner,
                        f"no base has a block {block.name!r}{did_you_mean(block.name, bases)}",
                        f"Blocks of {chain[1]}: {', '.join(sorted(bases))}.",
                    )

    def _of(self, name: str) -> Iterator[nodes.Block]:
        return self.trees[name].find_all(nodes.Block)

    def _chain(self, name: str) -> Iterator[str]:
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            self.uses.add(name)
            yield name
            extends = self.trees[name].find(nodes.Extends)
            if extends is None:
                return
            here = Scope(name, {}, NO_FACTS)
            base = self._pulled(extends, extends.template, here)
            if base in seen:
                self.expressions.problem(extends, here, f"{base} extends itself")
            if base is None or base in seen:
                return
            name = base

    def _pulled(self, node: nodes.Node, template: nodes.Expr, scope: Scope) -> str | None:
        if not (isinstance(template, nodes.Const) and isinstance(template.value, str)):
            self.expressions.problem(node, scope, "the template's name must stand here plainly")
            return None
        if template.value not in self.trees:
            near = did_you_mean(template.value, self.trees)
            self.expressions.problem(
                node,
                scope,
                f"there is no template {template.value!r}{near}",
                "Names start at templates/messages, e.g. 'email/_base.html'.",
            )
            return None
        self.uses.add(template.value)
        return template.value

    # Statements. Each returns the facts that hold after it.

    def _body(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            check = getattr(self, f"_{type(node).__name__.lower()}", None)
            if check is None:
                what = PLAIN_WORDS.get(type(node).__name__, type(node).__name__)
                self.expressions.problem(node, scope, f"{what} can't be used in a template")
            else:
                check(node, scope)

    def _block(self, node: nodes.Block, scope: Scope) -> None:
        """Blocks are checked on their own, when all names are known."""

    def _extends(self, node: nodes.Extends, scope: Scope) -> None:
        """Followed by `_chain`."""
        if node not in self.trees[scope.template].body:
            self.expressions.problem(node, scope, "extends must stand at the top, outside of if")

    def _output(self, node: nodes.Output, scope: Scope) -> None:
        before = ""
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                before = part.data
                if scope.template.endswith(".html") and SCRIPT.search(before):
                    self.expressions.problem(part, scope, "messages hold no scripts")
                continue
            if scope.template.endswith(".html"):
                self._attribute(part, before, scope)
            self.expressions.printable(part, scope)
            before = ""

    def _attribute(self, node: nodes.Node, before: str, scope: Scope) -> None:
        if UNQUOTED.search(before):
            self.expressions.problem(node, scope, "an attribute's value needs quotes around it")
        elif ADDRESS.search(before):
            kind = self.expressions.shape(node, scope).kind
            if kind not in (Kind.LINK, Kind.FREE):
                self.expressions.problem(node, scope, f"an address must be a link, not a {kind}")

    def _exprstmt(self, node: nodes.ExprStmt, scope: Scope) -> None:
        call = node.node
        plain = (
            isinstance(call, nodes.Call)
            and path_of(call.node) == "skip"
            and len(call.args) == 1
            and isinstance(call.args[0], nodes.Const)
        )
        if not plain:
            self.expressions.problem(
                node, scope, "do is for skip('reason') only, the reason written plainly"
            )

    def _if(self, node: nodes.If, scope: Scope) -> None:
        branches: list[dict[str, Shape]] = []
        otherwise: Facts = NO_FACTS
        for arm in (node, *node.elif_):
            inner = scope.inner(otherwise)
            self.expressions.condition(arm.test, inner)
            inner = inner.inner(when_true(arm.test))
            self._body(arm.body, inner)
            if not _skips(arm.body):
                branches.append(inner.names)
            otherwise |= when_false(arm.test)
        last = scope.inner(otherwise)
        self._body(node.else_, last)
        if not _skips(node.else_):
            branches.append(last.names)
        if not branches or all(_skips(arm.body) for arm in (node, *node.elif_)):
            scope.facts |= otherwise  # whoever is still here, no condition held
        elif _skips(node.else_) and not node.elif_:
            scope.facts |= when_true(node.test)
        scope.names.update(_joined(branches))

    def _for(self, node: nodes.For, scope: Scope) -> None:
        values = self.expressions.present(node.iter, scope)
        if values.kind not in (Kind.LIST, Kind.FREE):
            self.expressions.problem(node.iter, scope, f"can't loop over a {values.kind}")
        inner = scope.inner(loop=LOOP)
        self._set(node.target, values.each or FREE, inner)
        if node.test is not None:
            self.expressions.condition(node.test, inner)
            inner = inner.inner(when_true(node.test))
        self._body(node.body, inner)
        self._body(node.else_, scope.inner())

    def _set(self, target: nodes.Node, shape: Shape, scope: Scope) -> None:
        if not isinstance(target, nodes.Name):
            self.expressions.problem(target, scope, "set one plain name at a time")
        elif target.name in self.context.fields or target.name == "skip":
            self.expressions.problem(target, scope, f"{target.name!r} can't be set anew")
        else:
            scope.names[target.name] = shape
            scope.facts = forget(scope.facts, target.name)

    def _assign(self, node: nodes.Assign, scope: Scope) -> None:
        self._set(node.target, self.expressions.shape(node.node, scope), scope)

    def _assignblock(self, node: nodes.AssignBlock, scope: Scope) -> None:
        self._body(node.body, scope.inner())
        if node.filter is not None:
            self.expressions.shape(node.filter, scope)
        self._set(node.target, TEXT, scope)

    def _scope(self, node: nodes.Scope, scope: Scope) -> None:
        self._body(node.body, scope.inner())

    def _with(self, node: nodes.With, scope: Scope) -> None:
        inner = scope.inner()
        for target, value in zip(node.targets, node.values, strict=True):
            self._set(target, self.expressions.shape(value, scope), inner)
        self._body(node.body, inner)

    def _filterblock(self, node: nodes.FilterBlock, scope: Scope) -> None:
        self.expressions.shape(node.filter, scope)
        self._body(node.body, scope.inner())

    def _include(self, node: nodes.Include, scope: Scope) -> None:
        if name := self._entered(node, node.template, scope):
            names = scope.names if node.with_context else {"skip": SKIP}
            self._body(self.trees[name].body, Scope(name, dict(names), scope.facts, scope.depth))
            self._reading.pop()

    def _import(self, node: nodes.Import, scope: Scope) -> None:
        module = self._module(node, scope)
        scope.names[node.target] = FREE if module is None else Shape(Kind.RECORD, fields=module)

    def _fromimport(self, node: nodes.FromImport, scope: Scope) -> None:
        module = self._module(node, scope)
        for entry in node.names:
            name, target = (entry, entry) if isinstance(entry, str) else entry
            if module is not None and name not in module:
                self.expressions.problem(
                    node, scope, f"no {name!r} to import{did_you_mean(name, module)}"
                )
            scope.names[target] = FREE if module is None else module.get(name, FREE)

    def _module(
        self, node: nodes.Import | nodes.FromImport, scope: Scope
    ) -> dict[str, Shape] | None:
        name = self._entered(node, node.template, scope)
        if not name:
            return None
        seen = dict(self.context.fields) if node.with_context else {}
        seen["skip"] = SKIP
        inner = Scope(name, dict(seen), NO_FACTS, scope.depth)
        self._body(self.trees[name].body, inner)
        self._reading.pop()
        return {key: shape for key, shape in inner.names.items() if key not in seen}

    def _entered(self, node: nodes.Node, template: nodes.Expr, scope: Scope) -> str | None:
        name = self._pulled(node, template, scope)
        if name and (name in self._reading or name == scope.template):
            self.expressions.problem(node, scope, f"{name} pulls itself in")
            return None
        if name:
            self._reading.append(name)
        return name

    def _macro(self, node: nodes.Macro, scope: Scope) -> None:
        # A macro sees what its template sees at the end, not what its caller has.
        scope.names[node.name] = shape = MacroShape(Kind.MACRO, node=node, scope=scope)
        arguments = {argument.name: FREE for argument in node.args}
        self._run_macro(shape, arguments, scope.depth)

    def _run_macro(self, macro: MacroShape, arguments: dict[str, Shape], depth: int) -> None:
        inner = macro.scope.inner(NO_FACTS, **arguments, caller=SKIP)
        inner.facts = NO_FACTS
        inner.depth = depth + 1
        if inner.depth <= MAX_DEPTH:
            self._body(macro.node.body, inner)

    def _call_macro(self, macro: MacroShape, node: nodes.Call, scope: Scope) -> Shape:
        names = [argument.name for argument in macro.node.args]
        given = [self.expressions.present(argument, scope) for argument in node.args]
        arguments = dict(zip(names, given, strict=False))
        for keyword in node.kwargs:
            arguments[keyword.key] = self.expressions.present(keyword.value, scope)
        defaults = names[len(names) - len(macro.node.defaults) :]
        lacks = [name for name in names if name not in arguments and name not in defaults]
        strange = [name for name in arguments if name not in names]
        if lacks or strange or len(given) > len(names) or node.dyn_args or node.dyn_kwargs:
            takes = f"Its arguments: {', '.join(names) or 'none'}."
            self.expressions.problem(
                node,
                scope,
                f"{macro.node.name} is called with other arguments",
                takes,
            )
            return TEXT
        for name, value in zip(defaults, macro.node.defaults, strict=True):
            arguments.setdefault(name, self.expressions.shape(value, macro.scope))
        self._run_macro(macro, arguments, scope.depth)
        return TEXT

    def _callblock(self, node: nodes.CallBlock, scope: Scope) -> None:
        self.expressions.shape(node.call, scope)
        self._body(
            node.body, scope.inner(NO_FACTS, **{argument.name: FREE for argument in node.args})
        )


def _skips(body: list[nodes.Node]) -> bool:
    """Whether this branch always ends in `skip`."""
    return any(isinstance(node, nodes.ExprStmt) for node in body)


def _joined(branches: list[dict[str, Shape]]) -> dict[str, Shape]:
    """Names after an `if`: those every branch knows, the others unusable."""
    names = {name for branch in branches for name in branch}
    joined: dict[str, Shape] = {}
    for name in names:
        shapes = [branch.get(name, UNSET) for branch in branches]
        kinds = {shape.kind for shape in shapes}
        first = shapes[0]
        if Kind.UNSET in kinds:
            joined[name] = UNSET
        elif len(kinds) > 1:
            joined[name] = Shape(Kind.FREE, maybe=any(shape.maybe for shape in shapes))
        else:
            joined[name] = replace(first, maybe=any(shape.maybe for shape in shapes))
    return joined
