"""Steps about one person: explain, export, erase."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from heliu.delivery.previews import write_index
from heliu.errors import HeliuError
from heliu.identity.normalise import normalise_records
from heliu.identity.people.erasure import Receipt, erase, erased_ids, plan_erasure
from heliu.identity.people.explain import explain_profile
from heliu.identity.people.explanation import Explanation
from heliu.identity.people.export import write_export
from heliu.identity.people.forgotten import load_forgotten
from heliu.identity.people.lookup import Found, find_profile
from heliu.identity.people.pair import PairExplanation, explain_pair
from heliu.identity.people.person import Person, find_person, former_ids, records_of
from heliu.identity.people.shown import MASKED, PLAIN
from heliu.identity.people.traces import delete_files, delete_pages, message_files, overwrite_freed
from heliu.identity.records import NormalisedRecord
from heliu.reports.dashboard import build_dashboard
from heliu.reports.people_zh import explanation_markdown, receipt_rows
from models import Record, RecordVersion
from models.database import reading, writing
from tasks.database import database
from tasks.firm import Firm, load_firm
from tasks.forgotten import erasure_key
from tasks.leases import lease
from tasks.normalising import Reading, raw_reader
from tasks.retries import STEP
from tasks.settings import settings

RECORD = Record.__table__  # type: ignore[attr-defined]
VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
# What may have read a person before they are erased, and would write them back.
STAGES = ("collect", "unify", "retag", "render", "distribute", "report")


class Plan(NamedTuple):
    """What erasing would do; or the receipt of an erasure that has been."""

    found: Found
    counts: dict[str, int]


@contextmanager
def at_rest() -> Iterator[None]:
    """No stage runs, here or elsewhere.

    Raises:
        TransientError: One ran for too long.
    """
    with ExitStack() as held:
        for stage in STAGES:
            held.enter_context(lease(database(), stage))
        yield


def explain(text: str, show: bool = False) -> tuple[Found, Explanation | None]:
    """What an id or SOURCE:KEY means, and why; None of one that is erased or never was a profile's.

    Raises:
        UnknownId: There never was such a thing.
    """
    with reading(database()) as connection:
        found = find_profile(connection, text)
        id_ = found.profile_id or found.gone_id
        if found.receipt or id_ is None:
            return found, None
        return found, explain_profile(connection, id_, PLAIN if show else MASKED)


def explain_two(left: str, right: str, show: bool = False) -> PairExplanation:
    """Why two ids mean one person, or two.

    Raises:
        UnknownId: There never was such a thing.
    """
    with reading(database()) as connection:
        found = [find_profile(connection, text) for text in (left, right)]
        return explain_pair(connection, found[0], found[1], PLAIN if show else MASKED)


def export_person(text: str, to: Path) -> tuple[Found, int]:
    """Write everything held of a person; how many rows.

    Raises:
        HeliuError: There is no such person, or the file can't be written.
    """
    firm = load_firm()
    with reading(database()) as connection:
        found = _living(find_profile(connection, text))
        person = _person(connection, firm, found)
        try:
            return found, write_export(connection, person, to, datetime.now(UTC))
        except OSError as error:
            raise HeliuError(f"{to} can't be written: {error.strerror}") from error


def plan(text: str) -> Plan:
    """What erasing a person would take, table by table; of one erased, the receipt.

    Raises:
        HeliuError: There is no such person.
    """
    firm = load_firm()
    with reading(database()) as connection:
        found = find_profile(connection, text)
        if found.receipt:
            return Plan(found, found.receipt.counts)
        person = _person(connection, firm, _living(found))
        return Plan(found, plan_erasure(connection, person, settings().home))


def erase_person(text: str, who: str, why: str) -> tuple[Receipt, bool]:
    """Erase a person for good; the receipt, and whether they were there until now.

    Everything in the database goes in one transaction; then the files, and the bytes
    the database has freed. Broken off in between, it is finished by erasing again.

    Raises:
        HeliuError: There is no such person, or the database is busy.
    """
    firm, home = load_firm(), settings().home
    with at_rest():
        with writing(database()) as connection:
            found = find_profile(connection, text)
            if found.receipt:
                receipt, ids = found.receipt, erased_ids(connection, found.receipt.id)
            else:
                person = _person(connection, firm, _living(found))
                receipt, ids = _erase(connection, person, who, why), list(person.ids)
                delete_pages(home, person)
        delete_files(home, ids)
        overwrite_freed(database())
        _renew_pages()
    return receipt, found.receipt is None


def _erase(connection: sa.Connection, person: Person, who: str, why: str) -> Receipt:
    first = load_forgotten(connection, erasure_key) is None  # another key than theirs is refused
    secret = erasure_key(make=first)
    files = len(message_files(settings().home, person.ids))
    return erase(connection, person, secret, who=who, why=why, now=datetime.now(UTC), files=files)


def _living(found: Found) -> Found:
    """Also one whose records have all gone from their sources: their values are still here.

    Raises:
        HeliuError: They are erased.
    """
    if found.receipt:
        raise HeliuError(f"this person was erased on {found.receipt.at:%Y-%m-%d}")
    return found


def _person(connection: sa.Connection, firm: Firm, found: Found) -> Person:
    id_ = found.profile_id or found.gone_id or 0
    versions = _versions(connection, firm, records_of(connection, former_ids(connection, id_)))
    return find_person(connection, id_, versions)


def _versions(connection: sa.Connection, firm: Firm, records: list[int]) -> list[NormalisedRecord]:
    """Every version of these records, as it would be understood today."""
    rows = connection.execute(
        sa.select(RECORD.c.id, RECORD.c.source, RECORD.c.source_pk, VERSION.c.payload)
        .join(VERSION, VERSION.c.record_id == RECORD.c.id)
        .where(RECORD.c.id.in_(records))
        .order_by(RECORD.c.id, VERSION.c.version)
    )
    how = Reading(firm.sources, settings().zone, firm.titles, firm.policy, firm.words.fields)
    raw = raw_reader(how)(tuple(row) for row in rows)
    return list(normalise_records(raw, firm.policy, firm.words.fields))


def _renew_pages() -> None:
    """Make the pages again that showed samples of messages, where there were any."""
    here = settings()
    now = datetime.now(UTC)
    if (here.home / "outbox").is_dir():
        write_index(database(), here.home, here.file.firm.name, now, here.zone)
    if (here.home / "dashboard").is_dir():
        links = {"消息预览": "../outbox/index.html"}
        build_dashboard(
            database(), here.home, here.file.firm.name, here.zone, now, here.file.language, links
        )


@task(task_run_name="explain profile {profile_id}", **STEP)
def publish_explanation(profile_id: str) -> str:
    """The explanation as an artifact, masked; the id it is of."""
    found, told = explain(profile_id)
    name = str(found.profile_id or found.gone_id)
    create_markdown_artifact(
        explanation_markdown(found, told, settings().zone),
        key="heliu-explain",
        description=f"档案 {name} 的由来",
    )
    return name


@task(task_run_name="plan erasing profile {profile_id}", **STEP)
def publish_plan(profile_id: str) -> dict[str, int]:
    """What erasing would take, as an artifact: table and rows."""
    told = plan(profile_id)
    title = "已删除（回执）" if told.found.receipt else "将要删除（尚未执行）"
    create_table_artifact(receipt_rows(told.counts), key="heliu-erase", description=title)
    return told.counts


@task(task_run_name="erase profile {profile_id}", **STEP)
def erase_and_publish(profile_id: str, who: str, why: str) -> dict[str, int]:
    """Erase, and publish the receipt as an artifact: table and rows."""
    receipt, fresh = erase_person(profile_id, who, why)
    title = f"第 {receipt.id} 号删除回执" + ("" if fresh else "（此前已删除）")
    create_table_artifact(receipt_rows(receipt.counts), key="heliu-erase", description=title)
    return receipt.counts
