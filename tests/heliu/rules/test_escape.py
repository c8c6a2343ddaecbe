"""A tag's SELECT: what may stand in it, where a mistake is, and how it is written down."""

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from heliu.documents import Problems, Value
from heliu.errors import Place
from heliu.rules.escape import as_select, read_sql, written
from heliu.rules.person import Happening, Person
from heliu.rules.windows import Clock
from tests.heliu.rules.grammar import CLOCK, VOCABULARY, ZONE
from tests.heliu.rules.people import store, undone

COMMON = "profile_id FROM orders WHERE"
REFUSED = [
    ("SELECT id FROM profile", "1:1: must select one column, profile_id"),
    ("SELECT profile_id, item FROM orders", "must select one column"),
    ("SELECT * FROM orders", "name the columns"),
    ("SELECT profle_id AS profile_id FROM orders", "1:8: unknown column 'profle_id' (did you"),
    ("SELECT profile_id FROM order", "1:24: unknown table 'order' (did you mean 'orders'?)"),
    ("SELECT profile_id FROM identifier", "unknown table 'identifier'"),
    ("SELECT profile_id FROM sqlite_master", "unknown table"),
    ("SELECT profile_id FROM pg_catalog.orders", "a table is named alone"),
    ("SELECT profile_id\nFROM orders\nWHERE itm = 'x'", "4: unknown column 'itm' (did you mean"),
    ("SELECT record_id AS profile_id FROM event", "unknown column 'record_id'"),
    ("SELECT number_1 AS profile_id FROM event", "unknown column 'number_1'"),
    ("DELETE FROM orders", "not one SELECT"),
    ("SELECT profile_id FROM orders; DROP TABLE orders", "not one SELECT"),
    ("SELECT profile_id FROM orders UNION SELECT id FROM profile", "not one SELECT"),
    ("WITH x AS (SELECT 1) SELECT profile_id FROM orders", "WITH is not allowed"),
    ("SELECT profile_id INTO x FROM orders", "INTO is not allowed"),
    ("SELECT profile_id FROM orders FOR UPDATE", "LOCK is not allowed"),
    ("SELECT profile_id FROM orders LIMIT 1", "LIMIT is not allowed"),
    ("SELECT profile_id FROM orders ORDER BY 1", "ORDER BY belongs into a window"),
    ("SELECT DISTINCT ON (item) profile_id FROM orders", "DISTINCT ON is not allowed"),
    ("SELECT profile_id FROM orders FULL JOIN refund ON TRUE", "a FULL JOIN is not allowed"),
    ("SELECT profile_id FROM orders NATURAL JOIN refund", "join with ON"),
    ("SELECT profile_id FROM orders JOIN event USING (profile_id)", "join with ON"),
    ("SELECT profile_id FROM orders o, event e WHERE TRUE", "could not be resolved"),
    (f"SELECT {COMMON} item LIKE 'a%'", "1:37: LIKE is not allowed"),
    (f"SELECT {COMMON} lower(item) = 'a'", "LOWER is not allowed"),
    (f"SELECT {COMMON} amount_fen / 2 > 1", "DIV is not allowed"),
    (f"SELECT {COMMON} paid_at > now()", "CURRENTTIMESTAMP is not allowed"),
    (f"SELECT {COMMON} load_extension('x')", "ANONYMOUS is not allowed"),
    (f"SELECT {COMMON} pg_sleep(9) = 1", "ANONYMOUS is not allowed"),
    (f"SELECT {COMMON} CAST(item AS INT) = 1", "CAST is not allowed"),
    (f"SELECT {COMMON} paid_at > :now", "unknown parameter :now; there is :as_of"),
    (f"SELECT {COMMON} amount_fen > 0.5", "0.5 is not a whole number"),
    (f"SELECT {COMMON} item = 'x", "a quote is not closed"),
    (f"SELECT {COMMON}", "not SQL: "),
    (f"SELECT {COMMON} substr(item, -1, 2) = 'a'", "substr takes two plain numbers"),
    (f"SELECT {COMMON} item = 3", "EQ compares number with text"),
    (f"SELECT {COMMON} item IN (3)", "IN compares number with text"),
    (f"SELECT {COMMON} amount_fen", "WHERE needs something true or false"),
    (f"SELECT {COMMON} amount_fen + item > 2", "ADD needs numbers"),
    ("SELECT profile_id FROM consent WHERE granted = 1", "EQ compares number with truth"),
    ("SELECT o.profile_id FROM orders o JOIN event e ON e.item", "JOIN needs something true"),
    ("SELECT profile_id FROM orders HAVING count(*) > 1", "must be in GROUP BY"),
    ("SELECT profile_id FROM orders GROUP BY item", "'profile_id' must be in GROUP BY"),
    ("SELECT profile_id FROM orders GROUP BY 1", "group by columns"),
    (["SELECT"], "`sql` is text"),
]
PAID = (
    "SELECT profile_id FROM (SELECT profile_id, at, row_number() OVER (PARTITION BY profile_id"
    " ORDER BY at) AS n FROM event WHERE type = 'order_paid' AND at <= :as_of) t"
    " WHERE n = 2 AND at > :as_of - 36500 * 86400"
)
TAKEN = [
    (PAID, {2, 3}),
    ("SELECT id AS profile_id FROM profile WHERE level > 1", {1}),
    ("SELECT profile_id FROM event WHERE lesson = '50%: it''s :as_of'", {3}),
    (
        "SELECT p.id AS profile_id FROM profile p LEFT JOIN event e ON e.profile_id = p.id"
        " WHERE e.at IS NULL",
        {1},
    ),
    (
        "SELECT id AS profile_id FROM profile WHERE NOT EXISTS (SELECT 1 FROM event"
        " WHERE event.profile_id = profile.id AND coalesce(amount_fen, 0) > 5)",
        {1, 2},
    ),
    (
        "SELECT profile_id FROM event GROUP BY profile_id HAVING sum(amount_fen) BETWEEN 3 AND 4",
        {2},
    ),
]


