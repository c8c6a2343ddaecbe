"""The page in a real Chromium, opened from disk."""

import shutil

import pytest

from heliu.reports.dashboard import build_dashboard
from heliu.reports.tags_page import build_tags_page
from models.database import open_database
from tests.heliu.reports.tag_world import TagWorld

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


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


@pytest.fixture(scope="module")
def address(sqlite_template, fill, tmp_path_factory, zone, now) -> str:
    """One page for all tests: they only look."""
    home = tmp_path_factory.mktemp("home")
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, home / 'heliu.db')}")
    fill(engine)
    links = {"消息预览": "../outbox/index.html"}
    page = build_dashboard(engine, home, "合流学堂", zone, now, links=links)
    engine.dispose()
    return page.as_uri()


@pytest.fixture(scope="module")
def tags_address(sqlite_template, tmp_path_factory, zone, now) -> str:
    home = tmp_path_factory.mktemp("tags")
    engine = open_database(f"sqlite:///{shutil.copy(sqlite_template, home / 'heliu.db')}")
    TagWorld(tags=24, runs=9).write(engine)
    page = build_tags_page(engine, home, "合流学堂", zone, now, links={"看板": "index.html"})
    engine.dispose()
    return page.as_uri()


@pytest.fixture
def open_page(browser, address):
    """Open the page; whatever it complains of or asks the network for is noted."""
    contexts = []

    def open_page(width: int = 1440, scheme: str = "light", to: str = address):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(to)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_from_disk_quietly_and_fits_the_screen(open_page, address, width, scheme):
    page = open_page(width, scheme)
    assert page.complaints == []
    assert page.requests == [address]
    assert page.title() == "合流学堂 · 运行看板"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


SHOWN = """() => ({
  drawings: [...document.querySelectorAll('.drawing')].map(drawing =>
    [...drawing.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect())
      .filter(box => box.width).map(box => [box.width, box.height])),
  marks: [...document.querySelectorAll('.drawing')].map(drawing =>
    [...drawing.querySelectorAll('.series .rect, .series path.line')].filter(mark => {
      const box = mark.getBoundingClientRect();
      return box.width * Math.max(box.height, 1) > 2;
    }).map(mark => getComputedStyle(mark).fill + getComputedStyle(mark).stroke)),
  bars: [...document.querySelectorAll('ul.bars')].map(bars =>
    Math.max(...[...bars.querySelectorAll('.track i')].map(i => i.getBoundingClientRect().width))),
})"""


@pytest.mark.parametrize("width", [360, 1440])
def test_every_chart_shows_at_the_size_made_for_the_screen(open_page, width):
    shown = open_page(width).evaluate(SHOWN)
    assert len(shown["drawings"]) >= 4
    assert len(shown["bars"]) >= 10
    for drawings, marks in zip(shown["drawings"], shown["marks"], strict=True):
        ((wide, high),) = drawings  # one of the drawings, never two
        assert wide > 200
        assert high > 100
        assert marks
        assert not any(mark.startswith("rgb(0, 0, 0)") for mark in marks)  # coloured by the page
    assert min(shown["bars"]) > 20


def test_text_in_charts_is_readable_at_both_widths(open_page):
    for width in (360, 1440):
        sizes = open_page(width).evaluate(
            """[...document.querySelectorAll('.drawing svg')].filter(svg => svg.clientWidth)
               .map(svg => 11.5 * svg.clientWidth / svg.viewBox.baseVal.width)"""
        )
        assert sizes
        assert min(sizes) >= 9.5
        assert max(sizes) <= 16


def test_dark_is_dark_and_light_is_light(open_page):
    def brightness(page, what: str) -> float:
        colour = page.evaluate(f"getComputedStyle(document.body).{what}")
        return sum(int(number) for number in colour[4:-1].split(",")) / 3

    dark, light = open_page(scheme="dark"), open_page(scheme="light")
    assert brightness(dark, "backgroundColor") < 40 < 180 < brightness(dark, "color")
    assert brightness(light, "color") < 60 < 230 < brightness(light, "backgroundColor")


def test_the_links_at_the_top_jump_to_their_sections(open_page):
    page = open_page()
    page.emulate_media(reduced_motion="reduce")  # jump, don't glide
    links = page.locator("nav.jump a[href^='#']").all()
    assert len(links) == 8
    for link in links:
        link.click()
        goal = link.get_attribute("href")
        top = page.evaluate(f"document.querySelector('{goal}').getBoundingClientRect().top")
        end = page.evaluate("innerHeight + scrollY >= document.documentElement.scrollHeight - 1")
        assert page.url.endswith(goal)
        assert 0 <= top < 120 or end


def test_the_table_behind_a_chart_opens_on_a_click(open_page):
    page = open_page(360)
    details = page.locator("#tag-sizes details")
    assert not details.locator("table").is_visible()
    details.locator("summary").click()
    assert details.locator("table").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_prints_without_the_navigation(open_page):
    page = open_page()
    page.emulate_media(media="print")
    assert not page.locator("nav.jump").is_visible()
    assert page.locator("#today").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (768, "light"), (1440, "dark")])
def test_the_tags_page_opens_quietly_and_fits_the_screen(open_page, tags_address, width, scheme):
    page = open_page(width, scheme, tags_address)
    assert page.complaints == []
    assert page.requests == [tags_address]
    assert page.title() == "合流学堂 · 标签"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1440])
def test_a_small_line_opens_to_a_large_one_with_a_note_on_every_day(open_page, tags_address, width):
    page = open_page(width, to=tags_address)
    trend = page.locator("#trends .trend").nth(1)
    small, large = trend.locator("svg.spark"), trend.locator("svg.line-large")
    assert small.is_visible()
    assert not large.is_visible()
    trend.locator("summary").click()
    assert not small.is_visible()
    box = large.bounding_box()
    assert box["width"] > 200
    assert box["height"] > 150
    assert large.locator("rect title").count() == 9
    stroke = large.locator("path.line").evaluate("line => getComputedStyle(line).stroke")
    assert stroke not in ("none", "rgb(0, 0, 0)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_number_of_the_square_can_be_read(open_page, tags_address):
    """Its colour stands out from its ground as WCAG wants of small text: 4.5 to 1."""
    for scheme in ("light", "dark"):
        page = open_page(1440, scheme, tags_address)
        assert page.evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const linear = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const brightness = (text) => {
    let found = text.match(/[0-9.]+/g).slice(0, 3).map(Number);
    if (!text.startsWith("color(")) found = found.map((value) => value / 255);
    return found.map(linear).reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  };
  return Math.min(...[...document.querySelectorAll("#overlap-square .heat tbody td:not(.self)")]
    .map((cell) => getComputedStyle(cell))
    .map((style) => [style.color, style.backgroundColor].map(brightness).sort((a, b) => b - a))
    .map(([light, dark]) => (light + 0.05) / (dark + 0.05)));
}"""
