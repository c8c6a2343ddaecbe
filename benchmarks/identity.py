"""Unification against its bars: `make bench-identity`, or `python -m benchmarks.identity`.

    python -m benchmarks.identity [--quick] [--runs N] [ROW ...]

Rows: cn_edu_dev febrl3 febrl4 historical_50k fake_1000 senzing_truthset cases link 100k 1m,
and by name only 20k. Without names all of them; --quick leaves out historical_50k and 1m.
Every piece of work runs in a process of its own. Times are medians of --runs (five). Ends with
an error if a bar is missed.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.apart import ROOT, Failed, Took, apart
from benchmarks.bars import HEAD, Line, at_least, at_most, equal, note
from benchmarks.datasets import DATA_SETS, SENZING
from benchmarks.quality import CHINESE, write_firm

MATCHING = find_spec("splink") is not None and find_spec("duckdb") is not None
SCALES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
SLOW = ("historical_50k", "1m")
BY_NAME = ("20k",)  # for a first look: too small to judge shares of a run by
# The share of records changed → the share of a full run's time it may take.
NIGHTS = {0.01: 0.10, 0.001: 0.03, 0.0: 0.01}
F1 = {"febrl3": 0.9985, "febrl4": 0.9991, "historical_50k": 0.885, "fake_1000": 0.945}
OVER_SPLINK = {"febrl3": 0.0, "febrl4": 0.0, "historical_50k": 0.05}


def chinese(runs: int) -> Iterator[Line]:
    """The bundled firm's customers, by their identifiers alone and compared too."""
    took = _heliu(CHINESE, matching=False)
    found, row = took.answer, f"{CHINESE}, deterministic"
    yield at_least(row, "precision", found["precision"], 0.996, took)
    yield at_least(row, "recall", found["recall"], 0.517)
    yield at_most(row, "largest profile", found["largest"], 11)
    yield at_most(row, "open review items a record", found["review"], 0.02)
    if not MATCHING:
        yield note(f"{CHINESE}, matching", "needs the extra heliu[probabilistic]")
        return
    took = _heliu(CHINESE, matching=True)
    found, row = took.answer, f"{CHINESE}, matching"
    yield at_least(row, "precision", found["precision"], 0.996, took)
    yield at_least(row, "recall", found["recall"], 0.54)
    yield at_most(row, "open review items a record", found["review"], 0.02)


def labelled(name: str) -> Callable[[int], Iterator[Line]]:
    """One labelled data set, beside Splink."""

    def lines(runs: int) -> Iterator[Line]:
        if not DATA_SETS[name].there:
            yield note(name, "its files are not in HELIU_BENCH_DATA")
            return
        if not MATCHING:
            yield note(name, "needs the extra heliu[probabilistic]")
            return
        took, theirs = _heliu(name, matching=True), apart("benchmarks.quality", "splink", name)
        f1, row = took.answer["f1"], f"{name}, Heliu"
        splinks = theirs.answer["f1"]
        yield at_least(row, "F1", f1, F1[name], took)
        if name in OVER_SPLINK:
            over = OVER_SPLINK[name]
            what = f"F1 against Splink's{f' + {over}' if over else ''}"
            yield at_least(row, what, f1, splinks + over)
        row = f"{name}, Splink with components"
        yield note(row, f"F1 {splinks:.4f} at probability 0.95", theirs)
        best = theirs.answer
        yield note(row, f"F1 {best['best_f1']:.4f} at its best, {best['best_threshold']}")
        if name.startswith("febrl") and find_spec("recordlinkage"):
            took = apart("benchmarks.quality", "recordlinkage", name)
            yield note(f"{name}, recordlinkage", f"F1 {took.answer['f1']:.4f}", took)

    return lines


def senzing(runs: int) -> Iterator[Line]:
    """Senzing's truth set, by identifiers; tests/heliu/identity/test_senzing.py judges it."""
    if not DATA_SETS[SENZING].there:
        yield note(SENZING, "its files are not in HELIU_BENCH_DATA")
        return
    took = _heliu(SENZING, matching=False)
    found = took.answer
    yield note(SENZING, f"precision {found['precision']:.4f}, recall {found['recall']:.4f}", took)


