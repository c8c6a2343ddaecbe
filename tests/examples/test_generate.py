"""The bundled firm's invented files are what the generator says and look like real ones."""

import csv
import doctest
import gzip
import importlib
import io
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
FIRM = EXAMPLES / "firm"
NO_SUCH_DAYS = {"2025-02-30 10:00:00", "0000-00-00 00:00:00", "2024-13-01 09:30:00"}
BROKEN = 21  # as examples/README.md says

Row = dict[str, str]


def module(name: str) -> ModuleType:
    """A module of the generator, which is no installed package."""
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))
    return importlib.import_module(name)


def read(name: str) -> list[Row]:
    path = FIRM / name
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def is_broken(row: Row) -> bool:
    return (
        row["at"] in NO_SUCH_DAYS
        or not (row["openid"] or row["phone"])
        or not (row["amount_fen"] or "0").isdigit()
    )


@dataclass
class World:
    """Everything committed, read once."""

    people: list  # of generate.people.Person
    owner: dict[tuple[str, str], str]  # (source, record id) → person
    person_of: dict[str, str]  # openid or phone → person
    rows: list[Row]
    good: list[Row]
    orders: dict[str, Row]  # transaction id → paid order


@pytest.fixture(scope="module")
def world() -> World:
    people_module = module("generate.people")
    truth = ROOT / "tests" / "data" / "cn_edu_dev" / "truth.csv"
    owner = {
        (row["source"], row["record_id"]): row["person_id"]
        for row in people_module.read_rows(truth)
    }
    sources = {name: read(f"{name}.csv") for name in people_module.COLUMNS}
    people = people_module.read_people(sources, owner, FIRM)
    rows = read("behaviour.csv.gz")
    return World(
        people=people,
        owner=owner,
        person_of={id_: p.key for p in people for id_ in (*p.openids, p.phone) if id_},
        rows=rows,
        good=[row for row in rows if not is_broken(row)],
        orders={row["transaction_id"]: row for row in sources["wxpay_order"]},
    )


@pytest.fixture(scope="module")
def events_of(world: World) -> dict[str, list[Row]]:
    """Person → his readable events in time order."""
    events: dict[str, list[Row]] = defaultdict(list)
    for row in world.good:
        events[world.person_of[row["openid"] or row["phone"]]].append(row)
    return events


def test_the_committed_files_are_what_the_generator_writes():
    assert module("generate_firm").main(["--check"]) == 0


def test_a_changed_file_is_noticed(tmp_path, monkeypatch, capsys):
    generator = module("generate_firm")
    monkeypatch.setattr(generator, "generate", lambda seed: {"consent.csv": "other\n"})
    monkeypatch.setattr(generator, "FIRM", tmp_path)
    assert generator.main(["--check"]) == 1
    assert "consent.csv differs" in capsys.readouterr().out
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0


def test_a_compressed_file_holds_neither_name_nor_time(tmp_path):
    path = tmp_path / "behaviour.csv.gz"
    module("generate_firm").write_text(path, "a\n")
    header = path.read_bytes()[:8]
    assert header[3] == 0  # no flags, so no name
    assert header[4:8] == b"\0\0\0\0"


def test_the_same_seed_gives_the_same_life_and_another_seed_another(world):
    visits = module("generate.visits").visits
    products = module("generate.people").read_products(FIRM)
    acting = [person for person in world.people if person.openids][:50]

    def lives(seed: int) -> list:
        return [event for person in acting for event in visits(seed, person, 40, products)]

    assert lives(1) == lives(1)
    assert lives(1) != lives(2)


@pytest.mark.parametrize("name", ["generate.clock", "generate.people"])
def test_the_examples_in_docstrings_hold(name):
    assert doctest.testmod(module(name)).failed == 0


def test_the_compressed_file_stays_small():
    assert (FIRM / "behaviour.csv.gz").stat().st_size <= 12 * 2**20


def test_there_are_about_half_a_million_events(world):
    assert 480_000 <= len(world.rows) <= 520_000


def test_events_lie_in_the_two_years_in_time_order_and_are_numbered_by_it(world):
    times = [row["at"] for row in world.rows if row["at"] not in NO_SUCH_DAYS]
    assert times == sorted(times)
    assert times[0] >= "2023-10-01 00:00:00"
    assert times[-1] <= "2025-09-30 23:59:59"
    assert len({row["event_id"] for row in world.rows}) == len(world.rows)
    assert all(
        row["event_id"] == f"e{number:07}"
        for number, row in enumerate(world.rows, 1)
        if row["event"] != "order_refunded"
    )


