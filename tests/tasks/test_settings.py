from datetime import UTC, date, datetime

import pytest

from heliu.errors import ConfigError
from tasks.settings import ROOT, FirmFile, Settings, settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HELIU_FIRM", str(tmp_path))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HELIU_DATABASE_URL", raising=False)
    return tmp_path


def test_a_firm_needs_no_settings(folder):
    assert settings().file == FirmFile()
    assert settings().database_url == f"sqlite:///{folder}/home/heliu.db"


def test_the_environment_names_the_database(folder, monkeypatch):
    monkeypatch.setenv("HELIU_DATABASE_URL", "postgresql://u@h/d")
    assert settings().database_url == "postgresql://u@h/d"


def test_the_bundled_firm_is_the_default(monkeypatch):
    for name in ("HELIU_FIRM", "HELIU_HOME", "HELIU_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert settings().firm == ROOT / "examples" / "firm"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            'langage = "zh"',
            r"heliu.toml:1: unknown setting 'langage' \(did you mean 'language'\?\)",
        ),
        ('\n[firm]\nname = "x"\nfone = "1"', r"heliu.toml:4: unknown setting 'firm.fone'"),
        ("[cap]\ncount = 0", r"heliu.toml:2: cap.count: Input should be greater"),
        ('timezone = "Mars/Base"', r"heliu.toml:1: timezone: there is no time zone"),
        ("timezone = ", "not TOML"),
        ('[clock]\nas_of = 2025-10-01\ntime = "25:00"', r"heliu.toml:3: clock.time"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder, text, says):
    (folder / "heliu.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        settings()


def test_a_firm_that_is_not_there_is_told_with_the_remedy(folder, monkeypatch):
    monkeypatch.setenv("HELIU_FIRM", str(folder / "nowhere"))
    with pytest.raises(ConfigError, match="Set HELIU_FIRM"):
        settings()


def still(folder, clock=None) -> Settings:
    return Settings(firm=folder, home=folder, database_url="sqlite://", file=FirmFile(clock=clock))


def test_a_date_is_its_first_moment_in_the_firms_zone(tmp_path):
    as_of, now = still(tmp_path).clock(date(2025, 10, 1), None)
    assert as_of == datetime(2025, 9, 30, 16, tzinfo=UTC)
    assert (datetime.now(UTC) - now).total_seconds() < 60


def test_a_clock_that_stands_still_gives_what_the_caller_does_not(tmp_path):
    here = still(tmp_path, {"as_of": "2025-10-01"})
    assert here.clock(None, None) == (
        datetime(2025, 9, 30, 16, tzinfo=UTC),
        datetime(2025, 10, 1, 2, tzinfo=UTC),
    )
    assert here.clock(date(2025, 10, 3), None)[1] == datetime(2025, 10, 3, 2, tzinfo=UTC)
