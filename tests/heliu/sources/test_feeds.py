"""What each source tells of a person, by its mapping alone."""

import pytest

from heliu.documents import Problems
from heliu.sources.config import load_sources
from heliu.sources.feeds import ANY, Datum, feeds

HEAD = "sources:\n  a:\n    file: a.csv\n    key: id\n"


@pytest.fixture
def fed(tmp_path):
    """The data a source of this mapping feeds, as `kind name`, without what every source is."""

    def read(mapping):
        (tmp_path / "a.csv").write_text("id\n1\n", "utf-8")
        (tmp_path / "sources.yaml").write_text(HEAD + mapping, "utf-8")
        problems = Problems()
        (spec,) = load_sources(tmp_path, problems)
        problems.raise_if_any()
        return {f"{kind} {name}" for kind, name in feeds(spec) - {Datum("source")}}

    return read


def test_a_record_source_feeds_its_fields_addresses_and_where_a_person_was_met(fed):
    told = fed("    updated_at: at\n    fields: { city: c }\n    identifiers: { phone: p }\n")
    names = {"city", "phone", "source_channel", "created_at", "updated_at"}
    assert told == {f"field {name}" for name in names}


def test_a_source_that_speaks_of_others_records_feeds_no_field(fed):
    told = fed(
        "    subject: { source: s, key: k }\n"
        "    consents: { channel: c, topic: t, state: s, at: at }\n"
    )
    assert told == {f"consent {ANY}"}


@pytest.mark.parametrize(
    ("mapping", "events"),
    [
        ("events: { type: login, at: at }", {"login"}),
        ("events: { type: seminar, types: [seminar], at: at }", {"seminar"}),
        ("events: { type: { column: e }, when: { e: [login, service] }, at: at }",
         {"login", "service"}),
        ("events: { type: { column: e }, types: { 看: login }, when: { e: [看] }, at: at }",
         {"login"}),
        ("events: { type: { column: e }, when: { other: [x] }, at: at }", {ANY}),
        ("orders: { number: n, ordered_at: at }", {"order_created"}),
        ("orders: { number: n, paid_at: at, item: i }", {"order_paid"}),
        ("orders: { number: n, ordered_at: a, paid_at: p }", {"order_created", "order_paid"}),
        ("orders: { number: n, item: i }", {"order_created", "order_paid", "order_refunded"}),
        ("refunds: { number: n, order: o, at: at }", {"order_refunded"}),
    ],
)  # fmt: skip
def test_a_fact_source_feeds_the_events_its_mapping_can_make(fed, mapping, events):
    told = {one for one in fed(f"    {mapping}\n") if one.startswith("event")}
    assert told == {f"events {ANY}", *(f"event {name}" for name in events)}
