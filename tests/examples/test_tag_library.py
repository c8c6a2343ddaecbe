"""The bundled firm's library: whole, titled, told in the docs, and an example of everything."""

import importlib
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from heliu.documents import Problems
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import CALENDAR
from heliu.tags.library import load_library
from tasks.firm import check_firm, warnings_of

ROOT = Path(__file__).resolve().parents[2]
FIRM = ROOT / "examples" / "firm"
# Every firm of this trade needs these.
NEEDED = {
    *("source.wecom", "interest.accounting", "stage.enrolled", "stage.trial", "stage.lead"),
    *("stage.cold", "inactive.60d", "order.unpaid", "value.high", "rfm.champion", "birthday.week"),
    *("exam.near", "service.refund_pending", "churn.risk", "brand.all"),
}


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """The environment of the bundled firm, read once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELIU_FIRM", str(FIRM))
        patch.setenv("HELIU_HOME", str(tmp_path_factory.mktemp("home")))
        patch.syspath_prepend(str(ROOT / "examples"))
        yield


@pytest.fixture(scope="module")
def firm(bundled):
    return check_firm()


@pytest.fixture(scope="module")
def lister(bundled):
    return importlib.import_module("list_tags")


@cache
def documents(kind: str) -> dict[str, dict]:
    paths = [*ROOT.glob(f"rules/{kind}/*.yaml"), *FIRM.glob(f"rules/{kind}/*.yaml")]
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


def nodes(value):
    """Every mapping within."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from nodes(inner)


def test_the_library_is_there_and_nothing_in_it_is_doubtful(firm):
    assert set(firm.tags.tags) >= NEEDED
    assert 50 <= len(firm.tags.tags) <= 80
    assert warnings_of(firm) == []


def test_every_tag_has_a_group_with_a_title_in_chinese(firm):
    for rule in firm.tags.tags.values():
        assert rule.group in firm.groups
        assert re.search(r"[\u4e00-\u9fff]", rule.title)
        assert re.search(r"[\u4e00-\u9fff]", firm.groups[rule.group])
    assert set(firm.groups) == {rule.group for rule in firm.tags.tags.values()}
    assert len({rule.title for rule in firm.tags.tags.values()}) == len(firm.tags.tags)


def test_every_tag_but_one_for_all_has_examples_both_ways(firm):
    lacking = [
        name
        for name, rule in firm.tags.tags.items()
        if {example.holds for example in rule.examples} != {True, False}
    ]
    assert lacking == ["brand.all"]


def test_the_defaults_use_standard_words_only():
    problems = Problems()
    load_library([ROOT], Vocabulary(), problems)
    assert problems.found == []


USES = {
    "expires": lambda tag, _: "expires" in tag,
    "manual": lambda tag, _: tag.get("manual") and "when" not in tag,
    "manual over a rule": lambda tag, _: tag.get("manual") and "when" in tag,
    "local": lambda tag, _: tag.get("local"),
    "max_age": lambda tag, _: "max_age" in tag,
    "sql": lambda tag, _: "sql" in tag,
    "a sequence of three": lambda _, node: len(node.get("sequence", ())) == 3,
    "first": lambda _, node: "first" in node,
    "distinct": lambda _, node: "distinct" in node and "did" in node,
    "bottom": lambda _, node: "bottom" in node,
    "a calendar window": lambda _, node: node.get("within") in CALENDAR,
    "consent": lambda _, node: "consent" in node,
    "sent": lambda _, node: "message_sent" in node.get("did", ()),
    "clicked": lambda _, node: "message_clicked" in node.get("did", ()),
    "reached": lambda _, node: "message_reached" in node.get("did", ()),
    "refunds taken off": lambda _, node: node.get("sum") == "net_fen",
    "category": lambda _, node: "product.category" in node.get("where", ()),
    "price": lambda _, node: "product.price_fen" in node.get("where", ()),
}


@pytest.mark.parametrize("part", USES)
def test_every_part_of_the_language_has_a_tag_that_shows_it(part):
    shows = USES[part]
    tags = documents("tags")
    assert [
        name
        for name, tag in tags.items()
        if any(shows(tag, node) for node in nodes({"when": tag.get("when", {})}))
    ]


def test_segments_are_made_of_segments_and_ranks():
    read = {
        key: {name for name, one in documents("segments").items() if _within(one["when"], key)}
        for key in ("segment", "rank")
    }
    assert read == {"segment": {"key_customers", "second_course"}, "rank": {"key_customers"}}


def _within(when, key: str) -> bool:
    return any(key in node for node in nodes(when))


def test_the_page_lists_the_library_as_it_is(lister):
    assert lister.main(["--check"]) == 0


def test_a_page_that_differs_is_noticed_and_renewed(lister, monkeypatch, tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(lister.PAGE.read_text("utf-8").replace("| 品牌 |", "| 牌子 |"), "utf-8")
    monkeypatch.setattr(lister, "PAGE", page)
    assert lister.main(["--check"]) == 1
    assert "tag-library.md differs" in capsys.readouterr().out
    assert lister.main([]) == 0
    assert page.read_text("utf-8") == (ROOT / "docs" / "tag-library.md").read_text("utf-8")


def test_the_page_names_only_tags_and_segments_there_are(firm):
    page = (ROOT / "docs" / "tag-library.md").read_text("utf-8")
    how = page.split("## How to read a rule")[1].split("## The tags")[0]
    named = {span for span in re.findall(r"`([\w.]+)`", how) if "." in span or "_" in span}
    assert named - set(firm.tags.tags) - set(firm.segments) == set()
