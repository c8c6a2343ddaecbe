"""Every example in the docs is read by the real loaders: a page's examples make a firm's folder.

An example is a fenced block whose info string says what it is: `yaml sources`, `yaml tag`, `yaml
segment`, `yaml campaign`, `yaml condition`, `yaml policy`, `toml firm`, `toml project`, `jinja
template PATH`, `python channel`, `python migration`.
"""

import gzip
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import yaml

from heliu.channels.base import Channel
from heliu.channels.registry import channel_traits
from heliu.documents import Problems, expect_keys, parse_yaml
from heliu.errors import ConfigError
from heliu.rules import parse
from heliu.rules.proof import run_examples, run_segment_examples
from heliu.rules.vocabulary import Vocabulary
from heliu.sources.config import load_sources
from heliu.tags.library import load_library
from tasks.firm import Firm, check_firm
from tasks.settings import ROOT, FirmFile, ProjectFile
from tests.pages import bodies, fences, unnamed

ZONE = ZoneInfo("Asia/Shanghai")
SMALLEST = "sources:\n  crm: { file: crm.csv, key: id, fields: { name: name } }\n"
RULES = {"tag": "rules/tags", "segment": "rules/segments", "campaign": "campaigns"}
OTHERS = {
    "jinja template": "templates/messages/",
    "toml firm": "heliu.toml",
    "yaml policy": "policy.yaml",
}
LOADERS = {
    "heliu.sources.config": "docs/adding-a-source.md",
    "heliu.identity.policy_file": "docs/configuration.md",
    "heliu.delivery.campaigns": "docs/adding-a-campaign.md",
    "heliu.rules.parse": "docs/adding-a-tag.md",
    "heliu.rules.events": "docs/adding-a-tag.md",
    "heliu.rules.files": "docs/adding-a-tag.md",
    "heliu.rules.examples": "docs/adding-a-tag.md",
}


def firms() -> list[tuple[str, str]]:
    """(page, sources.yaml): one for each such example, and one for each page without."""
    sourced = [(page, body) for page, _, body in fences("yaml sources")]
    kinds = ("yaml", "jinja", "toml")
    others = {page for kind in kinds for page, _, _ in fences(kind)} - {page for page, _ in sourced}
    return sourced + [(page, SMALLEST) for page in sorted(others)]


every_firm = pytest.mark.parametrize(
    ("page", "sources"), firms(), ids=[f"{page}-{n}" for n, (page, _) in enumerate(firms())]
)


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Put a page's examples into a folder and read it as a run would."""

    def read(page: str, sources: str) -> Firm:
        folder = tmp_path / f"firm{len(list(tmp_path.iterdir()))}"
        put(folder, "sources.yaml", sources)
        put_files(folder)
        for kind, place in RULES.items():
            for body in bodies(f"yaml {kind}", page):
                put(folder, f"{place}/{yaml.safe_load(body)[kind]}.yaml", body)
        for kind, place in OTHERS.items():
            for name, rest, body in fences(kind):
                if name == page:
                    put(folder, place + rest, body)
        monkeypatch.setenv("HELIU_FIRM", str(folder))
        monkeypatch.setenv("HELIU_CONFIG", str(folder / "none.toml"))
        return check_firm()

    return read


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def put_files(folder: Path) -> None:
    """The files a sources.yaml names, with a heading of every column it maps."""
    for source in yaml.safe_load((folder / "sources.yaml").read_text("utf-8"))["sources"].values():
        for name in [source["file"]] if "file" in source else source["files"]:
            put(folder, name.replace("*", "1"), "")
    for spec in load_sources(folder, Problems()):
        headings = list(dict.fromkeys(cell.column for cell in spec.cells() if cell.column))
        for path in spec.files:
            write_heading(path, headings, spec.sheet)


