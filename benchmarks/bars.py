"""Lines of the table: a figure, its bar, whether it is met, what measuring it took."""

from typing import NamedTuple

from benchmarks.apart import Took

HEAD = """\
| row | figure | value | bar | met | CPU s | wall s | peak MiB |
|---|---|--:|--:|---|--:|--:|--:|"""


class Line(NamedTuple):
    """One line; `met` is None where there is no bar."""

    row: str
    figure: str
    value: str
    bar: str = ""
    met: bool | None = None
    took: Took | None = None

    def __str__(self) -> str:
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        took = self.took
        used = ("", "", "")
        if took:
            used = (f"{took.cpu_s:.1f}", f"{took.wall_s:.1f}", f"{took.peak_mib:.0f}")
        return f"| {' | '.join((*self[:4], met, *used))} |"


def at_least(row: str, figure: str, value: float, bar: float, took: Took | None = None) -> Line:
    """A figure that must not be smaller."""
    return Line(row, figure, _shown(value), f"≥ {_shown(bar)}", value >= bar, took)


def at_most(row: str, figure: str, value: float, bar: float, took: Took | None = None) -> Line:
    """A figure that must not be larger."""
    return Line(row, figure, _shown(value), f"≤ {_shown(bar)}", value <= bar, took)


def equal(row: str, figure: str, value: object, bar: object, took: Took | None = None) -> Line:
    """A figure that must be just this."""
    return Line(row, figure, str(value), f"= {bar}", value == bar, took)


def note(row: str, says: str, took: Took | None = None) -> Line:
    """Something worth knowing that no bar is set for."""
    return Line(row, says, "", took=took)


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
