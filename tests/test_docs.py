"""The docs name every word of the code, and every path, link and command in them is real.

Words come from the code, so that a new key, setting or variable fails here until its page has it.
"""

import ast
import dataclasses
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from sqlmodel import SQLModel

from app.cli import Export, Stage, app
from heliu.channels.registry import KINDS, channel_kinds
from heliu.content.context import describe_context
from heliu.content.filters import FILTERS
from heliu.content.limits import LIMITS
from heliu.delivery import campaigns
from heliu.delivery.verdicts import BLOCKS
from heliu.identity.policy import RULES
from heliu.reports.exports import EXPORTS
from heliu.rules import (
    escape_checks,
    events,
    examples,
    fields,
    parse,
    sayings,
    sequences,
    windows,
)
from heliu.rules.conditions import Verdict
from heliu.rules.vocabulary import (
    CONSENT_CHANNELS,
    MESSAGE_EVENTS,
    MESSAGE_PROPERTIES,
    NET_FEN,
    PRODUCT,
    PRODUCT_PROPERTIES,
    REACHED,
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    STANDARD_PROPERTIES,
    TOPICS,
)
from heliu.segments.library import KEYS as SEGMENT_KEYS
from heliu.sources import config, products
from heliu.tags.library import KEYS as TAG_KEYS
from models import DeliveryStatus, Reason
from models.columns import UtcSeconds
from tasks.firm import FILES
from tasks.settings import ROOT, FirmFile, ProjectFile, Strict
from tests.pages import (
    PAGES,
    SPAN,
    bodies,
    links,
    prose,
    read,
    shell_lines,
    spans,
    table,
    title,
    unnamed,
)

SOURCE, TAG, CAMPAIGN, TEMPLATE, CHANNEL = (
    f"docs/adding-a-{what}.md" for what in ("source", "tag", "campaign", "template", "channel")
)
COMMANDS, CONFIGURATION, MODEL = (
    f"docs/{name}.md" for name in ("commands", "configuration", "data-model")
)
PATH = re.compile(r"[\w.-]+(/[\w.-]*)*")
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b")
ENDINGS = {".py", ".md", ".yaml", ".toml", ".txt", ".html", ".csv", ".mako"}
ROOMS = ("app", "flows", "tasks", "heliu", "models")
TABLES = SQLModel.metadata.tables
CLI: Any = typer.main.get_command(app)
TYPERS_OWN = {"--help", "--install-completion", "--show-completion"}
every_page = pytest.mark.parametrize("page", PAGES, ids=title)


def settings_of(model: type[Strict], prefix: str = "") -> Iterator[str]:
    """Every setting of a file, dotted; a free table is NAME."""
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        inner = next((k for k in kinds if isinstance(k, type) and issubclass(k, Strict)), None)
        if inner:
            yield from settings_of(inner, f"{prefix}{name}.")
        else:
            free = getattr(field.annotation, "__origin__", None) is dict
            yield f"{prefix}{name}.NAME" if free else f"{prefix}{name}"


def variables() -> set[str]:
    """Environment variables the code and the Makefile name."""
    paths = [path for room in ROOMS for path in ROOT.glob(f"{room}/**/*.py")]
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    words = [node.value for node in nodes if isinstance(node, ast.Constant)]
    words += re.findall(r"^export (\w+)", read("Makefile"), re.MULTILINE)
    name = re.compile(r"(HELIU|PREFECT)_[A-Z_]+")
    return {word for word in words if isinstance(word, str) and name.fullmatch(word)}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))


def blocks() -> set[str]:
    """Blocks the channels' bases offer."""
    bases = [path.read_text("utf-8") for path in ROOT.glob("templates/messages/*/_base.*")]
    return {name for base in bases for name in re.findall(r"{% block (\w+)", base)}


def flags(command: Any) -> set[str]:
    own = {flag for option in command.params for flag in option.opts if flag.startswith("-")}
    return own.union(*map(flags, getattr(command, "commands", {}).values()))