def test_a_few_rows_are_broken_in_each_of_three_ways(world):
    broken = [row for row in world.rows if is_broken(row)]
    assert len(broken) == BROKEN
    assert sum(row["at"] in NO_SUCH_DAYS for row in broken) == 7
    assert sum(not (row["openid"] or row["phone"]) for row in broken) == 7
    assert sum(not (row["amount_fen"] or "0").isdigit() for row in broken) == 7
    assert str(BROKEN) in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_every_subject_is_one_real_id_of_one_person(world):
    every_id = [id_ for p in world.people for id_ in (*p.openids, p.phone) if id_]
    assert len(every_id) == len(set(every_id))
    for row in world.good:
        assert bool(row["openid"]) != bool(row["phone"])
        assert (row["openid"] or row["phone"]) in world.person_of


def test_phones_are_rare_plain_mobiles_that_only_one_person_has(world):
    phones = Counter(row["phone"] for row in world.good if row["phone"])
    assert 0.005 <= phones.total() / len(world.good) <= 0.06
    holders: dict[str, set[str]] = defaultdict(set)
    mobiles = module("generate.people").mobiles
    for source, (_, column, _, _) in module("generate.people").COLUMNS.items():
        for row in read(f"{source}.csv") if column else []:
            for number in mobiles(row[column]):
                holders[number].add(world.owner[source, row["record_id"]])
    for phone in phones:
        assert len(phone) == 11
        assert phone.isdigit()
        assert len(holders[phone]) == 1


