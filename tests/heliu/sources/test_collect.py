import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.errors import SafetyStop
from heliu.sources.facts import fact_id

CRM = """
sources:
  crm:
    file: crm.csv
    key: id
    updated_at: at
    fields: { name: name }
    identifiers: { phone: phone }
"""
PEOPLE = "id,name,phone,at\nb,李四,13800000002,2025-01-02\na,张三,13800000001,2025-01-01\n"
DUMP = (
    "SELECT id, source, source_pk, version, content_hash, deleted_at FROM record ORDER BY id",
    "SELECT record_id, version, payload FROM record_version ORDER BY record_id, version",
    "SELECT id, record_id, profile_id, type, at, item, amount_fen, number_1 FROM event ORDER BY id",
    "SELECT number, record_id, item, amount_fen, ordered_at, paid_at FROM orders ORDER BY number",
    "SELECT number, order_number, amount_fen FROM refund ORDER BY number",
    "SELECT id, record_id, granted, at FROM consent ORDER BY id",
    "SELECT file, row_number, reason, payload, resolved_at FROM quarantine ORDER BY row_number",
)


def crm(folder, people=PEOPLE, config=CRM):
    folder.write("sources.yaml", config)
    folder.write("crm.csv", people)


def test_ids_are_given_in_key_order(folder):
    crm(folder)
    assert folder.collect()["crm"].new == 2
    assert folder.rows("SELECT id, source_pk FROM record ORDER BY id") == [(1, "a"), (2, "b")]


def test_an_unchanged_file_writes_nothing(folder):
    crm(folder)
    folder.collect()
    before = [folder.rows(sql) for sql in DUMP]
    again = folder.collect()["crm"]
    assert (again.same, again.new, again.changed) == (2, 0, 0)
    assert [folder.rows(sql) for sql in DUMP] == before


def test_several_files_are_read_as_one_source_in_name_order(folder, tmp_path):
    folder.write("crm-1.csv", PEOPLE)
    folder.write(
        "crm-2.csv", "name,id,at,phone\n王五,c,2025-01-01,13800000003\n张三,a,2025-01-05,\n"
    )
    for pattern in ("crm-*.csv", f"{folder.path}/crm-*.csv"):
        folder.write("sources.yaml", CRM.replace("crm.csv", pattern))
        delivery = folder.collect()["crm"]
    assert (delivery.rows, delivery.quarantined) == (4, 1)
    assert folder.rows("SELECT count(*) FROM record") == [(3,)]


def test_a_changed_row_is_a_new_version_and_an_unchanged_one_costs_nothing(folder):
    crm(folder)
    folder.collect()
    crm(folder, PEOPLE.replace("13800000001", "13800000009"))
    delivery = folder.collect()["crm"]
    assert (delivery.new, delivery.changed, delivery.same) == (0, 1, 1)
    assert folder.rows("SELECT version, normalised_by FROM record WHERE source_pk = 'a'") == [
        (2, None)
    ]
    assert len(folder.rows("SELECT * FROM record_version")) == 3


def test_a_row_that_is_gone_stays_unless_the_file_is_a_snapshot(folder):
    crm(folder)
    folder.collect()
    only_b = "\n".join(PEOPLE.splitlines()[:2]) + "\n"
    crm(folder, only_b)
    assert folder.collect()["crm"].deleted == 0
    crm(folder, only_b, CRM + "    mode: snapshot\n")
    assert folder.collect()["crm"].deleted == 1
    crm(folder, PEOPLE, CRM + "    mode: snapshot\n")
    assert folder.collect()["crm"].changed == 1
    assert folder.rows("SELECT count(*) FROM record WHERE deleted_at IS NOT NULL") == [(0,)]


def test_rows_that_cannot_be_read_are_kept_with_file_row_and_reason(folder):
    crm(folder, PEOPLE + ",无名,1,2025-01-01\nc,王五,1,2025-02-30\nd,赵六,1,2025-01-01,more\n")
    delivery = folder.collect()["crm"]
    assert (delivery.rows, delivery.new, delivery.quarantined) == (5, 2, 3)
    assert folder.rows("SELECT file, row_number, reason FROM quarantine ORDER BY row_number") == [
        ("crm.csv", 4, "its key column 'id' is empty"),
        ("crm.csv", 5, "column 'at': no such day or time in the calendar"),
        ("crm.csv", 6, "more cells than the heading's 4"),
    ]


