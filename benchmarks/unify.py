"""How well who-is-who was told: python benchmarks/unify.py, after `make demo`.

Pairwise over the nine labelled sources of the bundled firm: of all pairs of records put
together, how many belong together (precision); of all that belong together, how many
were put so (recall).
"""

import csv
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path

from heliu.reports.exports import memberships
from models.database import reading
from tasks.database import database

TRUTH = Path(__file__).resolve().parents[1] / "tests/data/cn_edu_dev/truth.csv"


def pairs(groups: Iterable[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def main() -> None:
    with TRUTH.open(encoding="utf-8") as file:
        person = {
            (row["source"], row["record_id"]): row["person_id"] for row in csv.DictReader(file)
        }
    with reading(database()) as connection:
        profile = {(source, key): id_ for source, key, id_ in connection.execute(memberships())}
    if missing := person.keys() - profile.keys():
        raise SystemExit(
            f"{len(missing):,} labelled records have no profile: run `make demo` first"
        )
    both = pairs((person[key], profile[key]) for key in person)
    told, true = pairs(profile[key] for key in person), pairs(person.values())
    largest = max(Counter(profile[key] for key in person).values())
    print(f"records    {len(person):,}")
    print(f"precision  {both / told:.4f}")
    print(f"recall     {both / true:.4f}")
    print(f"largest    {largest}")


if __name__ == "__main__":
    main()
