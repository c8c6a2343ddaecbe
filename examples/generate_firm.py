"""Invent the bundled firm's behaviour and consents: `python examples/generate_firm.py`.

Reads the nine source files and who they really belong to; the same seed writes
the same text on every Python. `--check` writes nothing and fails where the
committed files say otherwise.
"""

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from generate import consents, event
from generate.behaviour import behaviour
from generate.people import COLUMNS, read_people, read_products, read_rows

HERE = Path(__file__).resolve().parent
FIRM = HERE / "firm"
TRUTH = HERE.parent / "tests" / "data" / "cn_edu_dev" / "truth.csv"
SEED = 20251001


def generate(seed: int) -> dict[str, str]:
    """Each generated file's name and its whole text (before compression)."""
    sources = {name: read_rows(FIRM / f"{name}.csv") for name in COLUMNS}
    owner = {(row["source"], row["record_id"]): row["person_id"] for row in read_rows(TRUTH)}
    people = read_people(sources, owner, FIRM)
    return {
        "behaviour.csv.gz": _csv(event.HEADINGS, behaviour(seed, people, read_products(FIRM))),
        "consent.csv": _csv(consents.HEADINGS, consents.consents(seed, sources)),
    }


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


def read_text(path: Path) -> str:
    """A generated file's text, decompressed where its name ends in .gz; "" if missing."""
    if not path.exists():
        return ""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def write_text(path: Path, text: str) -> None:
    """Write a generated file; its compressed form holds neither name nor time."""
    data = text.encode("utf-8")
    path.write_bytes(
        gzip.compress(data, compresslevel=9, mtime=0) if path.suffix == ".gz" else data
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or compare; 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    texts = generate(options.seed)
    if not options.check:
        for name, text in texts.items():
            write_text(FIRM / name, text)
        return 0
    stale = [name for name, text in texts.items() if read_text(FIRM / name) != text]
    for name in stale:
        print(f"examples/firm/{name} differs: run python examples/generate_firm.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