def test_activity_is_skewed_as_real_ones_are(events_of):
    counts = sorted(map(len, events_of.values()), reverse=True)
    whole = sum(counts)
    assert 0.14 <= sum(counts[: len(counts) // 100]) / whole <= 0.21
    assert 0.50 <= sum(counts[: len(counts) // 10]) / whole <= 0.60


def test_days_have_a_rhythm_and_the_firm_grows(world):
    hours = Counter(row["at"][11:13] for row in world.good)
    assert hours["21"] > 10 * hours["03"]
    days = Counter(row["at"][:10] for row in world.good)
    weekend = [n for day, n in days.items() if date.fromisoformat(day).weekday() >= 5]
    workday = [n for day, n in days.items() if date.fromisoformat(day).weekday() < 5]
    assert 1.2 <= (sum(weekend) / len(weekend)) / (sum(workday) / len(workday)) <= 1.8
    second_year = sum(n for day, n in days.items() if day >= "2024-10-01")
    assert second_year > 1.2 * (len(world.good) - second_year)


def test_many_have_fallen_silent(events_of):
    silent = sum(events[-1]["at"] < "2025-08-02" for events in events_of.values())
    assert 0.45 <= silent / len(events_of) <= 0.70


def test_some_act_under_two_openids(events_of):
    both = sum(len({r["openid"] for r in rows} - {""}) == 2 for rows in events_of.values())
    assert 400 <= both <= 2_000


def test_interest_is_concentrated_and_agrees_with_what_is_known(world, events_of):
    agrees, shares = [], []
    known = {person.key: person.courses[:2] for person in world.people}
    for key, rows in events_of.items():
        views = Counter(row["course"] for row in rows if row["event"] == "course_view")
        if views.total() < 20:
            continue
        top = views.most_common(2)
        shares.append(sum(count for _, count in top) / views.total())
        if known[key]:
            agrees.append(top[0][0] in known[key])
    assert sorted(shares)[len(shares) // 2] >= 0.85
    assert sum(agrees) / len(agrees) >= 0.85


def test_events_speak_of_courses_on_sale(world):
    keys = {row["key"] for row in read("products.csv")}
    assert len(keys) == 12
    assert {row["course"] for row in world.good} == keys | {""}


def test_every_paid_orders_creation_agrees_with_the_bill(world):
    titles = {row["key"]: row["title"] for row in read("products.csv")}
    created = [row for row in world.good if row["event"] == "order_created"]
    paid = [row for row in created if row["order_no"] in world.orders]
    assert len({row["order_no"] for row in created}) == len(created)
    for row in paid:
        order = world.orders[row["order_no"]]
        assert row["amount_fen"] == order["amount_fen"]
        assert titles[row["course"]] == order["course"]
        assert row["at"] < order["paid_at"]
        owner = world.owner["wxpay_order", order["record_id"]]
        assert world.person_of[row["openid"] or row["phone"]] == owner
        assert row["openid"] == order["openid"] or not order["openid"]
    due = sum(order["paid_at"] >= "2023-10-01" for order in world.orders.values())
    assert 0.95 <= len(paid) / due <= 1


def test_some_hundred_people_have_an_order_they_never_paid(world, events_of):
    paid_at: dict[str, str] = defaultdict(str)
    for order in world.orders.values():
        owner = world.owner["wxpay_order", order["record_id"]]
        paid_at[owner] = max(paid_at[owner], order["paid_at"])
    unpaid = 0
    for key, rows in events_of.items():
        created = [row["at"] for row in rows if row["event"] == "order_created"]
        unpaid += bool(created) and created[-1] > max("2025-09-17 00:00:00", paid_at[key])
    assert 200 <= unpaid <= 500


def test_refunds_follow_their_order_and_never_exceed_it(world):
    refunds = [row for row in world.good if row["event"] == "order_refunded"]
    created = {row["order_no"] for row in world.good if row["event"] == "order_created"}
    assert len({row["event_id"] for row in refunds}) == len(refunds)
    for row in refunds:
        order = world.orders[row["order_no"]]
        assert row["order_no"] in created
        assert 0 < int(row["amount_fen"]) <= int(order["amount_fen"])
        assert row["at"] > order["paid_at"]
    assert 0.03 <= len(refunds) / len(created & set(world.orders)) <= 0.05
    partial = sum(
        row["amount_fen"] != world.orders[row["order_no"]]["amount_fen"] for row in refunds
    )
    assert 0.15 <= partial / len(refunds) <= 0.45


# What may come after what; "" is the beginning.
NEXT = {
    "": {"enrolled"},
    "enrolled": {"in_class", "refund_pending"},
    "in_class": {"exam_booked", "complaint"},
    "exam_booked": {"graduated"},
    "refund_pending": {"resolved"},
    "complaint": {"resolved"},
    "resolved": set(),
    "graduated": set(),
}


def test_each_orders_service_goes_through_plausible_states(world):
    states: dict[str, list[str]] = defaultdict(list)
    for row in world.good:
        if row["event"] == "service":
            states[row["order_no"]].append(row["state"])
    for course_of_service in states.values():
        for before, after in pairwise(["", *course_of_service]):
            assert after in NEXT[before]
    last = Counter(course_of_service[-1] for course_of_service in states.values())
    assert min(last[state] for state in NEXT if state) >= 10


def test_an_exam_is_some_weeks_after_it_was_booked_and_before_anybody_graduates(world):
    services = [row for row in world.good if row["event"] == "service"]
    booked = {row["order_no"]: row for row in services if row["state"] == "exam_booked"}
    done = {row["order_no"]: row["at"] for row in services if row["state"] == "graduated"}
    assert {row["event_id"] for row in world.rows if row["exam_on"]} == {
        row["event_id"] for row in booked.values()
    }
    for number, row in booked.items():
        day, booked_on = date.fromisoformat(row["exam_on"]), date.fromisoformat(row["at"][:10])
        assert 10 <= (day - booked_on).days <= 20
        assert row["exam_on"] <= done.get(number, "9")[:10]
    ahead = sum(row["exam_on"] >= "2025-10-01" for row in booked.values())
    assert 20 <= ahead <= 200  # exams to come when the data end


@pytest.fixture(scope="module")
def words() -> list[Row]:
    return read("consent.csv")


@pytest.fixture(scope="module")
def said(world: World, words: list[Row]) -> dict[tuple[str, str, str], set[str]]:
    """(person, channel, topic) → the newest word of each of his records."""
    newest = {(w["source"], w["record_id"], w["channel"], w["topic"]): w["state"] for w in words}
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for (source, record_id, channel, topic), state in newest.items():
        said[world.owner[source, record_id], channel, topic].add(state)
    return said


def test_consents_are_a_ledger_of_real_records(world, words):
    assert [word["consent_id"] for word in words] == [f"c{n:06}" for n in range(1, len(words) + 1)]
    times = [word["at"] for word in words]
    assert times == sorted(times)
    assert times[-1] <= "2025-09-30 23:59:59"
    for word in words:
        assert (word["source"], word["record_id"]) in world.owner
        assert word["channel"] in {"wecom", "sms", "email"}
        assert word["topic"] in {"marketing", "service"}
        assert word["state"] in {"granted", "withdrawn"}
        assert word["evidence"]


@pytest.mark.parametrize(
    ("topic", "least", "most"), [("marketing", 0.60, 0.65), ("service", 0.66, 0.80)]
)
def test_most_wecom_contacts_allow_wecom(world, said, topic, least, most):
    contacts = {owner for (source, _), owner in world.owner.items() if source == "wecom_contact"}
    allowing = sum(said.get((person, "wecom", topic)) == {"granted"} for person in contacts)
    assert least <= allowing / len(contacts) <= most


def test_there_are_gaps_second_thoughts_and_contradictions(world, words, said):
    everybody = set(world.owner.values())
    for channel in ("wecom", "sms", "email"):
        asked = {person for person, said_channel, _ in said if said_channel == channel}
        assert 0.05 <= len(asked) / len(everybody) <= 0.75
    assert sum(len(states) == 2 for states in said.values()) >= 200
    history: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in words:
        key = (word["source"], word["record_id"], word["channel"], word["topic"])
        history[key].append(word["state"])
    withdrawn = sum(states[:2] == ["granted", "withdrawn"] for states in history.values())
    again = sum(states == ["granted", "withdrawn", "granted"] for states in history.values())
    assert 0.04 <= withdrawn / len(history) <= 0.12
    assert 0.1 <= again / withdrawn <= 0.4
