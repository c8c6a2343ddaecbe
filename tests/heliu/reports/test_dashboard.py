"""The page says what the tables say, whatever is or isn't in them, and names nobody."""

import re
from html.parser import HTMLParser

import pytest

from heliu.reports.dashboard import build_dashboard, render_page
from heliu.reports.figures import gather
from heliu.reports.page import sections
from heliu.reports.words import Words
from models.database import reading, writing


class Page(HTMLParser):
    """What a page shows: figures by id, tables by panel, links, tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.figures: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self._figure = self._panel = ""
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.tags.add(tag)
        self.ids += [known["id"]] if "id" in known else []
        self._figure = known.get("data-figure", "")
        if tag == "figure":
            self._panel = known["id"]
        if tag == "a":
            self.links.append(known["href"])
        if tag == "tr":
            self.tables.setdefault(self._panel, []).append([])
        if tag in ("td", "th"):
            self._in_cell = True
            self.tables[self._panel][-1].append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data):
        if self._figure:
            self.figures[self._figure] = data.strip()
            self._figure = ""
        if self._in_cell:
            self.tables[self._panel][-1][-1] += data

    def column(self, panel: str, heading: str) -> list[str]:
        rows = self.tables[panel]
        place = rows[0].index(heading)
        return [row[place] for row in rows[1:]]


@pytest.fixture
def build(tmp_path, zone, now):
    def build(engine, **options) -> str:
        path = build_dashboard(engine, tmp_path / "home", "合流学堂", zone, now, **options)
        assert path == tmp_path / "home" / "dashboard" / "index.html"
        return path.read_text(encoding="utf-8")

    return build


def scalar(engine, sql: str) -> int:
    with reading(engine) as connection:
        return connection.exec_driver_sql(sql).scalar()


def test_the_figures_on_the_page_are_the_tables_own(engine, fill, build):
    fill(engine)
    page = Page(build(engine))
    reached = (
        "SELECT count(DISTINCT profile_id) FROM message WHERE status IN ('accepted','delivered')"
    )
    expected = {
        "profiles": "SELECT count(*) FROM profile",
        "records": "SELECT count(*) FROM record",
        "rows-in": "SELECT sum(rows) FROM source_delivery WHERE run_id = 3",
        "tags": "SELECT count(*) FROM profile_tag",
        "reached": reached,
        "messages": "SELECT count(*) FROM message",
        "taken": "SELECT count(*) FROM message WHERE status IN ('accepted','delivered')",
        "paid-orders": "SELECT count(*) FROM orders WHERE paid_at IS NOT NULL",
        "unread-rows": "SELECT count(*) FROM quarantine WHERE resolved_at IS NULL",
        "edges-refused": "SELECT count(*) FROM edge WHERE status = 'refused'",
        "largest": "SELECT max(records) FROM profile",
    }
    shown = {name: int(page.figures[name].replace(",", "")) for name in expected}
    assert shown == {name: scalar(engine, sql) for name, sql in expected.items()}
    assert all(shown.values())


def test_the_tables_behind_the_charts_add_up_to_the_database(sqlite_engine, fill, build):
    fill(sqlite_engine)
    page = Page(build(sqlite_engine))
    sums = {
        (
            "intake",
            "行",
        ): "SELECT 2 * sum(rows) FROM source_delivery WHERE run_id = 3",  # and the total
        ("sources", "记录"): "SELECT count(*) FROM record",
        ("tag-sizes", "人数"): "SELECT count(*) FROM profile_tag",
        ("identifiers", "出现次数"): "SELECT count(*) FROM identifier",
        ("matches", "匹配"): "SELECT count(*) FROM edge",
        ("quarantine", "行"): "SELECT count(*) FROM quarantine WHERE resolved_at IS NULL",
        ("occurrences", "目标人群"): "SELECT sum(size) FROM audience",
        ("occurrences", "发件箱"): "SELECT count(*) FROM message",
        ("service-states", "客户"): "SELECT count(service_state) FROM profile",
    }
    for (panel, heading), sql in sums.items():
        cells = page.column(panel, heading)
        assert sum(int(cell.replace(",", "")) for cell in cells) == scalar(sqlite_engine, sql), (
            panel
        )


def test_a_waterfall_walks_down_without_a_gap(sqlite_engine, fill, zone, now):
    fill(sqlite_engine)
    with reading(sqlite_engine) as connection:
        figures = gather(connection, zone, now)
    reach = next(s for s in sections(figures, Words("zh", zone)) if s.id == "reach")
    waterfalls = [panel for panel in reach.panels if panel.id.startswith("campaign-")]
    assert len(waterfalls) == 3
    for panel in waterfalls:
        rest = 1.0
        for bar in panel.chart.bars:
            (piece,) = bar.segments
            if bar.step:
                assert piece.start == 0
                assert piece.size == pytest.approx(rest)
            else:
                assert piece.start + piece.size == pytest.approx(rest)
                rest = piece.start


def test_an_empty_database_makes_a_page_that_says_so(engine, build):
    text = build(engine)
    page = Page(text)
    assert page.figures["profiles"] == "0"
    assert page.figures["reached-of-all"] == "–"
    assert "还没有运行过" in text
    assert "没有需要你处理的事" in text
    assert "nan" not in text.lower().replace("nanny", "")


def test_one_run_and_no_campaign_make_a_page_too(sqlite_engine, fill, build):
    fill(sqlite_engine, runs=1)
    with writing(sqlite_engine) as connection:
        for table in ("message", "recipient", "audience", "campaign"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    text = build(sqlite_engine)
    assert "至少运行两次才有走势" in text
    assert "还没有活动圈定过目标人群" in text


def test_the_page_needs_nothing_but_itself(sqlite_engine, fill, build):
    fill(sqlite_engine)
    text = build(sqlite_engine, links={"消息预览": "../outbox/index.html"})
    page = Page(text)
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "form", "base"}
    assert not re.search(r"(src|srcset|xlink:href)=|@import|url\(", text)
    assert set(re.findall(r"https?://[^\"' <]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in text
    assert len(text.encode()) < 1_000_000


def test_every_link_within_the_page_has_its_goal_and_no_id_is_given_twice(
    sqlite_engine, fill, build
):
    fill(sqlite_engine)
    page = Page(build(sqlite_engine))
    inner = [link[1:] for link in page.links if link.startswith("#")]
    assert len(inner) >= 7
    assert set(inner) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_page_names_nobody(sqlite_engine, fill, build):
    fill(sqlite_engine)
    with reading(sqlite_engine) as connection:
        private = {
            *connection.exec_driver_sql("SELECT DISTINCT name FROM profile").scalars(),
            *connection.exec_driver_sql("SELECT DISTINCT phone FROM profile").scalars(),
            *connection.exec_driver_sql(
                "SELECT value FROM identifier WHERE type != 'unionid'"
            ).scalars(),
            *connection.exec_driver_sql("SELECT source_pk FROM record").scalars(),
        }
    text = build(sqlite_engine)
    assert len(private) > 100
    assert [value for value in private if value in text] == []


def test_words_from_the_tables_are_text_never_markup(sqlite_engine, fill, build):
    fill(sqlite_engine)
    nasty = "<b onclick=x>&\"' {{ 7*7 }}"
    words = ["tag.title", "campaign.title", "product.title", "profile.service_state",
             "quarantine.reason", "message.reason", "run.error", "event.type", "edge.reason",
             "recipient.detail", "profile_event.what", "source_state.source"]  # fmt: skip
    with writing(sqlite_engine) as connection:
        connection.exec_driver_sql("DELETE FROM source_state WHERE source != 'h5_form'")
        for table, column in (word.split(".") for word in words):
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (nasty,))
    text = build(sqlite_engine)
    assert "<b onclick" not in text
    assert text.count("&lt;b onclick=x&gt;") > len(words)
    assert "{{ 7*7 }}" in text


def test_the_page_speaks_english_when_asked(sqlite_engine, fill, build):
    fill(sqlite_engine)
    text = build(sqlite_engine, language="en")
    assert 'lang="en"' in text
    with reading(sqlite_engine) as connection:
        own = ["合流学堂", "更新时间"]  # the firm's name, and a column of its files
        for table in ("tag", "campaign", "product"):
            own += connection.exec_driver_sql(f"SELECT title FROM {table}").scalars()
    for word in sorted(own, key=len, reverse=True):
        text = text.replace(word, "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_an_unknown_language_is_refused(sqlite_engine, build):
    with pytest.raises(ValueError, match="'fr' is none of zh, en"):
        build(sqlite_engine, language="fr")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "JavaScript:x"])
def test_a_link_that_could_run_something_is_refused(sqlite_engine, build, address):
    with pytest.raises(ValueError, match="a link may not begin with"):
        build(sqlite_engine, links={"x": address})


def test_links_stand_on_the_page_as_given(sqlite_engine, build):
    links = {"消息预览": "../outbox/index.html?a=1&b=2", "Prefect": "http://127.0.0.1:4200/runs"}
    page = Page(build(sqlite_engine, links=links))
    assert set(links.values()) <= set(page.links)


def test_the_same_figures_make_the_same_page(sqlite_engine, fill, zone, now):
    fill(sqlite_engine)
    with reading(sqlite_engine) as connection:
        figures = gather(connection, zone, now)
    say = Words("zh", zone)
    assert render_page(figures, "甲", say) == render_page(figures, "甲", say)


def test_a_page_that_fails_leaves_the_old_one(sqlite_engine, build, tmp_path, monkeypatch):
    before = build(sqlite_engine)
    folder = tmp_path / "home" / "dashboard"
    monkeypatch.setattr("pathlib.Path.replace", _fail)
    with pytest.raises(OSError, match="disk"):
        build(sqlite_engine, language="en")
    assert (folder / "index.html").read_text(encoding="utf-8") == before
    assert [path.name for path in folder.iterdir()] == ["index.html"]


def _fail(*_):
    raise OSError("disk")
