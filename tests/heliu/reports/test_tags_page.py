"""The tags page says what the tables say, stays small, and names nobody."""

import re

import pytest

from heliu.reports.figures.tag_use import Readers, Rulebook
from heliu.reports.tags_page import build_tags_page
from models.database import reading, writing
from tests.heliu.reports.tag_world import ALL, INSIDE, NOW, TWIN, ZONE, TagWorld

TITLES = {"activity": "活跃度", "stage": "阶段", "course": "课程"}


def rules_of(world) -> Rulebook:
    readers = {tag: Readers() for tag in world.tags} | {
        "t.00": Readers(("别的标签",), ("某人群",), ("一", "二", "三", "四", "五", "六")),
    }
    stage = tuple(tag for tag in world.tags if world.group[tag] == "stage")
    return Rulebook(TITLES, {"stage": stage[::-1]}, readers)


@pytest.fixture
def build(tmp_path):
    def build(engine, **options) -> str:
        path = build_tags_page(engine, tmp_path / "home", "合流学堂", ZONE, NOW, **options)
        assert path == tmp_path / "home" / "dashboard" / "tags.html"
        return path.read_text(encoding="utf-8")

    return build


@pytest.fixture
def world(sqlite_engine):
    return TagWorld().write(sqlite_engine)


def figure(text: str, name: str) -> str:
    return re.search(rf'data-figure="{name}">([^<]*)<', text)[1]


def panel(text: str, name: str) -> str:
    return text.split(f'<figure id="{name}"')[1].split("</figure>")[0]


def rows(text: str, name: str) -> list[list[str]]:
    table = panel(text, name).split("<tbody>")[-1].split("</tbody>")[0]
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in table.split("</tr>")[:-1]]


def test_the_figures_are_the_tables_own(engine, build):
    world = TagWorld().write(engine)
    text = build(engine, rules=rules_of(world))
    held = sum(map(len, world.held.values()))
    tagged = len(set().union(*world.held.values()))
    assert figure(text, "tags") == str(len(world.tags))
    assert figure(text, "held") == f"{held:,}"
    assert f"{tagged} / {len(world.people)}" in text
    assert figure(text, "moved") == "+7 / −3"
    assert figure(text, "unused") == str(len(world.tags) - 1)
    assert figure(text, "empty") == str(sum(not people for people in world.held.values()))
    assert figure(text, "alike") == "1"


def test_every_group_has_a_panel_of_sizes_and_one_of_lines(sqlite_engine, world, build):
    text = build(sqlite_engine, rules=rules_of(world))
    for group in ("activity", "stage", "course", "none"):
        mine = {tag for tag in world.tags if (world.group[tag] or "none") == group}
        sizes = {row[1]: row[2:4] for row in rows(text, f"sizes-{group}")}
        assert sizes.keys() == mine
        for tag, (people, share) in sizes.items():
            assert people == str(len(world.held[tag]))
            assert float(share.strip("%")) == pytest.approx(
                100 * len(world.held[tag]) / len(world.people), abs=0.06
            )
        assert panel(text, f"trends-{group}").count('<details class="trend">') == len(mine)
    assert all(title in text for title in TITLES.values())


def test_an_exclusive_group_stands_as_one_bar_in_its_order(sqlite_engine, world, build):
    stage = panel(build(sqlite_engine, rules=rules_of(world)), "sizes-stage")
    bars = stage.split('<li class="')[1:]
    assert len(bars) == 1 + 3
    assert "全部客户" in bars[0]
    names = re.findall(r'<span class="name"[^>]*>([^<]*)<', stage)[1:]
    mine = [tag for tag in world.tags if world.group[tag] == "stage"]
    assert names == [world.tags[tag] for tag in reversed(mine)]
    carriers = sum(1 for tag in mine if world.held[tag])
    assert bars[0].count('style="left:') == carriers


def test_movements_add_up_by_tag_and_by_cause(sqlite_engine, world, build):
    text = build(sqlite_engine)
    entered = sum(1 for *_, entered, _ in world.moves if entered)
    for name, column in (("moves-causes", 1), ("moves-tags", 1)):
        found = rows(text, name)
        assert sum(int(row[column]) for row in found) == entered
        assert sum(int(row[column + 1]) for row in found) == len(world.moves) - entered
    by_tag = rows(text, "moves-tags")
    assert all(sum(map(int, row[3:])) == int(row[1]) + int(row[2]) for row in by_tag)
    assert [int(row[1]) + int(row[2]) for row in by_tag] == sorted(
        (int(row[1]) + int(row[2]) for row in by_tag), reverse=True
    )


def test_a_lines_table_has_every_day(sqlite_engine, world, build):
    text = build(sqlite_engine)
    tags = [tag for tag in world.tags if world.group[tag] == "activity"]
    tags.sort(key=lambda tag: (-len(world.held[tag]), tag))
    assert rows(text, "trends-activity") == [
        [f"{at:%Y-%m-%d}", *(str(world.counts[run, tag]) for tag in tags)]
        for run, at in sorted(world.runs.items(), reverse=True)
    ]


