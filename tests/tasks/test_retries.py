import pytest
import sqlalchemy as sa

from heliu.errors import (
    ConfigError,
    OutcomeUnknown,
    PermanentError,
    RateLimited,
    SafetyStop,
    TransientError,
)
from tasks.retries import is_transient


class Failed:
    """A failed state as Prefect hands it to a retry condition."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def result(self, raise_on_failure: bool) -> Exception:
        assert not raise_on_failure
        return self.error


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TransientError("busy"), True),
        (RateLimited("later", 30), True),
        (sa.exc.OperationalError("select", {}, Exception("gone")), True),
        (ConnectionResetError(), True),
        (PermanentError("no"), False),
        (ConfigError([]), False),
        (SafetyStop("too little"), False),
        (OutcomeUnknown("went quiet"), False),
        (KeyError("a bug"), False),
    ],
)
def test_only_what_time_may_cure_is_tried_again(error, again):
    assert is_transient(None, None, Failed(error)) is again
