"""People told of in every table: one number makes all of a person's rows and values."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

import models

NOW = datetime(2025, 10, 1, 2, tzinfo=UTC)
Rows = list[tuple[type[SQLModel], dict[str, Any]]]
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫", ("伟国", "秀英", "建军", "晓梅", "志强")


class Townsman:
    """A person of two living records, one that left its source, and something in every table.

    Args:
        n: From 1; ids, keys and values follow from it.
    """

    def __init__(self, n: int) -> None:
        self.n = n
        self.id = n * 10
        self.records = [self.id, self.id + 1, self.id + 2]  # the last is gone from its source
        self.former_id = self.id + 1
        self.name = SURNAMES[n % 12] + GIVEN[n % 5]
        self.phone = f"+86139{n:04}5{n:03}"
        self.old_phone = f"+86137{n:04}6{n:03}"
        self.email = f"wang.{n}@qq.com"
        self.unionid = f"union-{n:08}"
        self.keys = [f"crm-key-{n:05}", self.phone.removeprefix("+86"), f"gone-key-{n:05}"]
        self.order = f"ORDER-{n:06}"
        self.content = f"content-{n}"
        self.address = f"成都市第{n}街{n}号"

    @property
    def values(self) -> list[str]:
        """Every text that tells of them and of nobody else."""
        return [
            self.phone.removeprefix("+86"), self.old_phone.removeprefix("+86"), self.email,
            self.unionid, *self.keys, self.name, self.address, f"question{self.n}",
            f"openid-gone-{self.n}", f"wrote{self.n}", f"note-{self.n}-", f"form-{self.n}-",
        ]  # fmt: skip

    def rows(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        yield from self._records()
        yield from self._identity()
        yield from self._facts()
        yield from self._tags()
        yield from self._messages()

    def _records(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        said = {"姓名": self.name, "电话": self.phone, "地址": self.address}
        for place, (id_, key) in enumerate(zip(self.records, self.keys, strict=True)):
            attributes = {"values": {"name": self.name}, "name": self.name, "name_status": "ok"}
            yield models.Record, {
                "id": id_, "source": ("crm", "visits", "shop")[place], "source_pk": key,
                "version": 2 if place == 0 else 1, "content_hash": f"h{id_}", "first_run_id": 1,
                "changed_run_id": 1, "normalised_by": "k",
                "deleted_at": NOW if place == 2 else None,
                "attributes": None if place == 2 else json.dumps(attributes, ensure_ascii=False),
            }  # fmt: skip
            for version in (1, 2)[: 2 if place == 0 else 1]:
                payload = {**said, "键": key} | ({"电话": self.old_phone} if version == 1 else {})
                yield models.RecordVersion, {
                    "record_id": id_, "version": version, "content_hash": "h", "run_id": 1,
                    "payload": json.dumps(payload, ensure_ascii=False),
                }  # fmt: skip
        for source, cells in (
            ("crm", {"键": self.keys[0], "登记": "昨天"}),
            ("forms", {"电话": f"{self.phone[3:6]} {self.phone[6:]}", "问": f"question{self.n}"}),
        ):
            yield models.Quarantine, {
                "source": source, "file": "f.csv", "row_number": self.n, "reason": "no time",
                "row_hash": f"{source}{self.n}", "first_run_id": 1, "seen_at": NOW,
                "payload": json.dumps(cells, ensure_ascii=False),
            }  # fmt: skip

    def _identity(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        one, two, gone = self.records
        phone = {"type": "phone", "scope": "", "value": self.phone}
        openid = {"type": "openid", "scope": "shop", "value": f"openid-gone-{self.n}"}
        for record, type_, value, strength in (
            (one, "phone", self.phone, "medium"), (two, "phone", self.phone, "medium"),
            (one, "email", self.email, "medium"), (one, "unionid", self.unionid, "strong"),
            (one, "name_birthday", f"1990 {self.name}", "weak"),
        ):  # fmt: skip
            yield models.Identifier, {
                "record_id": record, "type": type_, "value": value, "status": "ok",
                "strength": strength,
            }  # fmt: skip
        yield (
            models.Identifier,
            {"record_id": one, **openid, "status": "blocked", "strength": "none"},
        )
        yield models.Edge, {
            "left_id": one, "right_id": two, "kind": "deterministic", **phone, "run_id": 1,
            "strength": "medium", "status": "linked", "reason": "same phone",
            "detail": json.dumps(
                [{"field": "name", "level": "exact", "weight": 5.5, "x": self.name}]
            ),
        }  # fmt: skip
        yield models.Demotion, {**openid, "holders": 2, "names": 1, "run_id": 1}
        yield models.PoisonedValue, {"record_id": one, **openid, "run_id": 1}
        yield models.StaleRecord, {"record_id": one}
        yield models.StaleValue, openid
        yield models.Decision, {
            "id": self.id, "verdict": "same", "left_id": one, "right_id": two, "who": "ops",
            "why": f"wrote{self.n}", "at": NOW, "run": 1,
        }  # fmt: skip
        yield models.Decision, {
            "id": self.id + 1, "verdict": "retract", "retracts_id": self.id, "who": "ops",
            "why": f"wrote{self.n} again", "at": NOW,
        }  # fmt: skip
        yield (
            models.ReviewItem,
            {
                "left_id": one,
                "right_id": two,
                **phone,
                "reason": "names differ",
                "opened_run_id": 1,
            },
        )
        yield models.Profile, {
            "id": one, "component_id": one, "records": 2, "sources": 2, "name": self.name,
            "phone": self.phone, "email": self.email, "text_1": self.address,
            "created_run_id": 1, "changed_run_id": 1,
        }  # fmt: skip
        for record, to in ((one, None), (two, None), (gone, 2)):
            yield (
                models.Membership,
                {"record_id": record, "from_run_id": 1, "profile_id": one, "to_run_id": to},
            )
        yield (
            models.Alias,
            {"old_id": self.former_id, "from_run_id": 1, "profile_id": one, "reason": "merge"},
        )
        yield models.Handover, {"profile_id": gone, "record_id": one, "run_id": 2}
        yield models.GoldenValue, {
            "profile_id": one, "attribute": "name", "value": self.name, "record_id": one,
            "rule": "newest",
        }  # fmt: skip
        yield (
            models.ProfileEvent,
            {"run_id": 1, "profile_id": one, "what": "created", "happened_at": NOW},
        )
        yield models.Touched, {"profile_id": one, "reason": "fact", "run_id": 1}

    def _facts(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        one, two, _ = self.records
        yield models.Event, {
            "profile_id": one, "at": NOW, "id": self.id, "record_id": two, "source": "visits",
            "type": "login", "text_1": f"note-{self.n}-",
        }  # fmt: skip
        yield (
            models.EventPayload,
            {"event_id": self.id, "payload": json.dumps({"备注": f"note-{self.n}-"})},
        )
        yield models.Order, {
            "number": self.order, "record_id": two, "profile_id": one, "source": "shop",
            "item": f"note-{self.n}-", "amount_fen": 49900, "quantity": 1,
            "channel": f"note-{self.n}-", "ordered_at": NOW,
        }  # fmt: skip
        yield models.Refund, {
            "number": f"R{self.n}", "order_number": self.order, "source": "shop",
            "amount_fen": 100, "refunded_at": NOW,
        }  # fmt: skip
        yield models.Consent, {
            "id": self.id, "record_id": one, "profile_id": one, "channel": "email",
            "topic": "marketing", "granted": True, "at": NOW, "source": "crm",
            "evidence": f"form-{self.n}-",
        }  # fmt: skip
        yield models.Suppression, {"record_id": one, "reason": "opt-out", "since_at": NOW}
        yield (
            models.Suppression,
            {"address": self.email.upper(), "reason": "bounce", "since_at": NOW},
        )

    def _tags(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        carries = {"profile_id": self.id, "tag": "vip", "run_id": 1}
        yield models.ProfileTag, {**carries, "since_at": NOW}
        yield models.TagChange, {**carries, "entered": True, "at": NOW, "cause": "facts"}
        yield models.HandTag, {
            "record_id": self.records[1], "profile_id": self.id, "tag": "vip", "holds": True,
            "who": "desk", "why": f"note-{self.n}-", "at": NOW,
        }  # fmt: skip

    def _messages(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        yield models.Content, {
            "hash": self.content, "channel": "email", "template_hash": "t",
            "body": f"{self.name}，您好", "created_at": NOW,
        }  # fmt: skip
        for number, (campaign, hash_) in enumerate((("own", self.content), ("all", "shared"))):
            for profile in (self.id, self.former_id)[: 2 - number]:
                yield models.Recipient, {
                    "campaign": campaign, "occurrence": "d", "profile_id": profile,
                    "channel": "email", "address": self.email, "content_hash": hash_,
                }  # fmt: skip
            yield models.Message, {
                "id": self.id + number, "campaign": campaign, "occurrence": "d",
                "profile_id": self.id, "channel": "email", "address": self.email,
                "topic": "marketing", "content_hash": hash_, "not_before_at": NOW,
                "status": "accepted", "provider_id": f"p{self.n}-{number}", "created_at": NOW,
                "changed_at": NOW, "run_id": 1,
            }  # fmt: skip
        yield models.Attempt, {
            "message_id": self.id, "number": 1, "channel": "email", "started_at": NOW,
            "outcome": "accepted",
        }  # fmt: skip
        yield models.Receipt, {
            "message_id": self.id, "channel": "email", "provider_id": f"p{self.n}-0",
            "kind": "delivered", "at": NOW, "payload": json.dumps({"to": self.email}),
        }  # fmt: skip
        yield models.Receipt, {  # nobody's message was found for it
            "channel": "sms", "provider_id": f"x{self.n}", "kind": "replied", "at": NOW,
            "payload": json.dumps({"mobile": self.phone.removeprefix("+86"), "text": "TD"}),
        }  # fmt: skip


TOWN: Rows = [
    (models.Run, {"flow": "nightly", "as_of_at": NOW, "now_at": NOW, "started_at": NOW}),
    *(
        (
            models.Campaign,
            {
                "name": name, "title": name, "segment": "s", "topic": "t", "file_hash": "f",
                "run_id": 1,
            },
        )
        for name in ("own", "all")
    ),
    *(
        (
            models.Audience,
            {
                "campaign": name, "occurrence": "d", "segment": "s", "as_of_at": NOW,
                "frozen_at": NOW, "size": 3, "run_id": 1,
            },
        )
        for name in ("own", "all")
    ),
    (
        models.Content,
        {
            "hash": "shared", "channel": "email", "template_hash": "t", "body": "各位好",
            "created_at": NOW,
        },
    ),
]  # fmt: skip


def settle(engine: sa.Engine, *people: Townsman) -> None:
    """Write the town and these people's rows, parents first."""
    rows: Rows = [*TOWN, *(row for person in people for row in person.rows())]
    order = list(SQLModel.metadata.sorted_tables)
    with engine.begin() as connection:
        for model, values in sorted(rows, key=lambda row: order.index(row[0].__table__)):
            table = model.__table__  # type: ignore[attr-defined]
            known = {name: value for name, value in values.items() if name in table.c}
            row = model(**known)
            filled = {column.name: getattr(row, column.name) for column in table.c}
            if filled.get("id", 0) is None:
                del filled["id"]
            connection.execute(sa.insert(table).values(filled))


def everything(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in SQLModel.metadata.tables.items()
        }
