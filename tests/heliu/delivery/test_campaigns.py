"""Campaign files: what they may say, and every mistake with its place."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from heliu.delivery import Cap, load_campaigns, parse_hours
from heliu.documents import Problems

ROOT = Path(__file__).resolve().parents[3]
SEGMENTS = ("inactive_customers", "unpaid_orders", "interested_in_course")
GOOD = {
    "title": "欢迎回来",
    "segment": "inactive_customers",
    "topic": "marketing",
    "content": "welcome_back",
    "channels": "[folder]",
}


def variants_exist(content, channel, place, problems):
    if content == "missing":
        problems.add(place, f"content {content!r} has no variant for {channel!r}")


def load(*roots, segments=SEGMENTS, channels=("folder", "email")):
    problems = Problems()
    specs = load_campaigns(list(roots), segments, variants_exist, channels, problems)
    return specs, [str(problem) for problem in sorted(problems.found)]


@pytest.fixture
def write(tmp_path):
    def one(name="hello", folder=tmp_path, **said):
        folder.mkdir(exist_ok=True)
        lines = {"campaign": name, **GOOD, **said}
        text = "".join(f"{key}: {value}\n" for key, value in lines.items() if value is not None)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    return one


def test_the_default_campaigns_are_good_and_in_planning_order():
    specs, problems = load(ROOT / "campaigns")
    assert problems == []
    assert list(specs) == ["unpaid_order", "course_recommendation", "welcome_back"]
    assert {spec.channels for spec in specs.values()} == {("folder",)}
    assert {spec.name: spec.topic for spec in specs.values()}["unpaid_order"] == "service"


def test_a_campaign_is_what_its_file_says(write):
    root = write(
        again_after="never", hours='"10:00-12:30"', holdout="2.5%", schedule="[mon, thu]",
        cap="{count: 2, within: 7d}", priority=3, channels="[email, folder]", owner="crm",
    )  # fmt: skip
    specs, problems = load(root)
    spec = specs["hello"]
    assert problems == []
    assert spec.again_after is None
    assert spec.hours == parse_hours("10:00-12:30")
    assert spec.holdout == 0.025
    assert spec.cap == Cap(2, timedelta(days=7))
    assert spec.channels == ("email", "folder")
    assert [spec.due_on(date(2025, 9, 29 + day)) for day in (0, 1)] == [True, False]


def test_what_a_file_leaves_out_is_the_careful_choice(write):
    spec = load(write())[0]["hello"]
    assert spec.again_after == timedelta(days=30)
    assert spec.hours == parse_hours("09:00-20:00")
    assert all(spec.due_on(date(2025, 9, day)) for day in range(1, 8))


def test_the_firm_overrides_a_default_and_may_switch_one_off(write, tmp_path):
    root, firm = tmp_path / "defaults", tmp_path / "firm"
    for name in ("one", "two", "three"):
        write(name, root, segment="nobody_has_this" if name == "two" else "unpaid_orders")
    write("one", firm, title="ours")
    (firm / "two.yaml").write_text("campaign: two\noff: true\n")
    specs, problems = load(root, firm)
    assert problems == []
    assert {name: spec.title for name, spec in specs.items()} == {
        "one": "ours",
        "three": "欢迎回来",
    }


def test_a_campaign_scheduled_off_is_kept_and_never_due(write):
    spec = load(write(schedule="off"))[0]["hello"]
    assert not any(spec.due_on(date(2025, 9, day)) for day in range(1, 8))


@pytest.mark.parametrize(
    ("said", "place", "says"),
    [
        ({"segment": "unpaid_order"}, "3:10", "(did you mean 'unpaid_orders'?)"),
        ({"topic": "marketting"}, "4:8", "(did you mean 'marketing'?)"),
        ({"content": "missing"}, "5:10", "no variant for 'folder'"),
        ({"channels": "[folder, emial]"}, "6:20", "(did you mean 'email'?)"),
        ({"channels": "[folder, folder]"}, "6:20", "listed twice"),
        ({"channels": "folder"}, "6:11", "must be a list"),
        ({"channels": None}, "1:1", "lacks 'channels'"),
        ({"again_after": "30 days"}, "7:14", "not a duration like 30d"),
        ({"hours": "all day"}, "7:8", "are not hours"),
        ({"hours": "07:00-20:00"}, "7:8", "within 08:00-22:00"),
        ({"holdout": "five"}, "7:10", "share below 100% like 5%"),
        ({"holdout": "100%"}, "7:10", "share below 100%"),
        ({"cap": "{count: 0, within: 7d}"}, "7:14", "at least 1"),
        ({"cap": "{count: 1, within: long}"}, "7:25", "not a duration"),
        ({"cap": "{counts: 1, within: 7d}"}, "7:7", "(did you mean 'count'?)"),
        ({"schedule": "[monday]"}, "7:12", "unknown weekday 'monday'"),
        ({"schedule": "hourly"}, "7:11", "daily, off or a list"),
        ({"priority": "high"}, "7:11", "whole number"),
        ({"off": "maybe"}, "7:6", "true or false"),
        ({"hour": "09:00-20:00"}, "7:1", "(did you mean 'hours'?)"),
        ({"title": "12"}, "2:8", "title must be text"),
    ],
)
def test_a_mistake_is_told_with_its_place(write, tmp_path, said, place, says):
    specs, problems = load(write(**said))
    assert specs == {}
    assert any(
        problem.startswith(f"{tmp_path}/hello.yaml:{place}: ") and says in problem
        for problem in problems
    ), problems


def test_every_mistake_of_every_file_is_told_at_once(write, tmp_path):
    write("one", topic="markting", holdout="x")
    write("two", segment="nope")
    _, problems = load(tmp_path)
    assert len(problems) == 3


def test_the_file_and_the_campaign_have_one_name(write, tmp_path):
    write("hello")
    (tmp_path / "hello.yaml").rename(tmp_path / "Hello World.yaml")
    _, problems = load(tmp_path)
    assert "the file is called Hello World.yaml" in " ".join(problems)
    assert "is no name for a campaign" in " ".join(problems)