WORDS: dict[str, Iterable[object]] = {
    SOURCE: [
        *config.SOURCE_KEYS, *config.IDENTIFIER_TYPES, *config.MODES, *config.FACTS,
        *STANDARD_FIELDS, *STANDARD_EVENTS, *products.REQUIRED, *products.OPTIONAL,
    ],
    TAG: [
        "tag", "segment", "off", "always", *TAG_KEYS, *SEGMENT_KEYS, *parse.HEADS,
        *(key for keys in parse.LEAVES.values() for key in keys), *events.RANK_OF_KEYS,
        *sequences.STEP_KEYS, *Verdict, *windows.CALENDAR, *examples.EXAMPLE_KEYS,
        *sayings.CONSENT_SAID_KEYS, *sayings.HAND_SAID_KEYS, *STANDARD_PROPERTIES,
        NET_FEN.name, REACHED, *MESSAGE_EVENTS, *MESSAGE_PROPERTIES, *TOPICS, *CONSENT_CHANNELS,
        *(f"{PRODUCT}{name}" for name in PRODUCT_PROPERTIES),
        *escape_checks.TABLES, *(name for names in escape_checks.TABLES.values() for name in names),
        ":as_of",
    ],
    CAMPAIGN: [
        *campaigns.REQUIRED, *campaigns.OPTIONAL, *campaigns.TOPICS, *campaigns.WEEKDAYS,
        *Reason,
    ],
    TEMPLATE: [*(path for path, _, _ in describe_context()), *FILTERS, *LIMITS, *blocks()],
    CHANNEL: [*channel_kinds(), "Channel", "Accepted", "NotAccepted"],
    CONFIGURATION: [
        *settings_of(ProjectFile), *settings_of(FirmFile), *channel_kinds(), *RULES,
        *variables(), *(f.name for options in KINDS.values() for f in dataclasses.fields(options)),
    ],
    COMMANDS: [
        *Stage, *Export, *flags(CLI) - TYPERS_OWN, *(f"make {target}" for target in targets()),
    ],
    MODEL: [*TABLES, *DeliveryStatus],
}  # fmt: skip


@pytest.mark.parametrize("page", WORDS)
def test_every_word_of_the_code_is_named_in_its_page(page):
    assert unnamed(page, WORDS[page]) == []


def test_every_command_is_in_the_page_of_commands():
    told = {span.split()[1] for span in spans(read(COMMANDS)) if span.startswith("heliu ")}
    assert told == set(CLI.commands)


@pytest.mark.parametrize(
    ("page", "keys"),
    [
        (SOURCE, config.SOURCE_KEYS),
        (TAG, ("tag", "off", *TAG_KEYS)),
        (CAMPAIGN, (*campaigns.REQUIRED, *campaigns.OPTIONAL)),
    ],
)
def test_the_first_table_of_keys_has_a_row_for_each(page, keys):
    assert set(keys) - set(table(page, "key |")) == set()


def test_every_setting_has_a_row():
    told = {**table(CONFIGURATION, "setting |"), **table(CONFIGURATION, "setting |", 1)}
    assert {*settings_of(ProjectFile), *settings_of(FirmFile)} - set(told) == set()


@pytest.mark.parametrize("kind", config.FACTS)
def test_the_table_of_facts_lists_what_each_mapping_takes(kind):
    required, optional = config.FACTS[kind]
    extra = {"when", "types", "properties"} if kind == "events" else {"when"}
    cells = table(SOURCE, "mapping")[kind]
    assert set(SPAN.findall(cells[0])) == set(required)
    assert set(SPAN.findall(cells[1])) == set(optional) | extra


@pytest.mark.parametrize("head", parse.LEAVES)
def test_the_table_of_conditions_lists_each_words_keys(head):
    cells = table(TAG, "word | holds if")[head]
    assert set(SPAN.findall(cells[1])) == set(parse.LEAVES[head])


@pytest.mark.parametrize("type_", fields.CHECKS)
def test_the_table_of_checks_lists_what_each_type_takes(type_):
    cells = table(TAG, "holds | checks")[type_]
    assert tuple(SPAN.findall(cells[0])) == fields.CHECKS[type_]


def test_every_unit_of_a_duration_is_shown():
    shown = " ".join(spans(read(TAG)))
    assert [unit for unit in windows.UNITS if not re.search(rf"\d{unit}\b", shown)] == []


def test_the_table_of_reasons_is_in_the_order_people_are_looked_at():
    after = [Reason.ALREADY, Reason.HOLDOUT, Reason.DUPLICATE, Reason.CAPPED, Reason.NOT_RENDERED]
    assert list(table(CAMPAIGN, "reason")) == [*BLOCKS, *after]


def test_the_table_of_variables_tells_types():
    told = table(TEMPLATE, "variable")
    known = {path: type_ for path, type_, _ in describe_context() if not path.endswith(".NAME")}
    assert {path: told[path][0] for path in known} == known


def test_the_limits_of_messages_are_told():
    sizes = {size for one in LIMITS.values() for size in (one.body_bytes, one.subject_bytes)}
    assert [size for size in sizes - {0} if f"{size:,}" not in read(TEMPLATE)] == []


@pytest.mark.parametrize("what", EXPORTS)
def test_the_columns_of_an_export_are_told(what):
    columns = ", ".join(column.name for column in EXPORTS[what]().selected_columns)
    assert table(COMMANDS, "export")[what][0].startswith(f"{columns}:")


