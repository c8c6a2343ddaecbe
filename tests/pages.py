"""The docs as tests read them: pages, their tables, code spans and fenced examples."""

import re
from collections.abc import Iterable
from pathlib import Path

from tasks.settings import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "examples/README.md"])
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(text: str) -> str:
    return FENCE.sub("", text)


def spans(text: str) -> list[str]:
    """What stands in backticks, outside of fences."""
    return [found.replace("\\|", "|") for found in SPAN.findall(prose(text))]


def links(text: str) -> list[str]:
    return LINK.findall(prose(text))


def shell_lines(text: str) -> list[str]:
    return [
        line for info, body in FENCE.findall(text) if info == "sh" for line in body.splitlines()
    ]


def fences(kind: str) -> list[tuple[str, str, str]]:
    """(page, rest of the info string, body) of every example of a kind."""
    found = (
        (title(page), *one) for page in PAGES for one in FENCE.findall(page.read_text("utf-8"))
    )
    return [
        (page, info.removeprefix(kind).strip(), body)
        for page, info, body in found
        if info == kind or info.startswith(f"{kind} ")
    ]


def bodies(kind: str, page: str | None = None) -> list[str]:
    """The examples of a kind, of one page or of all."""
    return [body for name, _, body in fences(kind) if page in (None, name)]


def table(name: str, heading: str, number: int = 0) -> dict[str, list[str]]:
    """The n-th table whose heading row begins so: what each first cell names → its other cells."""
    lines = iter(prose(read(name)).splitlines())
    for _ in range(number + 1):
        assert any(line.startswith(f"| {heading}") for line in lines), f"{name}: no {heading!r}"
    next(lines)  # the rule below the heading
    found: dict[str, list[str]] = {}
    for line in lines:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        found |= dict.fromkeys([first.split(" ")[0].strip("`,"), *SPAN.findall(first)], rest)
    return found


def unnamed(name: str, words: Iterable[object]) -> list[str]:
    """Words that no code span of the page is, or has as a key: `word: …`, `word.part`."""
    told = spans(read(name))
    keys = {key for span in told for key in re.findall(r"\w+(?=:)|^\w+(?=\.)", span)}
    return sorted({str(word) for word in words} - {*told, *keys})
