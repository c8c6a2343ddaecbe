"""Write the tables of docs/tag-library.md from the rules: `python examples/list_tags.py`.

`--check` writes nothing and fails where the page says otherwise.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRM = ROOT / "examples" / "firm"
PAGE = ROOT / "docs" / "tag-library.md"
BEGIN, END = "<!-- from examples/list_tags.py -->\n", "<!-- until here -->\n"

sys.path.insert(0, str(ROOT))  # it is run as a script

from heliu.rules.library import SegmentRule, TagRule  # noqa: E402
from tasks.firm import Firm, check_firm  # noqa: E402


def tables(firm: Firm) -> str:
    """Every tag by group, and every segment, as Markdown."""
    rules = firm.tags.tags.values()
    names = [*firm.groups, *sorted({rule.group or "" for rule in rules} - set(firm.groups))]
    parts = []
    for group in names:
        mine = sorted((rule for rule in rules if (rule.group or "") == group), key=_turn)
        if mine:
            parts.append(f"### {firm.groups.get(group, group)}\n\n" + "".join(_tags(mine)))
    parts.append("## The segments\n\n" + "".join(_segments(list(firm.segments.values()))))
    return "\n" + "\n".join(parts) + "\n"


def _turn(rule: TagRule) -> tuple[int, str]:
    return (rule.order or 0, rule.name)


def _tags(rules: Sequence[TagRule]) -> Iterator[str]:
    exclusive = rules[0].order is not None
    if exclusive:
        yield "At most one a person: of those that hold, the first.\n\n"
    yield "| tag | 标题 | holds for | |\n|---|---|---|---|\n"
    for rule in rules:
        yield f"| `{rule.name}` | {rule.title} | {rule.says} | {', '.join(_marks(rule))} |\n"


def _marks(rule: TagRule) -> Iterator[str]:
    """What else the file says, and whose it is."""
    if (FIRM / "rules" / "tags" / f"{rule.name}.yaml").is_file():
        yield "this firm's"
    for key in ("manual", "local"):
        if getattr(rule, key):
            yield key
    if rule.expires_seconds:
        yield f"expires after {rule.expires_seconds // 86_400}d"
    if rule.max_age_seconds:
        yield f"not older than {rule.max_age_seconds // 3_600}h"


def _segments(rules: Sequence[SegmentRule]) -> Iterator[str]:
    yield "| segment | 标题 | selects |\n|---|---|---|\n"
    for rule in sorted(rules, key=lambda rule: rule.name):
        yield f"| `{rule.name}` | {rule.title} | {rule.says} |\n"


def renewed(page: str, firm: Firm) -> str:
    """The page with its tables as the rules are now."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return before + BEGIN + tables(firm) + END + after


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or compare; 1 where it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    os.environ["HELIU_FIRM"] = str(FIRM)
    page = PAGE.read_text(encoding="utf-8")
    fresh = renewed(page, check_firm())
    if not options.check:
        PAGE.write_text(fresh, encoding="utf-8")
        return 0
    if fresh != page:
        print("docs/tag-library.md differs: run python examples/list_tags.py")
    return int(fresh != page)


if __name__ == "__main__":
    sys.exit(main())
