"""A small world to plan and send in: people, consents and messages, a line each."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from heliu.channels import Accepted, AddressKind, Traits
from heliu.delivery import CampaignSpec, SendPolicy, decide_recipients, fill_outbox, freeze_audience
from models import (
    Alias,
    Attempt,
    Audience,
    Campaign,
    Consent,
    Content,
    Membership,
    Message,
    Profile,
    Recipient,
    Record,
    Suppression,
)
from models.database import reading, writing

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
FOLDER = Traits("folder", "wecom", AddressKind.PROFILE)
EMAIL = Traits("email", "email", AddressKind.EMAIL)
POLICY = SendPolicy({"folder": FOLDER, "email": EMAIL})
WIPED = (
    Attempt, Message, Recipient, Audience, Campaign, Content,
    Suppression, Consent, Alias, Membership, Profile, Record,
)  # fmt: skip


def a_campaign(name: str = "hello", **said: Any) -> CampaignSpec:
    usual: dict[str, Any] = {
        "title": name,
        "segment": "all",
        "topic": "marketing",
        "content": name,
        "channels": ("folder",),
        "file_hash": "f",
    }
    return CampaignSpec(name=name, **{**usual, **said})


class World:
    """Writes rows and reads what became of them."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.numbers = iter(range(1, 1_000_000))
        self.connection: sa.Connection | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Everything inserted inside goes into one transaction."""
        with writing(self.engine) as self.connection:
            yield
        self.connection = None

    def wipe(self) -> None:
        with writing(self.engine) as connection:
            for model in WIPED:
                connection.execute(sa.delete(model.__table__))

    def insert(self, model: Any, *rows: dict[str, Any]) -> None:
        if rows and self.connection is not None:
            self.connection.execute(sa.insert(model.__table__), list(rows))
        elif rows:
            with self.at_once():
                self.insert(model, *rows)

    def person(self, id_: int, *more_records: int, **fields: Any) -> int:
        records = [id_, *more_records]
        self.insert(Record, *(a_record(record) for record in records))
        self.insert(Profile, {"id": id_, "created_run_id": 1, "changed_run_id": 1, **fields})
        self.insert(
            Membership,
            *({"record_id": record, "from_run_id": 1, "profile_id": id_} for record in records),
        )
        return id_

    def consent(
        self,
        record: int,
        channel: str = "wecom",
        granted: bool = True,
        *,
        topic: str = "marketing",
        days_ago: float = 10,
        profile: int | None = None,
    ) -> None:
        self.insert(
            Consent,
            {
                "id": next(self.numbers),
                "record_id": record,
                "profile_id": profile or record,
                "channel": channel,
                "topic": topic,
                "granted": granted,
                "at": NOW - timedelta(days=days_ago),
                "source": "test",
            },
        )

    def suppress(self, record: int | None = None, **said: Any) -> None:
        since = NOW - timedelta(days=1)
        row = {"address": "", "channel": "*", "reason": "opt-out", "since_at": since}
        self.insert(Suppression, {"record_id": record, **row, **said})

    def alias(self, old: int, new: int) -> None:
        row = {"old_id": old, "from_run_id": 2, "profile_id": new, "reason": "merge"}
        self.insert(Alias, row)

    def contactable(self, *ids: int) -> None:
        """People whom any channel may reach."""
        for id_ in ids:
            self.person(id_, email=f"p{id_}@example.com")
            self.consent(id_)
            self.consent(id_, "email")

    def content(self, hash_: str = "c", channel: str = "folder", **said: Any) -> str:
        row = {"subject": "", "body": "【合流学堂】你好", "plain": "", "created_at": NOW}
        given = {"hash": hash_, "channel": channel, "template_hash": "t"}
        self.insert(Content, {**given, **row, **said})
        return hash_

    def freeze(self, spec: CampaignSpec, ids: Iterable[int], occurrence: str = "2025-10-01") -> int:
        members = sa.select(Profile.__table__.c.id).where(Profile.__table__.c.id.in_(list(ids)))
        with writing(self.engine) as connection:
            return freeze_audience(
                connection, spec, occurrence, members, as_of=NOW, now=NOW, run_id=1
            )

    def plan(
        self,
        spec: CampaignSpec,
        ids: Iterable[int],
        *,
        occurrence: str = "2025-10-01",
        now: datetime = NOW,
        policy: SendPolicy = POLICY,
        zone: tzinfo = SHANGHAI,
    ) -> dict[int, tuple[str | None, str | None]]:
        """Freeze and decide; profile id to (channel, reason)."""
        self.freeze(spec, ids, occurrence)
        with writing(self.engine) as connection:
            decide_recipients(connection, spec, occurrence, policy, now=now, zone=zone)
        return self.decisions(spec.name, occurrence)

    def decisions(
        self, campaign: str, occurrence: str = "2025-10-01"
    ) -> dict[int, tuple[str | None, str | None]]:
        table = Recipient.__table__.c
        with reading(self.engine) as connection:
            rows = connection.execute(
                sa.select(table.profile_id, table.channel, table.reason).where(
                    table.campaign == campaign, table.occurrence == occurrence
                )
            )
            return {id_: (channel, reason) for id_, channel, reason in rows}

    def render(self, content: str = "c") -> None:
        """Give every decided recipient the same words."""
        table = Recipient.__table__
        with writing(self.engine) as connection:
            connection.execute(
                sa.update(table).where(table.c.reason.is_(None)).values(content_hash=content)
            )

    def fill(self, campaign: str, occurrence: str = "2025-10-01") -> int:
        with writing(self.engine) as connection:
            return fill_outbox(connection, campaign, occurrence, NOW, 1)

    def outbox(self, spec: CampaignSpec, ids: Iterable[int], **said: Any) -> int:
        """Everything up to messages waiting."""
        self.plan(spec, ids, **said)
        self.render()
        return self.fill(spec.name, said.get("occurrence", "2025-10-01"))

    def rows(self, model: Any, *names: str) -> list[tuple[Any, ...]]:
        columns = [model.__table__.c[name] for name in names]
        with reading(self.engine) as connection:
            return [
                tuple(row) for row in connection.execute(sa.select(*columns).order_by(*columns))
            ]


def a_record(id_: int) -> dict[str, Any]:
    return {
        "id": id_,
        "source": "test",
        "source_pk": str(id_),
        "content_hash": "h",
        "first_run_id": 1,
        "changed_run_id": 1,
    }


@pytest.fixture
def world(engine: sa.Engine) -> World:
    return World(engine)


@pytest.fixture
def make_campaign() -> Any:
    return a_campaign


@pytest.fixture
def make_world() -> type[World]:
    return World


class ScriptedChannel:
    """A channel whose every call does what the script says; remembers what it was handed."""

    can_tell = False

    def __init__(
        self, *script: Any, batch_size: int = 1, name: str = "folder", opens: Any = None
    ) -> None:
        self.script = list(script)
        self.batch_size = batch_size
        self.name = name
        self.traits = FOLDER
        self.opens = opens
        self.handed: list[str] = []
        self.before_each: Any = lambda: None

    def __enter__(self) -> "ScriptedChannel":
        if self.opens is not None:
            raise self.opens
        return self

    def __exit__(self, *error: Any) -> None:
        """Nothing to close."""

    def send(self, batch: Any) -> list[Any]:
        self.before_each()
        self.handed += [message.key for message in batch]
        say = self.script.pop(0) if self.script else Accepted("id")
        if isinstance(say, BaseException) and not getattr(say, "of_message", False):
            raise say
        return say if isinstance(say, list) else [say] * len(batch)

    def outcome(self, message: Any) -> None:
        return None


@pytest.fixture
def scripted() -> type[ScriptedChannel]:
    return ScriptedChannel
