"""Prefect's test server, started once, and the small firm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.small_firm import write_firm


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """Prefect's own server on a database of its own; its address for other processes."""
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness

    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield str(PREFECT_API_URL.value())


@pytest.fixture
def firm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str, database_url: str
) -> Path:
    """The small firm, on a database of each kind, and the settings pointing at it."""
    folder = tmp_path / "firm"
    write_firm(folder)
    monkeypatch.setenv("HELIU_FIRM", str(folder))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HELIU_DATABASE_URL", database_url)
    return folder


@pytest.fixture
def sqlite_firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_api: str) -> Path:
    """The small firm on a database that isn't there yet."""
    folder = tmp_path / "firm"
    write_firm(folder)
    monkeypatch.setenv("HELIU_FIRM", str(folder))
    monkeypatch.setenv("HELIU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HELIU_DATABASE_URL", raising=False)
    return folder
