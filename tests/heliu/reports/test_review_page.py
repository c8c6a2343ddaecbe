"""The review page in a real Chromium: asks nobody, believes no data, gives decisions back."""

import csv
import json
import shutil
import stat

import pytest

from heliu.identity.normalise import normalise_record
from heliu.identity.policy import Policy
from heliu.identity.records import RawRecord
from heliu.identity.review.decision_file import read_decision_file
from heliu.identity.review.proposals import Proposal
from heliu.identity.review.standing import Verdict
from heliu.reports.review_page import build_review_page
from heliu.rules.vocabulary import STANDARD_FIELDS
from models.database import open_database, reading, writing
from tests.heliu.identity.desk import Desk

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{ 7*7 }}"
PHONE = "+8613912345678"
STEPS = [
    {"field": "name", "level": "exact", "weight": 5.5},
    {"field": "birthday", "level": "else", "weight": -6.25},
    {"field": "city", "level": "exact", "weight": 2.0},
]


def a_record(record_id, source="crm", **fields):
    raw = RawRecord(record_id, source, f"{source}-{record_id:05}", 50, source, fields, [], 1, 2)
    return normalise_record(raw, Policy(), STANDARD_FIELDS)


def fill(engine):
    desk = Desk(engine)
    desk.people(
        [
            a_record(
                1, name="张伟国", phone=PHONE, city="成都", birthday="1990-05-06", gender="男"
            ),
            a_record(2, "h5", name="张伟国", phone=PHONE, company="合流科技有限公司"),
        ],
        [a_record(3, "wecom", name="张伟国", city="成都", birthday="1991-05-06")],
        [a_record(4, name="李静", phone=PHONE, city="武汉")],
        [a_record(5, name="王芳", phone="13800000001")],
        *(
            [a_record(n, name=name + "伟国", phone="13712340000", city="重庆")]
            for n, name in enumerate("赵钱孙李周吴郑冯陈褚卫蒋", start=10)
        ),
    )
    desk.ask(1, 3, type="probability", value="", reason="likely the same", weight=1.25)
    desk.ask(2, 4)
    desk.ask(4, 5, reason="same name, weak identifier")
    desk.crowd("+8613712340000", 12, 12)
    desk.order("A1", 2, 1, 499_00)
    desk.order("A2", 3, 3, 2_999_00)
    columns = "left_id right_id kind type scope value strength status reason run_id weight detail"
    row = ("probability", "", "", "weak", "refused", "likely the same", 1, 1.25, json.dumps(STEPS))
    desk.put("edge", columns, [(1, 3, "probabilistic", *row)])
    desk.put("tag", "name number title group rule_hash", [("a", 1, "六十天未活跃", "g", "r")])
    desk.put("profile_tag", "profile_id tag since_at run_id", [(1, "a", 5, 1)])
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "UPDATE golden_value SET value = ? WHERE profile_id = 5 AND attribute = 'name'",
            (HOSTILE,),
        )
        connection.exec_driver_sql("UPDATE record SET source_pk = ? WHERE id = 5", (HOSTILE,))


@pytest.fixture(scope="module")
def built(sqlite_template, tmp_path_factory, zone, now):
    """One page for all tests: the browser changes nothing of it."""
    home = tmp_path_factory.mktemp("home")
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, home / 'heliu.db')}")
    fill(engine)
    yield engine, build_review_page(engine, home, "合流学堂", zone, now)
    engine.dispose()


@pytest.fixture(scope="module")
def browser():
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no Chromium is installed: none of {', '.join(NAMES)} is on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, built):
    contexts = []

    def open_page(width: int = 1440, scheme: str = "light", script: bool = True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (page.complaints.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(built[1].as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def shown(page):
    return [card.get_attribute("id") for card in page.locator(".card:visible").all()]


def downloaded(page, tmp_path):
    with page.expect_download() as waiting:
        page.locator("#download").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_only_its_owner_may_read_the_page(built):
    assert stat.S_IMODE(built[1].stat().st_mode) == 0o600


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_from_disk_quietly_and_fits_the_screen(open_page, built, width, scheme):
    page = open_page(width, scheme)
    for _ in range(4):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("j")
    assert page.complaints == []
    assert page.requests == [built[1].as_uri()]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) / 3 < 40) == (scheme == "dark")


def test_the_buttons_can_be_touched_on_a_phone(open_page):
    page = open_page(390)
    for button in page.locator(".card:visible [data-verdict]").all():
        box = button.bounding_box()
        assert box["height"] >= 40
        assert 0 <= box["y"] <= 900 - box["height"]  # without scrolling


def test_the_weightiest_question_comes_first_and_one_is_shown_at_a_time(open_page):
    page = open_page()
    assert page.locator(".card").count() == 4
    assert shown(page) == ["pair-1-3"]
    assert page.locator(".list a[aria-current]").count() == 1


def test_keys_move_and_stop_at_the_ends(open_page):
    page = open_page()
    places = []
    for key in ["j", "ArrowRight", "J", "j", "k", "ArrowLeft", "k", "k"]:
        page.keyboard.press(key)
        places += shown(page)
    assert places == [
        *("pair-2-4", "pair-4-5", "value-1", "value-1"),
        *("pair-4-5", "pair-2-4", "pair-1-3", "pair-1-3"),
    ]


def test_fields_that_differ_are_marked_in_words_too(open_page):
    card = open_page().locator("#pair-1-3")
    assert card.locator("tr.differs th").all_inner_texts() == ["生日不同"]
    assert card.locator("tr.differs td").all_inner_texts() == ["1990-05-06", "1991-05-06"]
    assert "姓名相同" in card.locator("tr.same th").all_inner_texts()
    text = card.inner_text()
    for told in ["六十天未活跃", "crm-00001", "h5-00002", "1 笔，已付 ¥2,999.00", PHONE]:
        assert told in text


def test_the_waterfall_leads_from_field_to_field_to_the_weight(open_page):
    card = open_page().locator("#pair-1-3")
    values = card.locator(".bars .value").all_inner_texts()
    assert values == ["+5.5", "-6.2", "+2.0", "+1.2"]
    boxes = [track.bounding_box() for track in card.locator(".bars .track i").all()]
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes]
    assert ends[0][1] == pytest.approx(ends[1][1], abs=1.5)  # the fall begins where the rise ended
    assert ends[1][0] == pytest.approx(ends[2][0], abs=1.5)
    assert ends[3][1] == pytest.approx(ends[2][1], abs=1.5)


