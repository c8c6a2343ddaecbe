"""How well labelled records are told apart: by Heliu, and by Splink on the same files."""

import csv
import shutil
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.datasets import DATA_SETS, FOLDER, Row, read_rows

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ROOT / "examples" / "firm"
BUNDLED_TRUTH = ROOT / "tests" / "data" / "cn_edu_dev" / "truth.csv"
CHINESE = "cn_edu_dev"  # the bundled firm's customers, without what they did
PEOPLE = ("key", "created_at", "updated_at", "title", "file", "trust", "channel", "fields",
          "identifiers", "match")  # fmt: skip


def write_firm(name: str, folder: Path, matching: bool) -> None:
    """A firm's folder with one data set: its sources.yaml and its files.

    Args:
        name: The data set.
        folder: Made here.
        matching: Whether records may also be compared, where sources.yaml says how.
    """
    folder.mkdir(parents=True)
    if name == CHINESE:
        document = yaml.safe_load((BUNDLED / "sources.yaml").read_text(encoding="utf-8"))
        known = {source for source, _ in bundled_truth()}
        document["sources"] = {
            source: {part: told for part, told in spec.items() if part in PEOPLE}
            for source, spec in document["sources"].items()
            if source in known
        }
        for source in known:
            shutil.copy(BUNDLED / f"{source}.csv", folder)
        shutil.copy(BUNDLED / "products.csv", folder)
    else:
        described = ROOT / "benchmarks" / "identity" / name
        shutil.copytree(described, folder, dirs_exist_ok=True)
        document = yaml.safe_load((described / "sources.yaml").read_text(encoding="utf-8"))
        for file in DATA_SETS[name].files.values():
            _copy_as_csv(FOLDER / DATA_SETS[name].folder / file, folder)
    if not matching:
        document.pop("matching", None)
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    (folder / "sources.yaml").write_text(text, encoding="utf-8")


def _copy_as_csv(path: Path, folder: Path) -> None:
    """A file as collect can read it; blanks after commas, as FEBRL has them, are no text."""
    rows = read_rows(path)
    with (folder / f"{path.stem}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: cell or "" for name, cell in row.items()} for row in rows)


def bundled_truth() -> dict[tuple[str, str], str]:
    """Every labelled record of the bundled firm, and its person."""
    with BUNDLED_TRUTH.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["record_id"]): row["person_id"] for row in csv.DictReader(file)}


def heliu(name: str, matching: bool) -> dict[str, Any]:
    """Collect, train if it is to match, unify; HELIU_FIRM is as `write_firm` made it."""
    from benchmarks.workbench import collect, count, profiles, quality, train, unify

    collect()
    started = time.perf_counter()
    if matching:
        train()
    trained = time.perf_counter()
    unify(10)
    found = quality(bundled_truth() if name == CHINESE else DATA_SETS[name].truth(), profiles())
    waiting = count("SELECT count(*) FROM review_item WHERE closed_run_id IS NULL")
    return {
        **found._asdict(),
        "review": waiting / count("SELECT count(*) FROM record"),
        "trained_s": trained - started,
    }


def splink(name: str) -> dict[str, Any]:
    """Splink with connected components, at the threshold of its examples and at its best."""
    from benchmarks.splink_baseline import MODELS, THRESHOLD, clusters
    from benchmarks.workbench import quality

    person_of, files = _compared(name)
    found = {
        threshold: quality(person_of, groups)
        for threshold, groups in clusters(MODELS[name], files).items()
    }
    best = max(found, key=lambda threshold: found[threshold].f1)
    return {
        **found[THRESHOLD]._asdict(),
        "best_f1": found[best].f1,
        "best_threshold": best,
    }


def recordlinkage(name: str) -> dict[str, Any]:
    """recordlinkage with connected components."""
    from benchmarks.recordlinkage_baseline import clusters
    from benchmarks.workbench import quality

    person_of, files = _compared(name)
    return quality(person_of, clusters(files))._asdict()


def _compared(name: str) -> tuple[dict[str, str], list[list[Row]]]:
    """Key → person, and the files without what tells the person."""
    data = DATA_SETS[name]
    hidden = {data.key, "cluster", "unique_id"}
    files = [
        [
            {"unique_id": str(row[data.key]), **{c: t for c, t in row.items() if c not in hidden}}
            for row in data.rows(source)
        ]
        for source in data.files
    ]
    return {key: person for (_, key), person in data.truth().items()}, files
