"""A small firm in a database, and folders of templates, for the tests of this room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.content.context import CampaignContext, FirmContext
from heliu.content.library import ContentLibrary, load_contents
from heliu.content.render import render_audience
from heliu.documents import Problems
from models.bulk import bulk_insert
from models.database import writing

PROJECT = Path(__file__).parents[3]
ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2025, 10, 1, 0, 0, tzinfo=ZONE)
NOW = datetime(2025, 10, 1, 10, 0, tzinfo=ZONE)
FIRM = FirmContext(
    "合流学堂", "【合流学堂】", "400-000-0000", "示例路 1 号", "https://school.example"
)
OCCURRENCE = "2025-10-01"

BASE = """\
{% block brand %}{{ firm.brand }}{% endblock %}
{% block body required %}{% endblock %}
{% block optout %}{% if campaign.topic == "marketing" %}回复 TD 退订{% endif %}{% endblock %}
"""


def seconds(text: str) -> int:
    """Epoch seconds of a time in the firm's zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def text_with(body: str) -> str:
    """A folder variant whose body this is."""
    return f'{{% extends "folder/_base.txt" %}}\n{{% block body %}}\n{body}\n{{% endblock %}}\n'


@dataclass
class World:
    """A firm's database filled with what a test names, and nothing else that matters."""

    engine: sa.Engine

    def put(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        columns = list(rows[0])
        with writing(self.engine) as connection:
            bulk_insert(connection, table, columns, [[row[c] for c in columns] for row in rows])

    def people(self, *rows: dict[str, Any]) -> None:
        base = {"records": 1, "sources": 1, "created_run_id": 1, "changed_run_id": 1}
        base |= {"name": None, "city": None, "interest": None, "company": None}
        self.put("profile", [base | {"created_at": seconds("2024-01-01")} | row for row in rows])

    def products(self) -> None:
        base = {"category": None, "valid_from": None, "valid_to": None, "run_id": 1}
        courses = [
            {"key": "accounting", "title": "会计初级", "price_fen": 129900, "category": "财会"},
            {"key": "hr", "title": "人力资源管理师", "price_fen": 199000},
            {"key": "nanny", "title": "育婴师", "price_fen": 88800},
            {"key": "welder", "title": "焊工证", "price_fen": 69900, "valid_to": "2025-09-30"},
        ]
        links = [{"link": f"https://school.example/c/{course['key']}"} for course in courses]
        rows = [base | course | link for course, link in zip(courses, links, strict=True)]
        self.put("product", rows)

    def order(self, number: str, profile: int, **said: Any) -> None:
        row = {"number": number, "record_id": profile, "profile_id": profile, "source": "test"}
        row |= {"item": "accounting", "amount_fen": 129900, "paid_at": None}
        self.put("orders", [row | {"ordered_at": seconds("2025-09-28")} | said])

    def refund(self, order: str, at: str, amount_fen: int | None = 129900) -> None:
        row = {"number": f"R{order}", "order_number": order, "source": "test"}
        self.put("refund", [row | {"amount_fen": amount_fen, "refunded_at": seconds(at)}])

    def views(self, profile: int, item: str, *days: str) -> None:
        row = {"profile_id": profile, "record_id": profile, "source": "test", "type": "course_view"}
        at = [(seconds(day), hash((profile, item, day)) % 2**62) for day in days]
        self.put("event", [row | {"item": item, "at": when, "id": key} for when, key in at])

    def tagged(self, profile: int, *tags: str) -> None:
        rows = [{"profile_id": profile, "tag": tag, "since_at": 1, "run_id": 1} for tag in tags]
        self.put("profile_tag", rows)

    def campaign(self, content: str, **said: Any) -> CampaignContext:
        return CampaignContext(name=content, title="秋季学习季", content=content, **said)

    def audience(
        self, campaign: CampaignContext, *recipients: tuple[int, str | None], decided: bool = True
    ) -> None:
        """Freeze and decide: (profile id, channel), channel None for a person left out."""
        now, name = int(NOW.timestamp()), campaign.name
        row = {"name": name, "title": campaign.title, "segment": "all", "topic": campaign.topic}
        self.put("campaign", [row | {"status": "active", "file_hash": "0", "run_id": 1}])
        row = {"campaign": name, "occurrence": OCCURRENCE, "segment": "all", "plan_hash": ""}
        row |= {"as_of_at": int(AS_OF.timestamp()), "frozen_at": now, "size": len(recipients)}
        self.put("audience", [row | {"decided_at": now if decided else None, "run_id": 1}])
        columns = ["campaign", "occurrence", "profile_id", "channel", "address", "reason"]
        rows = [
            (name, OCCURRENCE, key, channel, channel and str(key), None if channel else "holdout")
            for key, channel in recipients
        ]
        self.put("recipient", [dict(zip(columns, row, strict=True)) for row in rows])

    def render(
        self, library: ContentLibrary, campaign: CampaignContext, **said: Any
    ) -> dict[str, int]:
        options: dict[str, Any] = {"as_of": AS_OF, "now": NOW, "run_id": 1, "zone": ZONE} | said
        return dict(render_audience(self.engine, library, campaign, OCCURRENCE, FIRM, **options))

    def told(self) -> dict[int, sa.Row[Any]]:
        """Profile id to the row (subject, body, plain, reason, detail, content_hash)."""
        statement = sa.text(
            "SELECT r.profile_id, c.subject, c.body, c.plain, r.reason, r.detail, r.content_hash "
            "FROM recipient r LEFT JOIN content c ON c.hash = r.content_hash"
        )
        with self.engine.connect() as connection:
            return {row.profile_id: row for row in connection.execute(statement)}

    def everything(self) -> list[list[tuple[Any, ...]]]:
        """All that rendering writes, to hold against another time."""
        tables = ("recipient", "content", "template_version", "audience")
        with self.engine.connect() as connection:
            return [
                sorted(
                    (tuple(row) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))),
                    key=repr,
                )
                for table in tables
            ]


@pytest.fixture
def world(engine: sa.Engine) -> World:
    """On both kinds of database."""
    return World(engine)


@pytest.fixture
def sqlite_world(sqlite_engine: sa.Engine) -> World:
    return World(sqlite_engine)


@pytest.fixture(scope="session")
def defaults() -> ContentLibrary:
    """The project's own contents."""
    problems = Problems()
    library = load_contents([PROJECT], problems)
    problems.raise_if_any()
    return library


@dataclass
class Shelf:
    """A folder of templates being written."""

    root: Path

    def write(self, name: str, text: str) -> "Shelf":
        path = self.root / "templates" / "messages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def body(self, text: str, content: str = "hello") -> "Shelf":
        """Write a folder variant with this body."""
        return self.write(f"folder/{content}.txt", text_with(text))

    def load(self, *roots: Path) -> tuple[ContentLibrary, list[str]]:
        """The library, and its problems as `line:column: says`."""
        problems = Problems()
        library = load_contents([*roots, self.root], problems)
        return library, [f"{p.place.line}:{p.place.column}: {p.says}" for p in problems.found]

    def library(self) -> ContentLibrary:
        library, problems = self.load()
        assert problems == []
        return library


@pytest.fixture
def make_shelf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Shelf]:
    return lambda: Shelf(tmp_path_factory.mktemp("firm")).write("folder/_base.txt", BASE)


@pytest.fixture
def shelf(make_shelf: Callable[[], Shelf]) -> Shelf:
    """A folder with a base for text."""
    return make_shelf()
