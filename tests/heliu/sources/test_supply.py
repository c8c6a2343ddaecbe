"""What a firm's mappings can fill at all."""

import pytest

from heliu.documents import Problems
from heliu.sources.config import load_sources
from heliu.sources.slots import vocabulary
from heliu.sources.supply import supply_of


@pytest.fixture
def supply(tmp_path):
    """What sources.yaml's text may fill."""

    def read(sources):
        (tmp_path / "x.csv").write_text("id\n", "utf-8")
        (tmp_path / "sources.yaml").write_text(f"sources:\n{sources}", "utf-8")
        problems = Problems()
        specs = load_sources(tmp_path, problems)
        words = vocabulary(specs, {}, problems)
        problems.raise_if_any()
        return supply_of(specs, words, ["cnc"])

    return read


def test_fields_come_from_columns_identifiers_places_and_times(supply):
    told = supply(
        "  a: { file: x.csv, key: id, updated_at: t, channel: h5, fields: { city: c, level: l },"
        " identifiers: { phone: p, unionid: u } }\n"
    )
    assert told.fields == {
        "city", "province", "level", "phone", "created_at", "updated_at", "source_channel",
    }  # fmt: skip
    assert told.channels == {"h5"}
    assert told.events == {}
    assert not told.consents
    assert told.items == {"cnc"}


def test_events_are_told_by_constants_by_chosen_values_or_may_be_any(supply):
    source = "  a:\n    file: x.csv\n    key: id\n    events: "
    constant = supply(source + "{ type: login, at: t, item: i, properties: { room: r } }\n")
    assert constant.events == {"login": {"item", "room"}}
    chosen = supply(
        source
        + "{ type: { column: e }, at: t, when: { e: [v, login] }, types: { v: course_view } }\n"
    )
    assert set(chosen.events) == {"login", "course_view"}
    anything = supply(source + "{ type: { column: e }, at: t, types: [seminar] }\n")
    assert {"seminar", "login", "order_paid"} <= set(anything.events)


def test_order_events_need_their_time_and_refunds_an_order(supply):
    source = "  {}: {{ file: x.csv, key: id, {} }}\n"
    paid = source.format("a", "orders: { number: n, paid_at: t, amount_yuan: y }")
    back = source.format("b", "refunds: { number: n, order: o, at: t }")
    created = source.format("c", "orders: { number: n, ordered_at: t, item: i }")
    assert supply(paid).events == {"order_paid": {"amount_fen"}}
    assert supply(back).events == {}
    assert supply(paid + back).events["order_refunded"] == set()
    assert supply(paid + back + created).events == {
        "order_paid": {"amount_fen", "item"},
        "order_created": {"amount_fen", "item"},
        "order_refunded": {"item"},
    }
