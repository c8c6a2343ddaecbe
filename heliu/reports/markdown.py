"""Tables as Markdown, for Prefect's artifacts."""

from heliu.reports.page.parts import Table


def markdown_table(table: Table) -> str:
    """A table whose cells are text and nothing else: no link, no markup."""
    rule = ["---:" if column.kind == "number" else "---" for column in table.columns]
    lines = [[column.title for column in table.columns], rule, *table.rows]
    return "\n".join("| " + " | ".join(map(plain, line)) + " |" for line in lines)


def plain(text: str) -> str:
    """Text that breaks neither a table's cell nor a line, and marks nothing up."""
    for mark in ("\\", "|", "[", "]", "*", "_", "<", "`"):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