def test_a_row_that_reads_well_now_is_resolved(folder):
    crm(folder, PEOPLE + "c,王五,1,2025-02-30\n")
    folder.collect()
    crm(folder, PEOPLE + "c,王五,1,2025-02-28\n")
    folder.collect()
    assert folder.rows("SELECT count(*) FROM quarantine WHERE resolved_at IS NULL") == [(0,)]
    crm(folder, PEOPLE + "c,王五,1,2025-02-30\n")
    folder.collect()
    assert folder.rows("SELECT count(*) FROM quarantine WHERE resolved_at IS NULL") == [(1,)]


def test_of_two_rows_with_one_key_the_later_counts_and_the_other_is_kept(folder):
    crm(folder, PEOPLE + "a,张三丰,13800000001,2025-01-03\n")
    assert folder.collect()["crm"].quarantined == 1
    payload = folder.rows(
        "SELECT payload FROM record_version JOIN record ON id = record_id WHERE source_pk = 'a'"
    )
    assert "张三丰" in str(payload)


def test_less_than_half_stops_before_anything_is_written(folder):
    crm(folder, PEOPLE + "c,王五,1,2025-01-01\n")
    folder.collect()
    before = [folder.rows(sql) for sql in DUMP]
    crm(folder, "id,name,phone,at\na,改名,13800000001,2025-01-01\n")
    with pytest.raises(SafetyStop, match="crm delivers 1 rows, last time 3"):
        folder.collect()
    assert [folder.rows(sql) for sql in DUMP] == before
    assert folder.collect(accept_less=True)["crm"].changed == 1


SHOP = """
sources:
  pay:
    file: pay.csv
    key: tx
    orders: { number: tx, item: course, amount_yuan: yuan, paid_at: paid }
  site:
    file: site.csv
    key: no
    updated_at: at
    subject: { key: [openid, phone] }
    identifiers: { openid: { column: openid, scope: app }, phone: phone }
    fields: { service_state: state }
    events:
      - type: { column: what }
        when: { what: [login, course_view] }
        at: at
        item: course
        properties: { minutes: { column: minutes, type: number } }
    orders: { when: { what: order_created }, number: order, ordered_at: at }
    refunds: { when: { what: order_refunded }, number: no, order: order, at: at, amount_fen: fen }
  consent:
    file: consent.csv
    key: no
    subject: { source: source, key: who }
    consents: { channel: channel, topic: { is: marketing }, state: state, at: at }
"""
PAY = "tx,course,yuan,paid\nT1,会计初级,999.00,2025-01-02 10:00:00\n"
SITE = (
    "no,what,openid,phone,at,course,minutes,order,fen,state,note\n"
    "1,login,oA,,2025-01-01 08:00:00,,,,,,first\n"
    "2,course_view,oA,,2025-01-01 08:01:00,会计初级,7,,,,\n"
    "3,order_created,oA,,2025-01-02 09:58:00,,,T1,,,\n"
    "4,order_refunded,oA,,2025-01-05 10:00:00,,,T1,49900,refund_pending,\n"
    "5,login,,13800000001,2025-01-03 08:00:00,,,,,,\n"
    "6,dance,oA,,2025-01-03 08:00:00,,,,,,\n"
    "7,login,,,2025-01-03 08:00:00,,,,,,\n"
    "8,order_created,oA,,2025-01-09 09:00:00,,,T9,,,\n"
)
CONSENT = (
    "no,source,who,channel,state,at\n"
    "1,site,oA,wecom,同意,2025-01-01\n"
    "2,site,nobody,wecom,同意,2025-01-01\n"
)


def shop(folder, pay=PAY, site=SITE, consent=CONSENT):
    folder.write("sources.yaml", SHOP)
    folder.write("pay.csv", pay)
    folder.write("site.csv", site)
    folder.write("consent.csv", consent)


