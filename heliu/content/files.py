"""Template files: found under every root, a later root's file in place of an earlier one's."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from heliu.documents import Problems
from heliu.errors import Place

FOLDER = Path("templates") / "messages"
ENDINGS = (".txt", ".html")
MAX_SOURCE = 65_536  # characters


@dataclass(frozen=True)
class TemplateFile:
    """One file: its name below `templates/messages`, where it is, and what it says."""

    name: str
    path: str
    text: str

    @property
    def variant(self) -> tuple[str, str] | None:
        """(content, channel) of a variant; None of a base or a part (`_…`)."""
        parts = self.name.split("/")
        if len(parts) != 2 or any(part.startswith("_") for part in parts):
            return None
        return Path(parts[1]).stem, parts[0]


def read_files(roots: Sequence[Path], problems: Problems) -> dict[str, TemplateFile]:
    """Every template by name.

    Args:
        roots: Folders that may hold `templates/messages`, defaults first.
        problems: Takes what can't be read.
    """
    found: dict[str, TemplateFile] = {}
    for root in roots:
        folder = root / FOLDER
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in ENDINGS:
                name = path.relative_to(folder).as_posix()
                text = _read(path, problems)
                if text is not None:
                    found[name] = TemplateFile(name, shown(path), text)
    return found


def shown(path: Path) -> str:
    """A path as people see it: from where they are, if it is below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return os.fspath(path)


def _read(path: Path, problems: Problems) -> str | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.add(
            Place(shown(path)), f"can't be read: {type(error).__name__}", "Save it as UTF-8 text."
        )
        return None
    if len(text) > MAX_SOURCE:
        problems.add(Place(shown(path)), f"longer than {MAX_SOURCE:,} characters")
        return None
    return text
