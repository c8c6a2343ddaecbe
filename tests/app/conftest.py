"""The firm that tests of `heliu tags` work on."""

import pytest

from tests.app.tag_firm import AS_OF, commit, fill, git, write_tag
from tests.flows.small_firm import write_firm


@pytest.fixture
def tag_firm(tmp_path, monkeypatch, sqlite_url):
    """A firm under git, defaults that are not, and four people; their data is not in git."""
    folder, defaults = tmp_path / "firm", tmp_path / "defaults"
    write_firm(folder)
    (folder / "heliu.toml").write_text(f'[clock]\nas_of = "{AS_OF}"\n', "utf-8")
    (folder / ".gitignore").write_text("*.csv\n", "utf-8")
    write_tag(folder, "buyer", "{ did: order_paid }", "order_paid")
    write_tag(folder, "vip", "{ did: login, within: 30d }", "login", manual="true")
    (folder / "rules/segments").mkdir()
    (folder / "rules/segments/loyal.yaml").write_text(
        "segment: loyal\ntitle: LOYAL\nwhen: { tag: buyer }\nexamples:\n"
        "  - { given: {}, tags: [buyer], holds: true }\n  - { given: {}, holds: false }\n",
        "utf-8",
    )
    write_tag(defaults, "everybody", "always")
    git(tmp_path, "init", "--quiet", str(folder))
    commit(folder)
    for module in ("tasks.settings", "tasks.revisions"):
        monkeypatch.setattr(f"{module}.ROOT", defaults)
    for name, value in {
        "FIRM": folder,
        "HOME": tmp_path / "home",
        "DATABASE_URL": sqlite_url,
    }.items():
        monkeypatch.setenv(f"HELIU_{name}", str(value))
    fill(sqlite_url)
    return folder