def events(folder):
    return folder.rows(
        "SELECT source, type, item, amount_fen, number_1 FROM event ORDER BY at, type"
    )


def test_facts_belong_to_records_and_order_events_are_derived(folder):
    shop(folder)
    folder.collect({"会计初级": "accounting"})
    assert events(folder) == [
        ("site", "login", None, None, None),
        ("site", "course_view", "accounting", None, 7),
        ("orders", "order_created", "accounting", 99900, None),
        ("orders", "order_paid", "accounting", 99900, None),
        ("site", "login", None, None, None),
        ("orders", "order_refunded", "accounting", 49900, None),
        ("orders", "order_created", None, None, None),
    ]
    assert folder.rows("SELECT source_pk FROM record WHERE source = 'site' ORDER BY source_pk") == [
        ("13800000001",),
        ("oA",),
    ]
    assert folder.rows("SELECT count(*) FROM orders") == [(2,)]
    assert folder.rows("SELECT payload FROM event_payload") == [('{"note": "first"}',)]


def test_every_row_is_a_fact_or_quarantined(folder):
    shop(folder)
    folder.collect()
    assert folder.rows(
        "SELECT row_number, reason FROM quarantine WHERE source = 'site' ORDER BY 1"
    ) == [
        (7, "no mapping of events, orders, refunds or consents takes this row"),
        (8, "names no person: 'openid', 'phone' empty"),
    ]
    assert folder.rows("SELECT row_number, reason FROM quarantine WHERE source = 'consent'") == [
        (3, "names no person we have a record of")
    ]


def test_a_row_that_waits_for_a_person_is_read_when_the_person_comes(folder):
    shop(folder)
    folder.collect()
    shop(folder, site=SITE + "9,login,nobody,,2025-01-03 08:00:00,,,,,,\n")
    folder.collect()
    folder.collect()
    assert folder.rows("SELECT count(*) FROM consent") == [(2,)]


def test_an_edited_event_moves_and_touches_its_person(folder):
    shop(folder)
    folder.collect()
    with folder.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM touched"))
    shop(
        folder,
        site=SITE.replace("2025-01-01 08:01:00,会计初级,7", "2025-01-01 09:01:00,会计初级,8"),
    )
    assert folder.collect()["site"].facts == 1
    assert folder.rows("SELECT number_1 FROM event WHERE type = 'course_view'") == [(8,)]
    owner = folder.rows("SELECT profile_id FROM event WHERE type = 'course_view'")
    assert folder.rows("SELECT DISTINCT profile_id FROM touched") == owner


def test_who_first_told_of_an_order_keeps_it_and_gaps_are_filled(folder):
    shop(folder)
    folder.collect()
    pay = folder.rows("SELECT id FROM record WHERE source = 'pay'")[0][0]
    assert folder.rows("SELECT record_id, amount_fen FROM orders WHERE number = 'T1'") == [
        (pay, 99900)
    ]
    shop(folder, pay=PAY.replace("999.00", "888.00"))
    folder.collect()
    assert folder.rows("SELECT amount_fen FROM orders WHERE number = 'T1'") == [(88800,)]
    assert (88800,) in folder.rows("SELECT amount_fen FROM event WHERE type = 'order_paid'")


def test_the_order_of_deliveries_makes_no_second_order(folder):
    shop(folder, pay="tx,course,yuan,paid\n")
    folder.collect()
    shop(folder)
    folder.collect()
    assert folder.rows("SELECT count(*) FROM orders WHERE number = 'T1'") == [(1,)]
    assert folder.rows("SELECT count(*) FROM event WHERE type = 'order_paid'") == [(1,)]


