"""The preview page: every campaign, its counts, some phones, nothing from outside."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from heliu.channels import open_channel
from heliu.delivery import DispatchRules, claim_due, send_claim
from heliu.delivery.previews import SAMPLES, write_index

NOW = datetime(2025, 10, 1, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def page(world, home):
    return write_index(world.engine, home, "合流学堂", NOW, SHANGHAI).read_text(encoding="utf-8")


@pytest.fixture
def sent(world, make_campaign, tmp_path):
    people = range(1, SAMPLES + 5)
    world.contactable(*people)
    world.person(99)
    world.plan(make_campaign(title="问<候>"), [*people, 99])
    for id_ in people:
        render_one(world, id_)
    world.fill("hello")
    channel = open_channel("folder", {}, tmp_path, lambda name: name)
    claim = claim_due(world.engine, "folder", NOW, 100, worker="w")
    send_claim(world.engine, claim, channel, NOW, DispatchRules(zone=SHANGHAI))
    return world


def render_one(world, id_):
    import sqlalchemy as sa

    from models import Recipient

    hash_ = world.content(f"hash{id_:03}", body=f"【合流学堂】第{id_}位<b>你好</b>")
    table = Recipient.__table__
    with world.engine.begin() as connection:
        connection.execute(
            sa.update(table).where(table.c.profile_id == id_).values(content_hash=hash_)
        )


def test_the_page_shows_counts_reasons_phones_and_links_to_files(sent, tmp_path):
    text = page(sent, tmp_path)
    assert text.count('class="phone phone-chat"') == SAMPLES
    assert "问&lt;候&gt;" in text
    assert "<b>你好</b>" not in text
    assert "未征得同意 <b>1</b>" in text
    assert f"<dt>已受理</dt><dd>{SAMPLES + 4}</dd>" in text
    assert 'href="hello/2025-10-01/1.txt"' in text
    assert (tmp_path / "outbox/hello/2025-10-01/1.txt").is_file()


def test_the_page_is_light_and_fetches_nothing(sent, tmp_path):
    text = page(sent, tmp_path)
    assert len(text.encode()) < 1_000_000
    assert "<script" not in text
    assert "src=" not in text.replace("srcdoc=", "")


def test_a_page_of_nothing_says_so(sqlite_engine, make_world, tmp_path):
    assert "还没有消息" in page(make_world(sqlite_engine), tmp_path)


def test_heavy_mails_leave_fewer_phones_on_the_page(
    sqlite_engine, make_world, make_campaign, tmp_path
):
    world = make_world(sqlite_engine)
    world.contactable(1, 2)
    world.plan(make_campaign(), [1, 2])
    world.content(channel="email", subject="题", body="x" * 900_000, plain="x")
    world.render()
    assert "这一次没有可以预览的消息" in page(world, tmp_path)