def cases(runs: int) -> Iterator[Line]:
    """The hand-written cases of normalising and linking, as tests."""
    folder = ROOT / "tests" / "heliu" / "identity"
    tests = [str(folder / f"test_{name}_cases.py") for name in ("normalise", "link")]
    run = subprocess.run(  # the plugins' caches are nobody's here
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    said = run.stdout.decode(errors="replace").strip().splitlines()
    yield equal("identity_cases", "failures", run.returncode, 0)
    if run.returncode:
        yield note("identity_cases", said[-1] if said else "nothing said")


def linking(runs: int) -> Iterator[Line]:
    """The link step on a million records."""
    if find_spec("scipy") is None:
        yield note("link", "needs the extra heliu[bench]")
        return
    tooks = [apart("benchmarks.speed", "linked", 1_000_000) for _ in range(runs)]
    ratios = [took.answer["ours"] / took.answer["scipy"] for took in tooks]
    yield at_most("link 1m", "× scipy's components", statistics.median(ratios), 3.0, tooks[0])
    yield equal("link 1m", "runs with other groups", sum(not t.answer["same"] for t in tooks), 0)


def scale(name: str) -> Callable[[int], Iterator[Line]]:
    """So many invented records: everything, a little changed, nothing changed, poisoned."""

    def lines(runs: int) -> Iterator[Line]:
        with tempfile.TemporaryDirectory(prefix="heliu-bench-") as folder:
            yield from _scale(name, runs, Path(folder))

    return lines


def _scale(name: str, runs: int, folder: Path) -> Iterator[Line]:
    collected, home = folder / "collected", folder / "home"
    _at(collected, "prepare", SCALES[name], 1)
    fulls = []
    for _ in range(runs):
        _copy(collected, home)
        fulls.append(_at(home, "full"))
    whole = _median([took.answer["wall_s"] for took in fulls])
    row = f"{name} generated"
    if name == "1m":
        yield at_most(row, "full run, s", whole, 120, fulls[0])
        yield at_most(row, "peak memory, MiB", max(took.peak_mib for took in fulls), 2048)
    else:
        yield note(row, f"full run {whole:.1f} s", fulls[0])
    normalising = _median([took.answer["normalise_s"] for took in fulls])
    yield note(row, f"of it normalising {normalising:.1f} s")
    found = _at(home, "accuracy").answer
    yield note(row, f"precision {found['precision']:.4f}, recall {found['recall']:.3f}")
    for share, bar in NIGHTS.items():
        took = _at(home, "changed", share, runs)
        median = _median([night["wall_s"] for night in took.answer])
        what = f"{share:.1%} changed, of a full run ({median:.2f} s)"
        yield at_most(row, what, median / whole, bar, took)
    took = _at(home, "churn")
    yield equal(row, "tables a second run changed", len(took.answer["changed tables"]), 0, took)
    yield equal(row, "two people one for a night", took.answer["merged"], True)
    yield equal(row, "both ids restored", took.answer["restored"], True)
    took = _at(home, "poisoned")
    yield equal(row, "poisoned: records that moved", took.answer["moved"], 0, took)
    yield equal(row, "poisoned: profiles changed", took.answer["profiles changed"], 0)
    yield equal(row, "poisoned: alerts", took.answer["alerts"], 1)
    yield equal(row, "poisoned: new records unified", took.answer["new records unified"], 10_000)


def _at(home: Path, function: str, *arguments: object) -> Took:
    env = {"HELIU_HOME": str(home), "HELIU_FIRM": str(ROOT / "examples" / "firm")}
    return apart("benchmarks.speed", function, *arguments, env={**env, "HELIU_DATABASE_URL": ""})


def _heliu(name: str, matching: bool) -> Took:
    with tempfile.TemporaryDirectory(prefix="heliu-bench-") as folder:
        firm = Path(folder) / "firm"
        write_firm(name, firm, matching)
        env = {"HELIU_HOME": f"{folder}/home", "HELIU_FIRM": str(firm), "HELIU_DATABASE_URL": ""}
        return apart("benchmarks.quality", "heliu", name, matching, env=env)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for path in target.iterdir():
        path.unlink()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())


def _median(figures: list[float]) -> float:
    return statistics.median(figures)


ROWS: dict[str, Callable[[int], Iterator[Line]]] = {
    CHINESE: chinese,
    **{name: labelled(name) for name in F1},
    SENZING: senzing,
    "cases": cases,
    "link": linking,
    **{name: scale(name) for name in SCALES},
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Unification against its bars.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help=f"without {' and '.join(SLOW)}")
    parser.add_argument("--runs", type=int, default=5, help="times are medians of so many")
    options = parser.parse_args()
    if unknown := set(options.rows) - ROWS.keys():
        parser.error(f"unknown rows {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    left_out = {*BY_NAME, *(SLOW if options.quick else ())}
    chosen = options.rows or [name for name in ROWS if name not in left_out]
    missed = 0
    print(HEAD, flush=True)
    for name in chosen:
        try:
            for line in ROWS[name](options.runs):
                missed += line.met is False
                print(line, flush=True)
        except Failed as error:
            missed += 1
            print(Line(name, "broke", "", "", False), flush=True)
            print(error, file=sys.stderr)
    if missed:
        sys.exit(f"{missed} bars missed")


if __name__ == "__main__":
    main()