def test_a_fact_has_the_same_id_wherever_and_whenever_it_is_told():
    assert fact_id("site", "1", "") == fact_id("site", "1", "")
    assert 0 <= fact_id("site", "1", "") < 2**63


ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["login", "course_view"]), st.integers(1, 28)),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, cut=st.integers(0, 12))
def test_delivered_in_two_parts_or_at_once_the_events_are_the_same(folder, rows, cut):
    for table in (
        "event",
        "event_payload",
        "record_version",
        "quarantine",
        "source_state",
        "source_delivery",
        "touched",
        "record",
    ):
        with folder.engine.begin() as connection:
            connection.execute(sa.text(f"DELETE FROM {table}"))
    lines = [
        f"e{i},{what},o{who},,2025-01-{day:02} 08:00:00,,,,,,\n"
        for i, (who, what, day) in enumerate(rows)
    ]
    head = SITE.splitlines()[0] + "\n"
    ask = (
        "SELECT e.id, r.source_pk, e.type, e.at FROM event e "
        "JOIN record r ON r.id = e.record_id ORDER BY 1"
    )
    shop(folder, "tx,course,yuan,paid\n", head + "".join(lines), "no,source,who,channel,state,at\n")
    folder.collect(accept_less=True)
    at_once = folder.rows(ask)
    for table in (
        "event",
        "record_version",
        "source_state",
        "source_delivery",
        "touched",
        "record",
    ):
        with folder.engine.begin() as connection:
            connection.execute(sa.text(f"DELETE FROM {table}"))
    shop(
        folder,
        "tx,course,yuan,paid\n",
        head + "".join(lines[:cut]),
        "no,source,who,channel,state,at\n",
    )
    folder.collect(accept_less=True)
    shop(folder, "tx,course,yuan,paid\n", head + "".join(lines), "no,source,who,channel,state,at\n")
    folder.collect(accept_less=True)
    assert folder.rows(ask) == at_once


def test_columns_are_joined_by_a_blank(folder):
    from heliu.documents import Problems
    from heliu.sources.config import load_sources
    from heliu.sources.mapping import map_record
    from tests.heliu.sources.conftest import ZONE

    config = CRM.replace("name: name", "name: { columns: [name, id] }")
    crm(folder, config=config)
    assert folder.collect()["crm"].new == 2
    spec = load_sources(folder.path, Problems())[0]
    assert map_record(spec, {"name": "Ann", "id": "Lee"}, ZONE).fields == {"name": "Ann Lee"}
    assert map_record(spec, {"id": "Lee"}, ZONE).fields == {"name": "Lee"}


def test_two_mappings_of_one_row_are_two_events_and_a_key_told_twice_is_one(folder):
    visits = "\n".join(
        [
            "sources:",
            "  v:",
            "    file: v.csv",
            "    key: id",
            "    subject: { key: who }",
            "    events:",
            "      - { type: login, at: at }",
            "      - { type: form_submit, at: at }",
            "  w:",
            "    file: w.csv",
            "    key: id",
            "    subject: { key: who }",
            "    events: { type: login, at: at, key: nr }",
        ]
    )
    folder.write("sources.yaml", visits + "\n")
    folder.write("v.csv", "id,who,at\n1,a,2025-01-01\n")
    folder.write("w.csv", "id,nr,who,at\n1,x,a,2025-01-01\n2,x,a,2025-01-02\n")
    folder.collect()
    assert folder.rows("SELECT source, type FROM event ORDER BY source, type") == [
        ("v", "form_submit"),
        ("v", "login"),
        ("w", "login"),
    ]
    assert folder.rows("SELECT row_number, reason FROM quarantine") == [
        (3, "an event with this key came before; that one counts")
    ]


def test_bytes_that_are_no_text_are_quarantined_and_the_rest_goes_on(folder):
    crm(folder)
    (folder.path / "crm.csv").write_bytes(
        b"id,name,phone,at\na,x\0y,1,2025-01-01\nb\0,x,1,2025-01-01\n\xff\xfe\xff,x,1,2025-01-01\n"
        b"c,x,1,2025-01-01\n"
    )
    delivery = folder.collect()["crm"]
    assert (delivery.rows, delivery.new, delivery.quarantined) == (4, 1, 3)


def test_a_file_of_nul_alone_in_good_text_is_quarantined_too(folder):
    crm(folder, PEOPLE + "c,x\0y,1,2025-01-01\n")
    delivery = folder.collect()["crm"]
    assert (delivery.new, delivery.quarantined) == (2, 1)