def drawn() -> dict[str, list[tuple[str, str, bool]]]:
    """Table to (type, column, whether in the key), from the fullest of its drawings."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for body in bodies("mermaid"):
        for name, inner in re.findall(r"^    (\w+) \{\n(.*?)^    \}$", body, re.M | re.S):
            columns = re.findall(r"^ +(\w+) (\w+)( PK)?(?: \"[^\"]*\")?$", inner, re.MULTILINE)
            assert len(columns) == inner.count("\n"), f"a line of {name} can't be read"
            drawing = [(type_, column, bool(key)) for type_, column, key in columns]
            found[name] = max(found.get(name, []), drawing, key=len)
    return found


def test_the_pictures_draw_every_table_with_its_key():
    keys = {name: {c.name for c in one.primary_key} for name, one in TABLES.items()}
    assert {name: {c for _, c, key in columns if key} for name, columns in drawn().items()} == keys


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_pictures_draw_columns_as_they_are(name):
    for type_, column, _ in drawn()[name]:
        found = TABLES[name].columns[column]
        assert (type_ == "instant") == isinstance(found.type, UtcSeconds), column
        assert (type_ == "fen") == column.endswith("_fen"), column


def test_the_pictures_join_tables_and_draw_every_reference():
    joins = re.compile(r"^    (\w+) [|o}]{2}(?:--|\.\.)[|o{]{2} (\w+) : \"[^\"]+\"$", re.MULTILINE)
    joined = {pair for body in bodies("mermaid") for pair in joins.findall(body)}
    assert {name for pair in joined for name in pair} <= set(TABLES)
    wanted = {
        (key.column.table.name, name) for name, one in TABLES.items() for key in one.foreign_keys
    }
    assert wanted <= joined


def test_the_map_shows_every_room():
    body = next(body for body in bodies("", "README.md") if "app/" in body)
    told = set(re.findall(r"^ *(\w+)/ ", body, re.MULTILINE))
    rooms = {path.parent.name for path in ROOT.glob("heliu/*/__init__.py")}
    tops = {path.parent.name for path in ROOT.glob("[a-z]*/*") if path.suffix != ".egg-info"}
    assert told - rooms - tops == set()
    assert (rooms | {top for top in tops if (ROOT / top).is_dir()}) - told <= {"docs", "build"} | {
        top for top in tops if top.endswith(".egg-info")
    }


def test_the_map_of_identity_shows_its_rooms():
    body = next(body for body in bodies("", "docs/identity.md") if "heliu/identity/" in body)
    rooms = {path.parent.name for path in ROOT.glob("heliu/identity/*/__init__.py")}
    assert set(re.findall(r"^ *(\w+)/ ", body, re.MULTILINE)) == rooms


def slug(heading: str) -> str:
    """What a heading is called in a link."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@every_page
def test_every_link_leads_somewhere(page):
    broken = []
    for target in links(page.read_text("utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        if not found.exists() or (anchor and anchor not in headings(found)):
            broken.append(target)
    assert broken == []


def headings(page: Path) -> set[str]:
    return set(map(slug, re.findall(r"^#+ (.*)$", prose(page.read_text("utf-8")), re.MULTILINE)))


@pytest.fixture(scope="module")
def names() -> set[str]:
    """Every file's name, wherever it is, and the names a firm's folder may have."""
    tops = [path for path in ROOT.iterdir() if path.name[0] != "."]
    return {*FILES, *(path.name for top in tops for path in [top, *top.rglob("*")])}


@every_page
def test_every_path_is_there(page, names):
    missing = []
    for span in spans(page.read_text("utf-8")):
        if not PATH.fullmatch(span) or PLACEHOLDER.search(Path(span).stem):
            continue
        head = span.partition("/")[0]
        inside = "/" in span and head != ".heliu" and (ROOT / head).is_dir()
        if inside and not PLACEHOLDER.search(span) and not (ROOT / span).exists():
            missing.append(span)
        if "/" not in span and Path(span).suffix in ENDINGS and span not in names:
            missing.append(span)
    assert missing == []


def said_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for line in [*spans(text), *shell_lines(text)]:
            command = line.strip().removeprefix(".venv/bin/")
            if command.startswith(("heliu ", "make ")):
                yield title(page), command


@pytest.mark.parametrize(("page", "command"), sorted(set(said_commands())))
def test_every_command_told_exists(page, command):
    program, *words = shlex.split(command, comments=True)
    if program == "make":
        assert [word for word in words if "=" not in word and word not in targets()] == []
        return
    stand_in = {"STAGE": "nightly", "WHAT": "tags", "FILE": "tags.csv", "COMMAND": "list"}
    found, arguments = CLI, [stand_in.get(word, word) for word in words]
    while arguments and hasattr(found, "commands"):
        name = arguments.pop(0)
        assert name in found.commands
        found = found.commands[name]
    if arguments:
        found.make_context(name, arguments)


def test_every_deployment_told_exists():
    deployed = yaml.safe_load(read("prefect.yaml"))["deployments"]
    known = {f"{one['entrypoint'].rpartition(':')[2]}/{one['name']}" for one in deployed}
    text = "".join(page.read_text("utf-8") for page in PAGES)
    told = set(re.findall(r"(?:deployment run|deployments/name/)[ ']*(\w+/\w+)", text))
    assert told
    assert told <= known
