"""What can go wrong, by what cures it.

HeliuError
├── TransientError     time may cure it: try again
│   └── RateLimited    … after a while
├── PermanentError     someone must act
│   ├── ConfigError    a file says something wrong: file:line:column, what, what would be right
│   ├── SafetyStop     a check refused to go on before anything was published
│   └── RecipientRejected  this person can't be reached this way
└── OutcomeUnknown     it may have happened: look before repeating

No message ever holds a phone number, a name, an address, a body or a secret.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class HeliuError(Exception):
    """Anything this project raises on purpose."""


class TransientError(HeliuError):
    """Time may cure it."""


class RateLimited(TransientError):
    """The provider asks us to wait."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class PermanentError(HeliuError):
    """Someone must act."""


class SafetyStop(PermanentError):
    """A check stopped the run before anything was published."""


class RecipientRejected(PermanentError):
    """The provider refuses this recipient for good."""


class OutcomeUnknown(HeliuError):
    """The call broke midway: it may have happened."""


@dataclass(frozen=True, order=True)
class Place:
    """Where in which file, counted from 1; 0 means the whole line or file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong, where, and what would be right."""

    place: Place
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.says}" + (f"\n    {self.remedy}" if self.remedy else "")


class ConfigError(PermanentError):
    """Every problem of the configuration at once, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """For the nearest known word ` (did you mean 'x'?)`, or nothing.

    >>> did_you_mean("order_payed", ["order_paid", "login"])
    " (did you mean 'order_paid'?)"
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
