"""Columns, which Jinja doesn't keep: a line number that also knows how far along it is."""

import re
from collections.abc import Iterable, Iterator

from jinja2 import TemplateSyntaxError, nodes

from heliu.errors import Place

NEWLINE = re.compile(r"\r\n|\r")


class Spot(int):
    """A line, counted from 1, and the column on it; Jinja takes it for the line it is."""

    column = 0


def located(tokens: Iterable[tuple[int, str, str]], source: str) -> Iterator[tuple[int, str, str]]:
    """The lexer's tokens (line, kind, text), their lines as `Spot`s."""
    source = NEWLINE.sub("\n", source)
    position = 0
    try:
        for line, kind, text in tokens:
            position = max(source.find(text, position), position)
            yield _spot(line, source, position), kind, text
            position += len(text)
    except TemplateSyntaxError as error:  # of the lexer: at what follows the last token
        position += len(source) - position - len(source[position:].lstrip())
        error.lineno = _spot(error.lineno, source, position)
        raise


def _spot(line: int, source: str, position: int) -> Spot:
    spot = Spot(line)
    spot.column = position - source.rfind("\n", 0, position)
    return spot


def spot_of(node: nodes.Node) -> int:
    """Where an expression begins, for a path; where its operator or name stands, for others."""
    inner = node
    while isinstance(inner, nodes.Getattr | nodes.Getitem | nodes.Call):
        inner = inner.node
    return inner.lineno if isinstance(inner, nodes.Name) else node.lineno


def place_of(path: str, spot: int) -> Place:
    """A place for people: file, line and, where it is known, column."""
    return Place(path, int(spot), getattr(spot, "column", 0))