def test_hostile_data_stay_text(open_page):
    page = open_page()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert HOSTILE in page.locator("#pair-4-5 h2").text_content()
    assert page.locator("#pair-4-5 img, .list img").count() == 0
    assert page.complaints == []


def test_decisions_by_key_come_back_as_a_file_that_import_understands(open_page, built, tmp_path):
    page = open_page()
    page.keyboard.press("1")
    page.keyboard.press("d")
    page.keyboard.press("u")
    page.keyboard.press("2")
    assert page.locator("#count").inner_text() == "4 / 4"
    assert page.locator("#progress").evaluate("it => it.value") == 4
    with reading(built[0]) as connection:
        found = read_decision_file(connection, downloaded(page, tmp_path))
    assert [one._replace(place=None) for one in found] == [
        Proposal(Verdict.SAME, 1, 3, place=None),
        Proposal(Verdict.DIFFERENT, 2, 4, place=None),
        Proposal(Verdict.UNSURE, 4, 5, place=None),
        Proposal(Verdict.BLOCK, type="phone", value="+8613712340000", why="代理人", place=None),
    ]
    assert page.complaints == []


def test_a_decision_can_be_clicked_explained_changed_and_cleared(open_page, tmp_path):
    page = open_page()
    field = page.locator("#pair-1-3 input")
    field.fill('同一 "证件", =1+1')
    field.press("s")  # a letter of the text, not a key
    assert page.locator("#count").inner_text() == "0 / 4"
    page.locator("#pair-1-3 [data-verdict=same]").click()
    page.keyboard.press("3")
    page.keyboard.press("k")
    page.keyboard.press("0")
    assert page.locator("#count").inner_text() == "1 / 4"
    with downloaded(page, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["verdict"], row["why"]) == ("same", '同一 "证件", =1+1s')


def test_a_reload_forgets_nothing_and_a_download_leaves_nothing_behind(open_page, tmp_path):
    page = open_page()
    page.keyboard.press("2")
    page.reload()
    assert page.locator("#count").inner_text() == "1 / 4"
    assert shown(page) == ["pair-2-4"]
    pressed = page.locator("#pair-1-3 [aria-pressed=true]")
    assert pressed.get_attribute("data-verdict") == "different"
    downloaded(page, tmp_path)
    assert page.evaluate("localStorage.length") == 0
    assert page.locator("#count").inner_text() == "1 / 4"


def test_what_the_browser_keeps_names_nobody(open_page):
    page = open_page()
    for key in "1231":
        page.keyboard.press(key)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "same" in kept
    assert not [secret for secret in (PHONE, "13712340000", "张伟国") if secret in kept]


def test_a_download_of_nothing_says_so(open_page):
    page = open_page()
    page.locator("#download").click()
    assert page.locator("#status").inner_text() == "还没有决定"


def test_the_keys_are_told_on_a_key_and_go_on_another(open_page):
    page = open_page()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("1")  # not while the help is open
    assert page.locator("#count").inner_text() == "0 / 4"
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.locator("#help").click()
    page.locator("#keys button").click()
    assert not page.locator("#keys").is_visible()
    assert page.complaints == []


def test_a_screen_reader_is_told_what_was_decided_and_where_it_is(open_page):
    page = open_page()
    page.keyboard.press("1")
    assert page.locator("[role=status]").inner_text() == "已决定：张伟国 · 张伟国 → 同一人"
    assert page.evaluate("document.activeElement.id") == "title-2-4"
    unnamed = page.evaluate(
        """[...document.querySelectorAll('button, input, nav, article, dialog, progress')]
           .filter(it => !(it.ariaLabel || it.getAttribute('aria-labelledby')
                           || it.textContent.trim() || it.labels?.length)).length"""
    )
    assert unnamed == 0


def test_without_scripts_every_question_can_still_be_read(open_page):
    page = open_page(script=False)
    assert len(shown(page)) == 4


def test_nothing_waiting_is_said(sqlite_engine, tmp_path, zone, now):
    page = build_review_page(sqlite_engine, tmp_path, "合流学堂", zone, now, "en")
    assert "Nothing waits for you." in page.read_text("utf-8")
