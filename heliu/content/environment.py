"""The sandbox templates run in: plain data in, bounded text out, nothing else in reach.

Safer and faster than Jinja's own, for one reason: a context is plain data, so
`profile.name` is a dictionary's key and never an attribute of a Python object
(Jinja tries the attribute first). What a template may call is its macros,
blocks, `range` and `skip`. Work is counted, not timed, so that a template is
refused on every machine or on none; CPU time is only the last resort.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import MethodType
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, nodes, pass_eval_context
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.lexer import TokenStream
from jinja2.nodes import EvalContext
from jinja2.runtime import (
    BlockReference,
    Context,
    LoopContext,
    Macro,
    TemplateReference,
    Undefined,
    markup_join,
    str_join,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from heliu.content.filters import FILTERS, MAX_TEXT, bounded_total
from heliu.content.hardening import JOIN, STEPS, hardened, imported
from heliu.content.places import located

MAX_STEPS = 2_000  # rounds of loops and calls of macros in one message
MAX_RANGE = 200
MAX_OUTPUT = 262_144  # characters of one message
MAX_CPU_SECONDS = 5.0
MAX_NUMBER = 2**63

TESTS = ("defined", "undefined", "none", "odd", "even", "in", "eq", "==", "ne", "!=")
JINJA_OBJECTS = (LoopContext, TemplateModule, TemplateReference, Undefined)
CHUNKS = 256  # of output, looked at together
PRINTABLE = frozenset({str, int, float, Markup})


Block = Callable[[Context], Iterator[str]]


class SkipMessage(TemplateError):
    """The template itself says that this person gets no message."""


class EmptyBody(TemplateError):
    """The `body` block printed nothing for this person."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with the dictionary's key first and no way to anything else."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__(
            loader=DictLoader(sources),
            autoescape=lambda name: bool(name and name.endswith(".html")),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.do"],
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self.sources = sources
        self.filters = {name: rule.function for name, rule in FILTERS.items()}
        self.filters |= {STEPS: self._steps, JOIN: _join}
        self.tests = {name: self.tests[name] for name in TESTS}
        self.globals = {"range": limited_range, "skip": skip}
        self._spent = threading.local()

    def tree(self, source: str, name: str) -> nodes.Template:
        """The template as it was written, for checking."""
        return super()._parse(source, name, name)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return hardened(tree, self, {module: self._source(module) for module in imported(tree)})

    def _tokenize(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        tokens = located(self.lexer.tokeniter(source, name, filename, state), source)
        return TokenStream(self.lexer.wrap(tokens, name, filename), name, filename)

    def _source(self, name: str) -> nodes.Template | None:
        source = self.sources.get(name)
        return None if source is None else self.tree(source, name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key of plain data; an attribute only of Jinja's own loop, block and macro objects."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        if type(obj) is TemplateModule and attribute[0] != "_" and attribute in obj.__dict__:
            return obj.__dict__[attribute]  # what an imported template set
        if isinstance(obj, JINJA_OBJECTS):
            return super().getattr(obj, attribute)
        return self.unsafe_undefined(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry of plain data."""
        if type(obj) in (dict, list, str, tuple, Markup):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name="entry")
        if isinstance(obj, Undefined):
            return super().getitem(obj, argument)
        return self.unsafe_undefined(obj, "entry")

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro, a block, `loop.cycle`, `range` or `skip`."""
        own = isinstance(__obj, Macro | BlockReference) or __obj in (limited_range, skip)
        if not own and not (
            isinstance(__obj, MethodType) and isinstance(__obj.__self__, LoopContext)
        ):
            raise SecurityError("only macros, blocks, range and skip can be called")
        __self._step()
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers of a sane size; text is joined with `~`."""
        if operator == "**" or not (_is_number(left) and _is_number(right)):
            raise SecurityError(f"{operator} is for numbers")
        result = self.binop_table[operator](left, right)
        if abs(result) > MAX_NUMBER:
            raise SecurityError("a number too large")
        return result

    def parts(self, template: Template, values: dict[str, Any]) -> tuple[str, str, str]:
        """Render one message: its subject, its document, and the text beside it.

        Raises:
            jinja2.TemplateError: Something is undefined, unsafe, too much or skipped.
        """
        self._spent.steps = 0
        context = template.new_context(values)
        said: list[bool] = []
        if "body" in context.blocks:
            context.blocks["body"][0] = _noting(context.blocks["body"][0], said)
        document = _collected(template.root_render_func(context))
        # The root has run, so every template it extends has laid its blocks below ours.
        blocks = context.blocks
        beside = "letter" if "letter" in blocks else "plain"
        subject, plain = (
            _collected(blocks[part][0](context)) if part in blocks else ""
            for part in ("subject", beside)
        )
        if not said:
            raise EmptyBody("the body is empty")
        return subject, document, plain

    def _steps(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._step()
            yield value

    def _step(self) -> None:
        spent = self._spent
        spent.steps = steps = getattr(spent, "steps", 0) + 1
        if steps == 1:
            spent.since = time.thread_time()
        if steps > MAX_STEPS:
            raise SecurityError(f"more than {MAX_STEPS} rounds of loops and macros")
        if steps % 64 == 0 and time.thread_time() - spent.since > MAX_CPU_SECONDS:
            raise SecurityError(f"more than {MAX_CPU_SECONDS:.0f} s of CPU time")


def limited_range(*args: int) -> range:
    """A range of at most `MAX_RANGE` numbers."""
    numbers = range(*args)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"a range of more than {MAX_RANGE} numbers")
    return numbers


def skip(reason: str) -> None:
    """Send this person nothing, for a reason the template's author wrote."""
    raise SkipMessage(reason)


def _printable(value: Any) -> Any:
    """Let text and numbers through; a None or a list in a message is a mistake."""
    if type(value) in PRINTABLE:
        if type(value) in (str, Markup) and len(value) > MAX_TEXT:
            raise SecurityError(f"a text longer than {MAX_TEXT} characters")
        return value
    if isinstance(value, Undefined):
        return str(value)  # raises, and says what is unknown
    raise TypeError(f"{type(value).__name__} can't be printed")


@pass_eval_context
def _join(context: EvalContext, values: list[Any]) -> str:
    parts = [_printable(value) for value in values]
    bounded_total([part for part in parts if isinstance(part, str)])
    return markup_join(parts) if context.autoescape else str_join(parts)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _noting(block: Block, said: list[bool]) -> Block:
    """The same block, that notes whether it printed anything but space."""

    def noted(context: Context) -> Iterator[str]:
        for chunk in block(context):
            if not said and chunk and not chunk.isspace():
                said.append(True)
            yield chunk

    return noted


def _collected(chunks: Iterator[str]) -> str:
    """All of a rendering, a few chunks at a time, so that one without end is noticed early."""
    text = ""
    while some := list(islice(chunks, CHUNKS)):
        text += "".join(some)
        if len(text) > MAX_OUTPUT:
            raise SecurityError(f"a message longer than {MAX_OUTPUT} characters")
    return text