def test_overlaps_name_twins_and_what_lies_inside(sqlite_engine, world, build):
    text = build(sqlite_engine)
    (twins,) = rows(text, "overlap-alike")
    assert twins[:5] == [world.tags[TWIN], "99", world.tags["t.00"], "100", "99"]
    inside = {(row[0], row[2]) for row in rows(text, "overlap-inside")}
    assert (world.tags[INSIDE], world.tags["t.02"]) in inside
    square = panel(text, "overlap-square")
    assert square.count('class="self"') == len(re.findall(r'<th scope="row">', square))
    assert f"<td>{world.tags[ALL]}</td>" not in square
    assert f"人人都有的标签不参加比较：{world.tags[ALL]}" in square


def test_readers_are_named_but_not_all_of_many(sqlite_engine, world, build):
    text = build(sqlite_engine, rules=rules_of(world))
    (row,) = rows(text, "use-readers")
    assert row == ["标签 0", "别的标签", "某人群", "一、二、三、四 等 6 个"]


@pytest.mark.parametrize(("checked", "differing", "shown"), [(500, 0, "0"), (500, 3, "3")])
def test_what_the_check_of_incremental_found_is_said(
    sqlite_engine, world, build, checked, differing, shown
):
    assert 'data-figure="differing"' not in build(sqlite_engine)
    with writing(sqlite_engine) as connection:
        connection.exec_driver_sql(f"UPDATE tag_run SET checked={checked}, differing={differing}")
    text = build(sqlite_engine)
    assert figure(text, "differing") == shown
    assert ('<div class="tile wait">\n      <dt>增量' in text) == bool(differing)


def test_an_empty_database_makes_a_page_that_says_so(engine, build):
    text = build(engine)
    assert figure(text, "tags") == "0"
    assert "还没有打过标签" in text
    assert "至少有两天打过标签才有走势" in text
    assert "nan" not in text.lower()


def test_the_first_run_makes_a_page_too(sqlite_engine, build):
    TagWorld(runs=1).write(sqlite_engine)
    text = build(sqlite_engine)
    assert "第一次打标，都是新进入" in text
    assert "至少有两天打过标签才有走势" in text


def test_fifty_tags_over_thirty_days_stay_below_a_megabyte(sqlite_engine, build):
    world = TagWorld(people=60, tags=50, runs=40).write(sqlite_engine)
    text = build(sqlite_engine, rules=rules_of(world))
    assert text.count('<details class="trend">') == 50
    assert text.count('class="spark"') == text.count('class="line-large"') == 50
    assert len(text.encode()) < 600_000


def test_the_page_needs_nothing_but_itself_and_its_links_have_goals(sqlite_engine, world, build):
    text = build(sqlite_engine, rules=rules_of(world), links={"看板": "index.html"})
    assert not re.search(r"<(script|img|iframe|object|embed|form|base)\b", text)
    assert not re.search(r"(src|srcset|xlink:href)=|@import|url\(", text)
    assert set(re.findall(r"https?://[^\"' <]+", text)) <= {"http://www.w3.org/2000/svg"}
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', text)) <= set(ids)
    assert 'href="index.html"' in text


def test_the_page_names_nobody(sqlite_engine, world, build):
    text = build(sqlite_engine, rules=rules_of(world))
    with reading(sqlite_engine) as connection:
        people = connection.exec_driver_sql("SELECT name, phone FROM profile").all()
    assert [value for row in people for value in row if value in text] == []
    assert "某甲" not in text


def test_words_from_the_tables_are_text_never_markup(sqlite_engine, world, build):
    nasty = "<b onclick=x>&\"' {{ 7*7 }} {n}"
    with writing(sqlite_engine) as connection:
        for column in ("title", "owner"):
            connection.exec_driver_sql(f"UPDATE tag SET {column} = ?", (nasty,))
        connection.exec_driver_sql("UPDATE tag_run SET why = ?", (nasty,))
        connection.exec_driver_sql("UPDATE OR REPLACE tag_change SET cause = ?", (nasty,))
    rules = Rulebook({"stage": nasty}, {}, {"t.00": Readers((nasty,))})
    text = build(sqlite_engine, rules=rules)
    assert "<b onclick" not in text
    assert text.count("&lt;b onclick=x&gt;") > 100
    assert "{{ 7*7 }}" in text


def test_the_page_speaks_english_when_asked(sqlite_engine, world, build):
    text = build(sqlite_engine, language="en")
    for word in ("合流学堂", "标签"):  # the firm's name; tags' titles are the firm's too
        text = text.replace(word, "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []
    assert 'lang="en"' in text


def test_a_link_that_could_run_something_is_refused(sqlite_engine, build):
    with pytest.raises(ValueError, match="a link may not begin with"):
        build(sqlite_engine, links={"x": "javascript:alert(1)"})
