"""A firm's folder written by a test, and collecting it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.documents import Problems
from heliu.sources.collect import collect_source, stop_if_too_little, survey
from heliu.sources.config import load_sources
from heliu.sources.erased import NOBODY, Erased
from heliu.sources.reader import check_headings
from heliu.sources.slots import read_slots, save_slots, vocabulary
from models import SourceDelivery
from models.database import reading, writing

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)


class Folder:
    """A firm's folder: files in, deliveries out."""

    def __init__(self, path: Path, engine: sa.Engine) -> None:
        self.path, self.engine, self.runs = path, engine, 0

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def collect(
        self,
        products: Mapping[str, str] | None = None,
        accept_less: bool = False,
        erased: Erased = NOBODY,
    ) -> dict[str, SourceDelivery]:
        self.runs += 1
        problems = Problems()
        specs = load_sources(self.path, problems)
        for spec in specs:
            check_headings(spec, problems)
        with reading(self.engine) as connection:
            taken = read_slots(connection)
        words = vocabulary(specs, taken, problems)
        problems.raise_if_any()
        with writing(self.engine) as connection:
            save_slots(connection, words, taken)
        with reading(self.engine) as connection:
            surveys = [survey(connection, spec, "") for spec in specs]
            if not accept_less:
                stop_if_too_little(connection, surveys)
        deliveries = {}
        for spec, seen in zip(specs, surveys, strict=True):
            with writing(self.engine) as connection:
                deliveries[spec.name] = collect_source(
                    connection,
                    spec,
                    seen,
                    words,
                    products or {},
                    self.runs,
                    NOW,
                    ZONE,
                    erased=erased,
                )
        return deliveries

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql))]


@pytest.fixture
def folder(tmp_path: Path, engine: sa.Engine) -> Folder:
    path = tmp_path / "firm"
    path.mkdir()
    return Folder(path, engine)


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is wrong with a sources.yaml, beside a file a.csv with columns id, name, at."""

    def check(text: str) -> list[str]:
        (tmp_path / "a.csv").write_text("id,name,at\n1,x,2025-01-01\n", encoding="utf-8")
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        problems = Problems()
        specs = load_sources(tmp_path, problems)
        for spec in specs:
            check_headings(spec, problems)
        vocabulary(specs, {}, problems)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in sorted(problems.found)]

    return check