def write_heading(path: Path, headings: list[str], sheet: str | None) -> None:
    line = (",".join(headings) + "\n").encode()
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet or "1"
        page.append(headings)
        book.save(path)
    else:
        path.write_bytes(gzip.compress(line) if path.suffix == ".gz" else line)


@every_firm
def test_every_example_of_a_page_loads_and_its_rules_hold(page, sources, load):
    firm = load(page, sources)
    assert run_examples(firm.tags, ZONE) + run_segment_examples(firm.segments, ZONE) == []
    loaded = {"tag": firm.tags.tags, "segment": firm.segments, "campaign": firm.campaigns}
    for kind, known in loaded.items():
        assert {yaml.safe_load(body)[kind] for body in bodies(f"yaml {kind}", page)} <= set(known)


def test_a_wrong_example_would_be_told(load):
    with pytest.raises(ConfigError, match="did you mean 'fields'"):
        load("README.md", SMALLEST.replace("fields", "feilds"))


def test_every_key_a_loader_knows_is_named_in_its_page(load, monkeypatch):
    asked: dict[str, set[str]] = {page: set() for page in LOADERS.values()}
    for module, page in LOADERS.items():

        def note(value, problems, what, known, required=(), page=page):
            prefix = f"{what}." if what in ("limits", "audit") else ""
            asked[page] |= {prefix + key for key in known}
            return expect_keys(value, problems, what, known, required)

        monkeypatch.setattr(f"{module}.expect_keys", note)
    for page, sources in firms():
        load(page, sources)
    assert all(asked.values())
    lacking = {page: unnamed(page, keys) for page, keys in asked.items()}
    assert {page: words for page, words in lacking.items() if words} == {}


@pytest.mark.parametrize(("page", "text"), [(p, text) for p, _, text in fences("yaml condition")])
def test_every_condition_shown_can_be_read(page, text):
    problems = Problems()
    tags = load_library([ROOT], Vocabulary(), problems).tags
    value = parse_yaml(text, page, problems)
    assert value is not None
    assert parse.Reader(Vocabulary(), problems, tuple(tags)).read(value)
    assert problems.found == []


@pytest.mark.parametrize("text", bodies("toml project"))
def test_the_projects_settings_shown_are_all_of_them(text):
    shown = tomllib.loads(text)
    assert ProjectFile.model_validate(shown)
    assert set(shown) == set(ProjectFile.model_fields)


@pytest.mark.parametrize("text", bodies("toml firm"))
def test_the_firms_settings_shown_are_all_of_them(text):
    shown = tomllib.loads(text)
    firm = FirmFile.model_validate(shown)
    assert [channel_traits(name, options) for name, options in firm.channels.items()]
    assert set(shown) == set(FirmFile.model_fields)
    assert set(leaves(firm.model_dump(exclude={"channels"}))) == set(
        leaves({name: value for name, value in shown.items() if name != "channels"})
    )


def leaves(table: dict[str, object], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("text", bodies("python channel"))
def test_the_channel_shown_is_a_channel(text):
    names: dict[str, type] = {}
    exec(compile(text, "docs/adding-a-channel.md", "exec"), names)
    shown = names[re.findall(r"^class (\w+)", text, re.MULTILINE)[0]]("pigeon", None)
    wanted = {name for name in vars(Channel) if name[0] != "_"} | {"__enter__", "__exit__"}
    assert {name for name in wanted if not hasattr(shown, name)} == set()


@pytest.mark.parametrize("text", bodies("python migration"))
def test_a_migration_is_made_as_told_and_finds_nothing_to_do(text, tmp_path, monkeypatch):
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "models/migrations", folder)
    before = set(folder.glob("versions/*.py"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("models.database.MIGRATIONS", folder)
    exec(compile(text, "CONTRIBUTING.md", "exec"), {})
    (made,) = set(folder.glob("versions/*.py")) - before
    upgrade = made.read_text("utf-8").partition("def upgrade")[2].partition("def downgrade")[0]
    assert "op." not in upgrade