def check(sql):
    problems = Problems()
    return read_sql(Value(Place("t.yaml", 1, 1), sql), VOCABULARY, problems), problems.found


@pytest.mark.parametrize(("sql", "says"), REFUSED)
def test_what_is_not_plainly_safe_is_refused_where_it_stands(sql, says):
    found, problems = check(sql)
    assert found is None
    assert says in "\n".join(map(str, problems))


@pytest.mark.parametrize(("sql", "whom"), TAKEN)
def test_every_database_returns_the_same_people(engine, sql, whom):
    def paid(n, amount_fen, lesson="x"):
        told = {"item": None, "amount_fen": amount_fen, "score": None, "lesson": lesson}
        return Happening("order_paid", CLOCK.at - n, told | {"held_on": None})

    people = [
        Person({"level": 2}, []),
        Person({"level": 1}, [paid(1, 1), paid(2, 2)]),
        Person({"level": None}, [paid(0, 9), paid(1, None, "50%: it's :as_of"), paid(-1, 1)]),
    ]
    found, problems = check(sql)
    assert problems == []
    with undone(engine) as connection:
        store(connection, people)
        assert set(connection.execute(as_select(found, CLOCK)).scalars()) == whom


def test_a_select_is_kept_in_one_layout():
    one, _ = check("select profile_id from orders where paid_at>:as_of -- paid lately")
    two, _ = check("SELECT orders.profile_id\nFROM orders WHERE paid_at > :as_of")
    assert one == two
    assert one.sql == (
        "SELECT orders.profile_id AS profile_id FROM orders AS orders WHERE orders.paid_at > :as_of"
    )


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_as_of_is_written_in_wide_enough_to_count_with(dialect):
    found, _ = check("SELECT profile_id FROM orders WHERE paid_at > :as_of + 9 * 86400")
    later = Clock(CLOCK.as_of.replace(year=2037), ZONE)
    wide = "INTEGER" if dialect.name == "sqlite" else "BIGINT"
    for clock in (CLOCK, later):
        text = str(as_select(found, clock).compile(dialect=dialect))
        assert f"CAST({clock.at} AS {wide})" in text
        assert text == written(found.sql, clock.at, dialect.name)
