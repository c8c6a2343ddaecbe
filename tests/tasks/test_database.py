import pytest
import sqlalchemy as sa

from heliu.errors import ConfigError
from tasks import database as steps


def test_a_driver_that_is_not_installed_is_told_with_its_extra(monkeypatch):
    def without_driver(url: str) -> sa.Engine:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr(steps, "open_database", without_driver)
    monkeypatch.setenv("HELIU_DATABASE_URL", "postgresql://nobody@127.0.0.1/never-opened")
    with pytest.raises(ConfigError, match=r"pip install 'heliu\[postgres\]'"):
        steps.database()


def test_a_password_is_in_no_error(monkeypatch):
    monkeypatch.setenv("HELIU_DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/none")
    with pytest.raises(Exception, match="can't be opened") as error:
        steps.database()
    assert "s3cret" not in str(error.value)
