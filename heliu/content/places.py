"""Finding the column Jinja does not tell: where on a line a word of a tag stands."""

import re

from heliu.errors import Place


def place_of(path: str, source: str, line: int, word: str = "") -> Place:
    """The place of a word inside a tag, on this line or the few the tag goes on for.

    Column 0 (the whole line) where it isn't found.

    >>> str(place_of("x.txt", "name: {{ profile.nmae }}", 1, "profile.nmae"))
    'x.txt:1:10'
    """
    lines = source.splitlines()
    for number in range(line, min(line + 6, len(lines) + 1)):
        column = _column(lines[number - 1], word, follows=number > line)
        if column:
            return Place(path, number, column)
    return Place(path, line, _column(lines[line - 1], "", False) if 0 < line <= len(lines) else 0)


def _column(text: str, word: str, follows: bool) -> int:
    if not word:
        found = re.search(r"\{[{%]", text)
        return found.start() + 1 if found else 0
    for found in re.finditer(rf"(?<![\w.]){re.escape(word)}(?!\w)", text):
        before = text[: found.start()]
        opened = max(before.rfind("{{"), before.rfind("{%"))
        closed = max(before.rfind("}}"), before.rfind("%}"))
        if opened > closed or (follows and opened == closed == -1):
            return found.start() + 1
    return 0
