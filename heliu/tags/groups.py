"""What people call the groups of tags: `rules/groups.yaml`, the firm's over the defaults."""

from collections.abc import Sequence
from pathlib import Path

from heliu.documents import Problems, load_yaml
from heliu.rules.scalars import read_text


def load_groups(roots: Sequence[Path], problems: Problems) -> dict[str, str]:
    """Group → title. A group without one goes by its name; a file that isn't there names none.

    Args:
        roots: Folders that may hold `rules/groups.yaml`, the defaults first; a later one
            renames a group.
        problems: Where everything wrong is noted.
    """
    titles: dict[str, str] = {}
    for path in (root / "rules" / "groups.yaml" for root in roots):
        if not path.is_file():
            continue
        here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        value = load_yaml(path, problems, shown_as=str(here))
        if value is None:
            continue
        if not value.is_mapping:
            problems.add(value.place, "groups of tags are a mapping of group: title")
            continue
        for group, title in value.items():
            text = read_text(title, problems)
            if text is not None:
                titles[group] = text
    return titles
