"""A seeded firm: every table a report reads, filled as the stages would fill them."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from models import DeliveryStatus, Reason
from models.bulk import bulk_insert
from models.database import writing

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 10, 1, 10, tzinfo=ZONE)
SOURCES = [
    "crm_sheet",
    "h5_form",
    "wxpay_order",
    "wecom_contact",
    "oa_fan",
    "miniprogram_user",
    "douyin_lead",
    "weibo_fan",
    "channels_fan",
]
COURSES = {
    "accounting": "会计初级",
    "hr": "人力资源管理师",
    "health": "健康管理师",
    "newmedia": "新媒体运营",
    "welder": "焊工证",
    "nanny": "育婴师",
    "fire": "消防设施操作员",
    "video": "短视频剪辑",
}
TAGS = {
    "brand.all": "合流学堂",
    "inactive.60d": "六十天未活跃",
    "value.lapsing": "高价值沉睡",
    "stage.lead": "线索",
    "stage.enrolled": "已报名",
    "order.unpaid": "下单未付",
    "exam.near": "考试临近",
    "interest.accounting": "兴趣·会计",
    "interest.hr": "兴趣·人力",
    "rfm.champion": "核心客户",
    "churn.risk": "流失风险",
    "birthday.week": "本周生日",
}
CAMPAIGNS = {"welcome_back": "欢迎回来", "unpaid_order": "未付款提醒", "course_pick": "课程推荐"}
STAGES = ["collect", "unify", "retag", "render", "distribute", "report"]
EVENTS = ["course_view", "login", "trial_lesson", "form_submit", "service", "order_created"]
STATES = ["studying", "following", "finished", "refund_pending", "complaint", None, None]


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


class Firm:
    """Writes one firm of a size; the same seed gives the same firm."""

    def __init__(
        self,
        connection: sa.Connection,
        people: int = 120,
        events: int = 900,
        runs: int = 3,
        tags: int = 12,
    ) -> None:
        self.connection = connection
        self.people, self.events, self.run_count = people, events, runs
        self.random = random.Random(7)
        self.run_ids = list(range(1, runs + 1))
        names = list(TAGS.items()) + [
            (f"extra.{n}", f"细分标签 {n}") for n in range(max(tags - 12, 0))
        ]
        self.tags = dict(names[:tags])

    def put(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        bulk_insert(self.connection, table, columns.split(), rows)

    def write(self) -> None:
        self.runs()
        self.records_and_profiles()
        self.evidence()
        self.unifying()
        self.intake()
        self.facts()
        self.tagging()
        self.sending()

    def night(self, run: int) -> datetime:
        return NOW - timedelta(days=self.run_count - run)

    def runs(self) -> None:
        columns = "id flow as_of_at now_at dry_run status started_at finished_at error"
        self.put(
            "run",
            columns,
            [
                (
                    run,
                    "nightly",
                    seconds(self.night(run)),
                    seconds(self.night(run)),
                    False,
                    "completed",
                    seconds(self.night(run)),
                    seconds(self.night(run)) + 74,
                    None,
                )
                for run in self.run_ids
            ],
        )
        self.put(
            "run_stage",
            "run_id stage started_at finished_at milliseconds counts",
            [
                (
                    run,
                    stage,
                    seconds(self.night(run)) + n,
                    seconds(self.night(run)) + n + 1,
                    self.random.randint(400, 21_000),
                    json.dumps(
                        self.counted(run) if stage == "unify" else {"rows": 1000 + n, "new": n}
                    ),
                )
                for run in self.run_ids
                for n, stage in enumerate(STAGES)
            ],
        )

    def counted(self, run: int) -> dict[str, int]:
        """What unify counts in a run."""
        return {
            "normalised": 40 * run,
            "profiles": self.people - 5 * (self.run_count - run),
            "profiles_created": 5,
            "profiles_merged": 3 * run,
            "profiles_split": run % 3,
            "aliases_opened": 3 * run,
            "golden_values": 60,
            "touched": 12,
            "rejected phone:masked": 4,
            "rejected birthday:no such day": 2,
            "ms normalise": 900,
            "ms resolve": 300,
            "peak_mib": 210,
        }

    def records_and_profiles(self) -> None:
        records, members, profiles = [], [], []
        record_id = 0
        for _ in range(self.people):
            mine = self.random.choices([1, 2, 3, 4, 9], [55, 25, 12, 7, 1])[0]
            profile_id = record_id + 1
            sources = [self.random.choice(SOURCES) for _ in range(mine)]
            for source in sources:
                record_id += 1
                records.append((record_id, source, f"{source}-{record_id}", 1, "h", 1, 1, None))
                members.append((record_id, 1, profile_id, None))
            met = NOW - timedelta(seconds=self.random.randint(0, 700 * 86_400))
            profiles.append(
                (
                    profile_id,
                    mine,
                    len(set(sources)),
                    1,
                    1,
                    "某人",
                    "13900000000",
                    self.random.choice(STATES),
                    seconds(met),
                )
            )
        self.profile_ids = [row[0] for row in profiles]
        self.record_count = record_id
        self.put(
            "record",
            "id source source_pk version content_hash first_run_id changed_run_id deleted_at",
            records,
        )
        self.put(
            "profile",
            "id records sources created_run_id changed_run_id name phone service_state created_at",
            profiles,
        )
        self.put("membership", "record_id from_run_id profile_id to_run_id", members)
        last = self.run_ids[-1]
        happened = [
            (last, p, what, None, seconds(NOW), "")
            for n, p in enumerate(self.profile_ids[: len(self.profile_ids) // 3])
            for what in [("created", "grew", "merged")[n % 3]]
        ]
        self.put("profile_event", "run_id profile_id what other_id happened_at detail", happened)

    def evidence(self) -> None:
        statuses = ["ok"] * 8 + ["blocked", "masked", "invalid", "repaired"]
        rows = []
        for record in range(1, self.record_count + 1):
            rows.append(
                (record, "phone", "", f"1390{record:07}", self.random.choice(statuses), "medium")
            )
            if record % 3 == 0:
                rows.append((record, "unionid", "", f"u{record // 6}", "ok", "strong"))
            if record % 4 == 0:
                rows.append((record, "email", "", f"p{record}@example.com", "ok", "medium"))
        self.put("identifier", "record_id type scope value status strength", rows)
        self.put(
            "edge",
            "left_id right_id kind type scope value strength status reason run_id",
            [
                (
                    left,
                    left + 1,
                    "deterministic",
                    self.random.choice(["phone", "unionid"]),
                    "",
                    "v",
                    "medium",
                    *self.random.choices(
                        [
                            ("linked", "same value"),
                            ("refused", "two unionids"),
                            ("refused", "more than 5 names"),
                        ],
                        [12, 1, 1],
                    )[0],
                    1,
                )
                for left in range(1, self.record_count - 1, 2)
            ],
        )

    def unifying(self) -> None:
        last = self.run_ids[-1]
        self.put(
            "demotion",
            "type scope value holders names run_id",
            [
                ("phone", "", f"+86400{n:07}", 60 + n, 40 + n, last if n < 2 else 1)
                for n in range(12)
            ],
        )
        self.put(
            "poisoned_value",
            "record_id type scope value run_id",
            [(record, "phone", "", "+8613700000000", last) for record in range(1, 31)],
        )
        self.put(
            "review_item",
            "left_id right_id type scope value reason opened_run_id closed_run_id",
            [
                (n, n + 1, "phone", "", f"1390{n:07}", "names differ", 1 + n % last,
                 last if n % 4 == 0 else None)
                for n in range(1, 21)
            ],
        )  # fmt: skip
        self.put(
            "decision",
            "verdict left_id right_id scope batch who why at seen_run_id",
            [
                ("same" if n % 3 else "different", n, n + 1, "", "", "li", "", seconds(NOW), last)
                for n in range(1, 40, 2)
            ],
        )

    def intake(self) -> None:
        for run in self.run_ids:
            share = 1 if run == 1 else 0.01
            self.put(
                "source_delivery",
                "run_id source rows new changed same deleted quarantined facts",
                [
                    (
                        run,
                        source,
                        100 * n + 40,
                        int((100 * n + 30) * share),
                        4,
                        int((100 * n) * (1 - share)),
                        n % 2,
                        6 if n < 3 else 0,
                        10 * n,
                    )
                    for n, source in enumerate(SOURCES)
                ],
            )
        self.put(
            "source_state",
            "source fingerprint rows watermark_at run_id read_at",
            [
                (
                    source,
                    "f",
                    100 * n + 40,
                    None if n == 8 else seconds(NOW) - (n**4 + 9) * 3600,
                    self.run_ids[-1],
                    seconds(NOW) - 60,
                )
                for n, source in enumerate(SOURCES)
            ],
        )
        self.put(
            "quarantine",
            "source file row_number row_hash reason payload first_run_id seen_at resolved_at",
            [
                (
                    SOURCES[n % 3],
                    "f.csv",
                    n,
                    f"q{n}",
                    [
                        "expected a date such as 2025-09-30 in column 更新时间",
                        "12 columns expected, 9 found",
                    ][n % 2],
                    "{}",
                    1,
                    seconds(NOW),
                    seconds(NOW) if n == 0 else None,
                )
                for n in range(19)
            ],
        )

    def facts(self) -> None:
        columns = "profile_id at id record_id source type item"
        self.put(
            "event",
            columns,
            sorted(
                (
                    person,
                    seconds(NOW) - int(self.random.betavariate(1, 1.6) * 730 * 86_400),
                    n,
                    person,
                    "behaviour",
                    self.random.choices(EVENTS, [50, 30, 6, 5, 6, 3])[0],
                    None,
                )
                for n in range(1, self.events + 1)
                for person in [
                    self.profile_ids[int(self.random.random() ** 2 * len(self.profile_ids))]
                ]
            ),
        )
        self.put(
            "product",
            "key title category price_fen run_id",
            [(key, title, "课程", 99_900, 1) for key, title in COURSES.items()],
        )
        orders = []
        for n in range(self.people // 3):
            at = seconds(NOW) - self.random.randint(0, 720 * 86_400)
            person = self.random.choice(self.profile_ids)
            item = self.random.choice([*COURSES, "unlisted"])
            fen = self.random.choice([49_900, 99_900, 299_900])
            orders.append(
                (f"o{n}", person, person, "wxpay_order", item, fen, at, at + 60 if n % 9 else None)
            )
        self.put(
            "orders",
            "number record_id profile_id source item amount_fen ordered_at paid_at",
            orders,
        )
        self.put(
            "refund",
            "number order_number source amount_fen refunded_at",
            [
                (
                    f"r{row[0]}",
                    row[0],
                    "wxpay_order",
                    row[5],
                    min(row[7] + 86_400 * 3, seconds(NOW)),
                )
                for row in orders[1::11]
                if row[7]
            ],
        )

    def tagging(self) -> None:
        self.put(
            "tag",
            "name number title group rule_hash",
            [
                (name, n, title, name.partition(".")[0], "r")
                for n, (name, title) in enumerate(self.tags.items())
            ],
        )
        held = []
        for n, tag in enumerate(self.tags):
            share = 1 / (1 + n * 0.7)
            carriers = [p for p in self.profile_ids if self.random.random() < share]
            held += [(p, tag, seconds(NOW), self.run_ids[-1]) for p in carriers]
            for run in self.run_ids:
                drift = int(
                    len(carriers) * (1 + 0.04 * (run - self.run_count) * (1 if n % 2 else -1))
                )
                moved = 0 if n == 0 else max(len(carriers) // 25, n % 3)
                self.put(
                    "tag_count",
                    "run_id tag profiles entered left",
                    [(run, tag, drift, moved, moved // 2 + n % 2)],
                )
        self.put("profile_tag", "profile_id tag since_at run_id", held)
        self.put(
            "tag_run",
            "run_id as_of_at library_hash cuts full entered left",
            [
                (run, seconds(self.night(run)), "l", "{}", True, 40 + run, 13 + run)
                for run in self.run_ids
            ],
        )

    def sending(self) -> None:
        self.put(
            "campaign",
            "name title segment topic status file_hash run_id",
            [
                (name, title, name, "marketing", "active", "f", 1)
                for name, title in CAMPAIGNS.items()
            ],
        )
        hashes = [f"c{n}" for n in range(9)]
        self.put(
            "content",
            "hash channel template_hash subject body plain created_at",
            [(h, "folder", "t", "", "b", "", seconds(NOW)) for h in hashes],
        )
        reasons = [None] * 9 + list(Reason)
        for number, campaign in enumerate(CAMPAIGNS):
            for run in self.run_ids:
                occurrence = f"{self.night(run):%Y-%m-%d}"
                chosen = self.random.sample(self.profile_ids, len(self.profile_ids) // (3 + number))
                decided = [(p, self.random.choice(reasons)) for p in chosen]
                self.put(
                    "audience",
                    "campaign occurrence segment as_of_at frozen_at size plan_hash run_id",
                    [
                        (
                            campaign,
                            occurrence,
                            campaign,
                            seconds(self.night(run)),
                            seconds(self.night(run)),
                            len(chosen),
                            "p",
                            run,
                        )
                    ],
                )
                self.put(
                    "recipient",
                    "campaign occurrence profile_id channel address not_before_at reason detail"
                    " content_hash",
                    [
                        (
                            campaign,
                            occurrence,
                            p,
                            None if reason else "folder",
                            None if reason else str(p),
                            None if reason else seconds(NOW),
                            reason,
                            "course.title" if reason == Reason.NOT_RENDERED else None,
                            None if reason else hashes[p % 9],
                        )
                        for p, reason in decided
                    ],
                )
                self.messages(campaign, occurrence, run, [p for p, reason in decided if not reason])

    def messages(self, campaign: str, occurrence: str, run: int, people: list[int]) -> None:
        weights = {
            DeliveryStatus.ACCEPTED: 60,
            DeliveryStatus.DELIVERED: 20,
            DeliveryStatus.QUEUED: 5,
            DeliveryStatus.SUPPRESSED: 3,
            DeliveryStatus.REJECTED: 2,
            DeliveryStatus.UNKNOWN: 2,
        }
        why = {
            DeliveryStatus.SUPPRESSED: "opted_out",
            DeliveryStatus.REJECTED: "RecipientRejected 550",
            DeliveryStatus.UNKNOWN: "connection lost after DATA",
        }
        at = seconds(self.night(run))
        rows = []
        for p in people:
            status = self.random.choices(list(weights), list(weights.values()))[0]
            channel = "email" if p % 5 == 0 else "folder"
            rows.append(
                (
                    campaign,
                    occurrence,
                    p,
                    channel,
                    f"a{p}",
                    "marketing",
                    f"c{p % 9}",
                    seconds(NOW),
                    status,
                    why.get(status),
                    1,
                    at,
                    at,
                    run,
                )
            )
        self.put(
            "message",
            "campaign occurrence profile_id channel address topic content_hash"
            " not_before_at status reason attempts created_at changed_at run_id",
            rows,
        )


@pytest.fixture(scope="session")
def fill() -> Callable[..., Firm]:
    """Fill a database with the seeded firm; sizes may be named."""

    def fill(engine: sa.Engine, **sizes: int) -> Firm:
        with writing(engine) as connection:
            firm = Firm(connection, **sizes)
            firm.write()
        return firm

    return fill


@pytest.fixture(scope="session")
def zone() -> ZoneInfo:
    return ZONE


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW
