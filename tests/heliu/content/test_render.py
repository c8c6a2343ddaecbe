"""A decided audience becomes messages: each once, the same every time."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from heliu.content import render
from heliu.content.context import CampaignContext, FirmContext, shared_context
from heliu.content.environment import Sandbox
from heliu.content.failures import why
from heliu.content.personal import clean, clean_name, surname_of
from heliu.errors import ConfigError, PermanentError
from models.database import writing

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2025, 10, 1)


def at(day: str) -> int:
    """Epoch seconds of the firm's midnight."""
    return int(datetime.fromisoformat(day).replace(tzinfo=ZONE).timestamp())


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "PAGE", 3)


def full(world, campaign, channels=("folder", "email")) -> None:
    """Ten people with all kinds of facts."""
    world.products()
    names = [
        "李雷",
        None,
        "欧阳娜",
        "CHEN BO",
        "平安是福",
        "<b>王</b>",
        "赵\n六",
        "{{ 7 }}",
        "孙",
        "",
    ]
    world.people(*({"id": n, "name": name} for n, name in enumerate(names, 1)))
    world.tagged(2, "interest.hr")
    world.views(3, "nanny", "2025-09-01", "2025-09-02")
    world.order("A", 4)
    world.order("B", 5, paid_at=at("2025-09-29"))
    people = [(n, channels[n % len(channels)]) for n in range(1, 11)]
    world.audience(campaign, *people, (11, "folder"), (12, None))


def test_everybody_decided_gets_a_message_or_a_reason(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    full(world, campaign)
    counts = world.render(defaults, campaign)
    told = world.told()
    assert counts == {"rendered": 10, "not_rendered": 1, "contents": 7}
    assert all("【合流学堂】" in told[n].body and "退订" in told[n].body for n in range(1, 11))
    assert told[11].reason == "not_rendered"
    assert told[11].detail == render.GONE
    assert (told[12].reason, told[12].content_hash) == ("holdout", None)
    with world.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT rendered_at FROM audience")).scalar() is not None


def test_the_same_text_is_stored_once(world, shelf) -> None:
    campaign = world.campaign("hello")
    world.people(*({"id": n, "name": "李雷" if n % 2 else "韩梅"} for n in range(1, 11)))
    world.audience(campaign, *((n, "folder") for n in range(1, 11)))
    counts = world.render(shelf.body("{{ profile.name or '' }}，您好").library(), campaign)
    assert counts == {"rendered": 10, "not_rendered": 0, "contents": 2}
    assert len({row.content_hash for row in world.told().values()}) == 2


def test_rendering_again_changes_nothing(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    full(world, campaign)
    counts = world.render(defaults, campaign)
    before = world.everything()
    assert world.render(defaults, campaign) == counts
    assert world.everything() == before


def test_a_run_that_died_is_taken_up_and_ends_the_same(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    full(world, campaign)
    calls: list[tuple[int, int]] = []

    def dies(done: int, of: int) -> None:
        calls.append((done, of))
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.render(defaults, campaign, progress=dies)
    assert calls == [(3, 11), (6, 11)]
    counts = world.render(defaults, campaign)
    resumed = world.everything()

    forget = (
        "UPDATE recipient SET content_hash = NULL, detail = NULL, "
        "reason = CASE WHEN reason = 'not_rendered' THEN NULL ELSE reason END",
        "UPDATE audience SET rendered_at = NULL",
        "DELETE FROM content",
        "DELETE FROM template_version",
    )
    with writing(world.engine) as connection:
        for statement in forget:
            connection.execute(sa.text(statement))
    assert world.render(defaults, campaign) == counts
    assert world.everything() == resumed


def test_a_page_is_all_or_nothing(world, defaults, monkeypatch) -> None:
    campaign = world.campaign("welcome_back")
    full(world, campaign)
    store, pages = render.store_page, []

    def breaks(*arguments, **options) -> None:
        store(*arguments, **options)
        pages.append(1)
        if len(pages) == 2:
            raise OSError("the disk is full")

    monkeypatch.setattr(render, "store_page", breaks)
    with pytest.raises(OSError, match="disk"):
        world.render(defaults, campaign)
    told = world.told()
    assert [n for n in told if told[n].content_hash] == [1, 2, 3]


def test_a_stored_message_can_be_rendered_again_from_its_stored_template(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    full(world, campaign)
    world.render(defaults, campaign)
    with world.engine.connect() as connection:
        versions = connection.execute(sa.text("SELECT channel, text FROM template_version")).all()
    values = {
        "profile": {"name": "李雷", "surname": "李"},
        "tags": [],
        "course": None,
        "order": None,
        "campaign": {"topic": "marketing", "title": "t", "name": "n", "variables": {}},
        "firm": dict.fromkeys(("phone", "address", "url")) | {"name": "f", "brand": "【f】"},
        "sender": {"name": "s"},
        "today": TODAY,
    }
    assert len(versions) == 2
    for channel, text in versions:
        variant = defaults.variant("welcome_back", channel)
        sandbox = Sandbox(json.loads(text))
        again = sandbox.parts(sandbox.get_template(variant.name), dict(values))
        assert again == variant.environment.parts(variant.template, dict(values))


def test_an_undecided_or_unknown_audience_is_refused(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    with pytest.raises(PermanentError, match="freeze"):
        world.render(defaults, campaign)
    world.audience(campaign, (1, "folder"), decided=False)
    with pytest.raises(PermanentError, match="decide"):
        world.render(defaults, campaign)


def test_a_channel_without_a_variant_stops_before_anything_is_written(world, defaults) -> None:
    campaign = world.campaign("welcome_back")
    world.people({"id": 1}, {"id": 2})
    world.audience(campaign, (1, "folder"), (2, "sms"))
    before = world.everything()
    with pytest.raises(ConfigError, match="no variant for sms"):
        world.render(defaults, campaign)
    assert world.everything() == before


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("{% if not order %}{% do skip('没有订单') %}{% endif %}x", ":3: 没有订单"),
        ("{% if order %}x{% endif %}", ": the body is empty"),
        ("{{ 1 // (tags | length) }}", ":3: ZeroDivisionError"),
        ("{% for a in range(201) %}x{% endfor %}", ":3: refused by the sandbox"),
        ("{{ 'x{' ~ '{' }}", ": the body holds '{{'"),
        ("{{ 'N' ~ 'one' }} left", ": the body holds 'None'"),
        (
            "{% for a in range(200) %}一二三四五六七{% endfor %}",
            ": the body has more than 4,000 bytes",
        ),
        ("{{ profile.name[9] if profile.name else '' }}x", ":3: something is unknown"),
    ],
)
def test_what_cannot_be_rendered_says_where_and_why(sqlite_world, shelf, body, detail) -> None:
    world, campaign = sqlite_world, sqlite_world.campaign("hello")
    world.people({"id": 1, "name": "李雷"})
    world.audience(campaign, (1, "folder"))
    counts = world.render(shelf.body(body).library(), campaign)
    told = world.told()[1]
    assert counts == {"rendered": 0, "not_rendered": 1, "contents": 0}
    assert told.reason == "not_rendered"
    assert told.detail == f"templates/messages/folder/hello.txt{detail}"


def test_a_reason_never_repeats_what_is_personal(shelf) -> None:
    sandbox = Sandbox({"folder/x.txt": "{% block body %}{{ tags[profile.name] }}{% endblock %}"})
    values = {"profile": {"name": "李雷"}, "tags": {"a": 1}}
    with pytest.raises(UndefinedError) as caught:
        sandbox.parts(sandbox.get_template("folder/x.txt"), values)
    told = [why(caught.value, "folder/x.txt"), why(ValueError("李雷 13800138000"), "folder/x.txt")]
    assert told == [
        "templates/messages/folder/x.txt:1: something is unknown",
        "templates/messages/folder/x.txt: ValueError",
    ]


def test_a_reason_names_the_variable_that_is_unknown() -> None:
    sandbox = Sandbox({"folder/x.txt": "{% block body %}\n{{ profile.nmae }}{% endblock %}"})
    with pytest.raises(UndefinedError) as caught:
        sandbox.parts(sandbox.get_template("folder/x.txt"), {"profile": {"name": "李雷"}})
    assert why(caught.value, "?") == "templates/messages/folder/x.txt:2: 'nmae' is unknown"


def test_service_messages_need_no_opt_out(sqlite_world, defaults) -> None:
    world, campaign = sqlite_world, sqlite_world.campaign("welcome_back", topic="service")
    world.people({"id": 1})
    world.audience(campaign, (1, "folder"))
    assert world.render(defaults, campaign)["rendered"] == 1
    assert "退订" not in world.told()[1].body


def test_opt_out_wording_lost_at_rendering_stops_the_message(sqlite_world, shelf) -> None:
    world, campaign = sqlite_world, sqlite_world.campaign("hello")
    shelf.write(
        "folder/hello.txt",
        "{% block brand %}{{ firm.brand }}{% endblock %}{% block body %}x{% endblock %}"
        "{% block optout %}{% if order %}退订{% endif %}{% endblock %}",
    )
    world.people({"id": 1})
    world.audience(campaign, (1, "folder"))
    world.render(shelf.library(), campaign)
    assert world.told()[1].detail.endswith("the body lacks the opt-out wording")


# What templates see of a person.


def course_of(world, defaults) -> dict[int, str]:
    campaign = world.campaign("course_recommendation")
    with world.engine.connect() as connection:
        ids = [row[0] for row in connection.execute(sa.text("SELECT id FROM profile ORDER BY id"))]
    world.audience(campaign, *((n, "folder") for n in ids))
    world.render(defaults, campaign)
    titles = ("会计初级", "人力资源管理师", "育婴师", "焊工证")
    return {
        n: next((t for t in titles if row.body and t in row.body), row.detail)
        for n, row in world.told().items()
    }


def test_a_course_is_named_by_interest_then_views_then_popularity(world, defaults) -> None:
    world.products()
    world.people(
        {"id": 1},  # nothing known: the popular one
        {"id": 2},  # a tag
        {"id": 3, "interest": "育婴师"},  # a field, as a title
        {"id": 4, "interest": "hr"},  # a field, as a key
        {"id": 5},  # views
        {"id": 6},  # views of what is off sale
        {"id": 7},  # owns the popular one
        {"id": 8},  # owned, but gave it back
        {"id": 9},  # two interests: the one viewed
        {"id": 10, "interest": "唱歌"},  # no product
    )
    world.tagged(2, "interest.nanny", "value.high")
    world.tagged(9, "interest.accounting", "interest.nanny")
    world.views(9, "nanny", "2025-09-01")
    world.views(5, "nanny", "2025-09-01", "2025-09-02")
    world.views(5, "accounting", "2025-09-03")
    world.views(5, "hr", "2025-10-02", "2025-10-03", "2025-10-04")  # after as-of
    world.views(6, "welder", "2025-09-01")
    paid = at("2025-09-01")
    for number, profile in (("A", 7), ("B", 8), ("C", 99), ("D", 98)):
        world.order(number, profile, item="accounting", paid_at=paid)
    world.order("E", 7, item="hr", paid_at=at("2025-10-02"))  # after as-of: not owned yet
    world.order("F", 97, item="hr", paid_at=paid)
    world.refund("B", "2025-09-10")
    assert course_of(world, defaults) == {
        1: "会计初级",
        2: "育婴师",
        3: "育婴师",
        4: "人力资源管理师",
        5: "育婴师",
        6: "会计初级",
        7: "人力资源管理师",
        8: "会计初级",
        9: "育婴师",
        10: "会计初级",
    }


def test_without_products_there_is_nothing_to_recommend(world, defaults) -> None:
    world.people({"id": 1, "interest": "会计初级"})
    detail = course_of(world, defaults)[1]
    assert detail == "templates/messages/folder/course_recommendation.txt:3: 没有可推荐的课程"


def test_the_order_named_is_the_newest_one_still_unpaid(world, defaults) -> None:
    world.products()
    world.people(*({"id": n} for n in range(1, 7)))
    world.order("A1", 1, item="hr", ordered_at=at("2025-09-20"))
    world.order("A2", 1, item="nanny", ordered_at=at("2025-09-25"))
    world.order("A3", 1, item="accounting", ordered_at=at("2025-10-05"))  # after as-of
    world.order("B1", 2, paid_at=at("2025-09-29"))
    world.order("C1", 3, ordered_at=at("2025-09-20"))
    world.order("C2", 3, ordered_at=at("2025-09-21"), paid_at=at("2025-09-21"))
    world.order("D1", 4, paid_at=at("2025-10-02"))  # paid after as-of: unpaid as yet
    world.order("E1", 5, item="插花课", amount_fen=None)
    campaign = world.campaign("unpaid_order")
    world.audience(campaign, *((n, "folder") for n in range(1, 7)))
    world.render(defaults, campaign)
    told = world.told()
    assert "育婴师" in told[1].body
    assert told[2].detail.endswith("没有待付款的订单")
    assert told[3].detail.endswith("没有待付款的订单")
    assert "¥1,299" in told[4].body
    assert "9月28日" in told[4].body
    assert "插花课" in told[5].body
    assert "金额" not in told[5].body
    assert told[6].detail.endswith("没有待付款的订单")


def test_today_is_the_firms_day(sqlite_world, shelf) -> None:
    world, campaign = sqlite_world, sqlite_world.campaign("hello")
    world.people({"id": 1})
    world.audience(campaign, (1, "folder"))
    late = datetime.fromisoformat("2025-10-01T23:00+00:00")  # 07:00 of the next day here
    world.render(shelf.body("{{ today | day }}").library(), campaign, now=late)
    assert "10月2日" in world.told()[1].body


NAMES = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '" onmouseover="x',
        "</title><b>",
        "{{ firm.name }}",
        "{% include 'x' %}",
        "%NICKNAME%",
        "李\r\nBcc: a@example.com",
        "\u202e\u200b",
        "None",
        "加我 http://example.com",
        "\x00\x1b[31m",
    ]
)


@pytest.fixture
def said(shelf):
    """A text that repeats a name and a company."""
    shelf.body("{{ profile.name or '-' }}|{{ profile.company or '-' }}")
    return shelf.library().variant("hello", "folder")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=NAMES, company=NAMES)
def test_what_people_call_themselves_injects_nothing(defaults, said, name, company) -> None:
    campaign = CampaignContext(name="c", title="t", content="hello")
    shared = shared_context(campaign, FirmContext("合流学堂"), TODAY, frozenset())
    person = {"name": clean_name(name), "company": clean(company)}
    person["surname"] = surname_of(person["name"])
    values = shared | {"profile": person, "tags": [], "course": None, "order": None}
    nobody = values | {"profile": dict.fromkeys(person)}

    text, blank = (said.render(v).body for v in (values, nobody))
    assert len(text.splitlines()) == len(blank.splitlines())
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "{{" not in text
    assert "{%" not in text

    mail = defaults.variant("welcome_back", "email")
    hers, empty = mail.render(values), mail.render(nobody)
    assert hers.body.count("<") == empty.body.count("<")
    assert hers.body.count('"') == empty.body.count('"')
    assert "\n" not in hers.subject
    assert len(hers.plain.splitlines()) == len(empty.plain.splitlines())
