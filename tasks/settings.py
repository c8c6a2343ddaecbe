"""Which firm, which state, which database: heliu.toml, the firm's heliu.toml, the environment."""

import os
import tomllib
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from heliu.errors import ConfigError, Place, Problem, did_you_mean

File = TypeVar("File", bound=BaseModel)
ROOT = (
    Path(__file__).resolve().parents[1]
)  # rules/, templates/ and campaigns/ here are the defaults


class Strict(BaseModel):
    """Unknown keys are errors; values don't change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FirmInfo(Strict):
    """What customers read about the firm."""

    name: str = "示例公司"
    brand: str = "【示例公司】"
    phone: str = ""
    address: str = ""
    url: str = ""


class Sender(Strict):
    """Who signs a message."""

    name: str = "课程顾问"


class Clock(Strict):
    """A clock that stands still: for demos and rehearsals only."""

    as_of: date
    time: str = "10:00"

    @field_validator("time")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        time.fromisoformat(text)
        return text


class Cap(Strict):
    """The most messages one person gets within so many days, over all campaigns."""

    count: int = Field(default=2, ge=1)
    days: int = Field(default=7, ge=1)


class FirmFile(Strict):
    """`heliu.toml` in the firm's folder."""

    timezone: str = "Asia/Shanghai"
    language: str = Field(default="zh", pattern="^(zh|en)$")
    firm: FirmInfo = FirmInfo()
    sender: Sender = Sender()
    clock: Clock | None = None
    cap: Cap = Cap()
    channels: dict[str, dict[str, Any]] = {"folder": {"kind": "folder"}}

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"there is no time zone {name!r}; use a name such as 'Asia/Shanghai'"
            ) from error
        return name


class Retagging(Strict):
    """How a full retag is computed on this machine, or beyond it; what comes out is the same."""

    engine: str = Field(default="database", pattern="^(database|duckdb|spark)$")
    runner: str = Field(default="threads", pattern="^(threads|processes|dask)$")
    workers: int | None = Field(default=None, ge=1)  # as many as cores
    dask: str | None = None  # the scheduler's address, tcp://HOST:PORT

    @model_validator(mode="after")
    def _knows_where_dask_is(self) -> Self:
        if self.runner == "dask" and not self.dask:
            raise ValueError("runner = 'dask' needs `dask`, the scheduler's address")
        return self


class ProjectFile(Strict):
    """`heliu.toml` where the command is run: where things are."""

    firm: Path = Path("examples/firm")
    home: Path = Path(".heliu")
    database_url: str | None = None
    retag: Retagging = Retagging()


class Settings(Strict):
    """Everything a task may ask of its surroundings."""

    firm: Path
    home: Path
    database_url: str
    file: FirmFile
    retag: Retagging = Retagging()

    @property
    def zone(self) -> ZoneInfo:
        """The firm's zone: wall-clock rules are read in it."""
        return ZoneInfo(self.file.timezone)

    @property
    def roots(self) -> list[Path]:
        """Where rules, templates and campaigns are: the defaults, then the firm's own."""
        return [ROOT, self.firm]

    def clock(
        self, as_of: date | datetime | None, now: datetime | None
    ) -> tuple[datetime, datetime]:
        """The instants a run goes by: which facts it sees, and what time it sends at.

        A date means its first moment in the firm's zone. A clock that stands
        still gives what the caller doesn't.
        """
        fixed = self.file.clock
        if as_of is None:
            as_of = fixed.as_of if fixed else datetime.now(UTC)
        facts_until = self._instant(as_of)
        if now is None and fixed:
            day = facts_until.astimezone(self.zone).date()
            now = datetime.combine(day, time.fromisoformat(fixed.time), self.zone)
        return facts_until, self._instant(now or datetime.now(UTC))

    def _instant(self, when: date | datetime) -> datetime:
        if not isinstance(when, datetime):
            when = datetime.combine(when, time(), self.zone)
        if when.tzinfo is None:
            when = when.replace(tzinfo=self.zone)
        return when.astimezone(UTC)


def settings() -> Settings:
    """The settings of this process, read again when a file or the environment changes."""
    project = Path(os.environ.get("HELIU_CONFIG", "heliu.toml")).resolve()
    where = (
        _read(project, ProjectFile)
        if project.is_file()
        else ProjectFile(firm=ROOT / "examples/firm")
    )
    firm = Path(os.environ.get("HELIU_FIRM") or project.parent / where.firm).resolve()
    home = Path(os.environ.get("HELIU_HOME") or project.parent / where.home).resolve()
    url = os.environ.get("HELIU_DATABASE_URL") or where.database_url or f"sqlite:///{home}/heliu.db"
    if not firm.is_dir():
        raise ConfigError(
            [
                Problem(
                    Place(str(firm)),
                    "the firm's folder isn't there",
                    "Set HELIU_FIRM to a folder with a sources.yaml.",
                )
            ]
        )
    return Settings(firm=firm, home=home, database_url=url, file=firm_file(firm), retag=where.retag)


def firm_file(firm: Path) -> FirmFile:
    """What the `heliu.toml` of a firm's folder says; defaults where there is none."""
    file = firm / "heliu.toml"
    return _read(file, FirmFile) if file.is_file() else FirmFile()


def _read(path: Path, model: type[File]) -> File:
    return _parse(path, path.stat().st_mtime_ns, model)


@lru_cache(maxsize=64)
def _parse(path: Path, changed_at: int, model: type[File]) -> File:
    try:
        text = path.read_text(encoding="utf-8")
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Problem(Place(str(path)), f"not TOML: {error}")]) from error
    except ValidationError as error:
        raise ConfigError([_problem(path, text, model, one) for one in error.errors()]) from None


def _problem(path: Path, text: str, model: type[BaseModel], error: Any) -> Problem:
    """Where a setting stands and what is wrong with it; its value is not repeated."""
    keys = [str(part) for part in error["loc"]]
    place = Place(str(path), _line_of(text, keys))
    if error["type"] == "extra_forbidden":
        known = list(model.model_fields)
        return Problem(place, f"unknown setting {'.'.join(keys)!r}{did_you_mean(keys[-1], known)}")
    return Problem(place, f"{'.'.join(keys)}: {error['msg'].removeprefix('Value error, ')}")


def _line_of(text: str, keys: list[str]) -> int:
    """The line a TOML key stands on, under its table; 0 where it can't be told."""
    table, wanted = ".".join(keys[:-1]), keys[-1] if keys else ""
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.strip("[]").strip()
            if current == ".".join(keys):
                return number
        elif current == table and stripped.split("=")[0].strip().strip('"') == wanted:
            return number
    return 0
