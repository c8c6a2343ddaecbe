"""The preview in Prefect: a form of revisions, artifacts of ids and counts."""

import json
import subprocess

import pytest
from prefect.artifacts import Artifact
from pydantic import ValidationError

from flows.preview_tags import preview_tags
from models.bulk import bulk_insert
from models.database import writing
from tasks.database import database
from tasks.tag_diff_options import PreviewTagsOptions
from tests.flows.small_firm import AS_OF

RULE = """tag: lives.{name}
title: 住在{name}
when: {{ field: city, is: {name} }}
examples:
  - {{ given: {{ city: {name} }}, holds: true }}
  - {{ given: {{}}, holds: false }}
"""


def git(folder, *words):
    told = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", "-C", folder, *told, *words], capture_output=True, check=True)


def test_a_preview_is_published_as_markdown_and_as_a_table(sqlite_firm):
    rules = sqlite_firm / "rules/tags"
    rules.mkdir(parents=True)
    (rules / "lives.成都.yaml").write_text(RULE.format(name="成都"), "utf-8")
    git(sqlite_firm, "init", "--quiet")
    git(sqlite_firm, "add", "--all")
    git(sqlite_firm, "commit", "--quiet", "--message", "one")
    (rules / "lives.重庆.yaml").write_text(RULE.format(name="重庆"), "utf-8")
    columns = ["id", "records", "sources", "created_run_id", "changed_run_id", "name", "city"]
    people = [(1, 1, 1, 1, 1, "张伟国", "成都"), (2, 1, 1, 1, 1, "李静", "重庆")]
    with writing(database()) as connection:
        bulk_insert(connection, "profile", columns, people)

    counts = preview_tags(options=PreviewTagsOptions(as_of=AS_OF))

    assert counts == {"tags": 1, "entered": 1, "left": 0}
    table = Artifact.get(key="heliu-preview-tags-table")
    (row,) = json.loads(table.data)
    assert (row["名称"], row["变更"], row["之前"], row["之后"]) == ("lives.重庆", "新增", 0, 1)
    assert "2 位客户" in table.description
    told = Artifact.get(key="heliu-preview-tags").data
    assert "| 2 | 进入 | 新条件，满足" in told
    assert not [name for *_, name, _ in people if name in told]


@pytest.mark.parametrize(
    "told",
    [{"before": "--output=/tmp/x"}, {"before": ""}, {"after": "a:b"}, {"after": "a b"},
     {"before": "HEAD\n"}, {"tags": ["a; b"]}],
)  # fmt: skip
def test_the_form_takes_nothing_but_revisions_and_tags(told):
    with pytest.raises(ValidationError):
        PreviewTagsOptions(**told)


def test_revisions_as_people_write_them_are_taken():
    for name in ("HEAD", "HEAD~2", "main@{yesterday}", "v1.2^", "feature/new-tags", "3fa2c1d"):
        assert PreviewTagsOptions(before=name, after=name).before == name
    assert PreviewTagsOptions(after="").after == ""
