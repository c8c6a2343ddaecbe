"""What a source tells of people who are erased is counted and written nowhere."""

from dataclasses import dataclass, field

from heliu.sources.erased import NOBODY

SOURCES = """
sources:
  crm:
    file: crm.csv
    key: [shop, id]
    updated_at: at
    fields: { name: name }
    identifiers: { phone: tel }
  visits:
    file: visits.csv
    key: nr
    updated_at: at
    subject: { key: tel }
    identifiers: { phone: tel }
    events: { type: { is: login }, at: at }
  orders:
    file: orders.csv
    key: nr
    subject: { source: { is: crm }, key: who }
    orders: { number: nr, ordered_at: at, amount_yuan: yuan }
"""


@dataclass
class Known:
    """Erased people by their keys, and texts that tell who they are."""

    keys: set[tuple[str, str]] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def key(self, source, key):
        return (source, key) in self.keys

    def row(self, source, row_hash, cells):
        return bool(self.texts & set(cells))


def deliver(folder):
    folder.write("sources.yaml", SOURCES)
    folder.write(
        "crm.csv",
        "shop,id,name,tel,at\na,1,甲,13911112222,2025-01-01\na,2,乙,13933334444,2025-01-01\n"
        "a,1,甲甲,13911112222,2025-01-02\n"  # a key told twice: the former row is quarantined
        "a,1,甲,13911112222,yesterday\n"  # a time nobody can read
        ",9,甲,13911112222,2025-01-01\n",  # no key at all
    )
    folder.write(
        "visits.csv",
        "nr,tel,at\n1,13911112222,2025-01-01\n2,13933334444,2025-01-01\n3,13911112222,2025-01-02\n",
    )
    folder.write(
        "orders.csv",
        "nr,who,yuan,at\nA,a|1,9.90,2025-01-01\nB,a|2,9.90,2025-01-01\nC,a|1,x,2025-01-01\n",
    )


def test_their_rows_are_counted_and_written_nowhere(folder):
    deliver(folder)
    known = Known({("crm", "a|1"), ("visits", "13911112222")}, {"13911112222"})
    told = folder.collect(erased=known)
    assert {name: one.erased for name, one in told.items()} == {"crm": 4, "visits": 2, "orders": 2}
    assert folder.rows("SELECT source, source_pk FROM record ORDER BY id") == [
        ("crm", "a|2"), ("visits", "13933334444"),
    ]  # fmt: skip
    assert folder.rows("SELECT payload FROM quarantine") == []
    assert folder.rows("SELECT number FROM orders") == [("B",)]
    assert folder.rows("SELECT count(*) FROM event WHERE source = 'visits'") == [(1,)]
    assert folder.rows(
        "SELECT count(*) FROM record_version WHERE payload LIKE '%13911112222%'"
    ) == [(0,)]


def test_with_nobody_erased_everything_is_as_ever(folder):
    deliver(folder)
    told = folder.collect(erased=NOBODY)
    assert {one.erased for one in told.values()} == {0}
    assert folder.rows("SELECT count(*) FROM record") == [(4,)]
    assert folder.rows("SELECT count(*) FROM quarantine") == [(4,)]
