"""Why a message could not be rendered: template, line and variable, never a person's data."""

import re
from types import TracebackType

from jinja2 import Template, UndefinedError
from jinja2.exceptions import SecurityError

from heliu.content.environment import EmptyBody, SkipMessage
from heliu.content.files import FOLDER

# What rendering may raise for one person without anything being wrong with the run.
RENDER_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError, RecursionError)
QUOTED = re.compile(r"'(\w+)'")


def why(error: BaseException, name: str) -> str:
    """One line on a failed rendering.

    An exception's own text may repeat a value (`int('…')` does), so nothing of it is
    kept but words that stand on the template's line anyway.

    Args:
        error: What rendering raised.
        name: The variant's template, where the traceback names no other.
    """
    template, line = _where(error.__traceback__)
    source = (FOLDER / (template.name if template and template.name else name)).as_posix()
    place = f"{source}:{line}" if line else source
    return f"{place}: {_what(error, template, line)}"


def _what(error: BaseException, template: Template | None, line: int) -> str:
    if isinstance(error, SkipMessage | EmptyBody):
        return error.message or "skipped"
    if isinstance(error, SecurityError):
        return "refused by the sandbox"
    if isinstance(error, UndefinedError):
        words = _words(template, line)
        known = [word for word in QUOTED.findall(error.message or "") if word in words]
        return f"{known[-1]!r} is unknown" if known else "something is unknown"
    return type(error).__name__


def _where(traceback: TracebackType | None) -> tuple[Template | None, int]:
    """The innermost template frame of a traceback."""
    found: tuple[Template | None, int] = (None, 0)
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            found = template, template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def _words(template: Template | None, line: int) -> set[str]:
    """Words of a template's line and the two after it, as far as a tag may reach."""
    loader = template.environment.loader if template else None
    if template is None or loader is None or template.name is None:
        return set()
    source, _, _ = loader.get_source(template.environment, template.name)
    lines = source.splitlines()
    return set(re.findall(r"\w+", " ".join(lines[line - 1 : line + 2])))
