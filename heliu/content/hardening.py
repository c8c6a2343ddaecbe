"""What is changed in a template's syntax tree before it is compiled.

Loops are counted, `~` is bounded, the text parts of a message are kept out of
its document, and constants of an imported theme are written in, so that thirty
colours cost nothing when a message is rendered.
"""

from collections.abc import Iterator, Mapping

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer

# Parts of a message beside its document, always text and printed nowhere else: `letter` is
# all of the text beside an HTML document, with `plain` in its midst.
TEXT_PARTS = ("subject", "letter", "plain")

# Filters no template can name.
STEPS, JOIN = " steps", " join"


def imported(tree: nodes.Template) -> Iterator[str]:
    """Names of templates imported whole: `{% import "…" as theme %}`."""
    for node in tree.find_all(nodes.Import):
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            yield node.template.value


def hardened(
    tree: nodes.Template, environment: Environment, modules: Mapping[str, nodes.Template | None]
) -> nodes.Template:
    """The tree as it is to be compiled.

    Args:
        tree: A template as it was written; it is changed.
        environment: Whose it is.
        modules: What it imports whole, by name.
    """
    constants: dict[str, dict[str, str]] = {}
    stored = [name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"]
    for node in tree.find_all(nodes.Import):
        if isinstance(node.template, nodes.Const) and node.target not in stored:
            module = None if node.target in constants else modules.get(node.template.value)
            constants[node.target] = _constants(module) if module else {}
    tree = _Harden(constants).visit(tree)
    tree.set_environment(environment)
    return tree


def _constants(module: nodes.Template) -> dict[str, str]:
    """Texts a template sets once, at its top, to something written there."""
    found = {
        node.target.name: node.node.value
        for node in module.body
        if isinstance(node, nodes.Assign)
        and isinstance(node.target, nodes.Name)
        and isinstance(node.node, nodes.Const)
        and isinstance(node.node.value, str)
    }
    stored = [name.name for name in module.find_all(nodes.Name) if name.ctx != "load"]
    return {name: text for name, text in found.items() if stored.count(name) == 1}


class _Harden(NodeTransformer):
    def __init__(self, constants: Mapping[str, Mapping[str, str]]) -> None:
        self.constants = constants
        self.inside_part = False

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        text = self.constants.get(owner, {}).get(node.attr)
        if text is None:
            return self.generic_visit(node)
        return nodes.Const(text, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, STEPS, [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        values = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(values, JOIN, [], [], None, None, lineno=node.lineno)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        if node.name not in TEXT_PARTS:
            return self.generic_visit(node)
        outer, self.inside_part = self.inside_part, True
        self.generic_visit(node)
        self.inside_part = outer
        plain = nodes.Keyword("autoescape", nodes.Const(False), lineno=node.lineno)
        if not node.required:
            node.body = [nodes.ScopedEvalContextModifier([plain], node.body, lineno=node.lineno)]
        if outer:
            return node
        return nodes.If(nodes.Const(False), [node], [], [], lineno=node.lineno)
