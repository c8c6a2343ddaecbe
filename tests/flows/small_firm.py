"""A small firm with columns of its own, and its state as rows that can be compared."""

import os
from pathlib import Path

import sqlalchemy as sa

from models.database import open_database, reading

SOURCES = """
sources:
  members:
    file: members.csv
    key: 客户号
    updated_at: 登记
    fields: { name: 称呼, city: 城市, level: { column: 级别, type: number } }
    identifiers: { phone: 电话, email: 邮件 }
  visits:
    file: visits.csv
    key: nr
    updated_at: when
    subject: { key: tel }
    identifiers: { phone: tel }
    events:
      - { type: login, when: { what: [in] }, at: when }
      - { type: course_view, when: { what: [look] }, at: when, item: course }
    orders:
      when: { what: [order] }
      number: ref
      ordered_at: when
      item: course
      amount_yuan: yuan
  allowed:
    file: allowed.csv
    key: [who, about]
    subject: { source: { is: members }, key: who }
    consents: { channel: { is: wecom }, topic: about, state: state, at: since }
"""
PEOPLE = 24
AS_OF = "2025-10-01"
NOW = "2025-10-01T10:00:00+08:00"


def phone(n: int) -> str:
    return f"139{(n + 1) * 7919 % 100_000_000:08d}"


def write_firm(folder: Path, people: int = PEOPLE) -> None:
    """A firm of its own columns: nothing but sources.yaml and what it names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    surnames, given = "赵钱孙李周吴郑王冯陈褚卫", ("伟国", "秀英", "建军", "晓梅", "志强")
    members = ["客户号,称呼,电话,邮件,城市,级别,登记"]
    visits, allowed = ["nr,what,tel,when,course,ref,yuan"], ["who,about,state,since"]
    for n in range(people):
        name = surnames[n % 12] + given[n % 5]
        members.append(
            f"M{n:03},{name},{phone(n)},m{n}@example.com,成都,{n % 4},2024-01-0{n % 9 + 1}"
        )
        if n % 4 == 0:  # a second record of the same person
            members.append(f"N{n:03},{name},+86 {phone(n)},,重庆,,2024-02-01")
        if n % 3:
            visits.append(f"v{n},in,{phone(n)},2025-0{n % 6 + 1}-03 20:00:00,,,")
            visits.append(f"w{n},look,{phone(n)},2025-09-2{n % 9} 20:00:00,焊工证,,")
        if n % 5 == 0:
            visits.append(f"o{n},order,{phone(n)},2025-09-28 12:00:00,焊工证,R{n},499.00")
        if n % 7:
            allowed += [f"M{n:03},marketing,granted,2024-03-01", f"M{n:03},service,同意,2024-03-01"]
    visits.append("x1,in,,2025-09-01 20:00:00,,,")
    for name, lines in (("members", members), ("visits", visits), ("allowed", allowed)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


# What must be the same however a state was reached: everything but run ids and real-time stamps.
STATE = {
    "records": (
        "SELECT id, source, source_pk, version, content_hash, attributes FROM record ORDER BY id"
    ),
    "facts": "SELECT id, profile_id, record_id, at, type, item, amount_fen FROM event ORDER BY id",
    "orders": "SELECT number, profile_id, amount_fen, ordered_at FROM orders ORDER BY number",
    "consents": "SELECT id, profile_id, granted FROM consent ORDER BY id",
    "members": (
        "SELECT record_id, profile_id FROM membership WHERE to_run_id IS NULL ORDER BY record_id"
    ),
    "profiles": ("SELECT id, records, name, phone, email, city, number_1 FROM profile ORDER BY id"),
    "golden": (
        "SELECT profile_id, attribute, value, record_id, rule FROM golden_value ORDER BY 1, 2"
    ),
    "tags": "SELECT profile_id, tag, since_at FROM profile_tag ORDER BY 1, 2",
    "recipients": (
        "SELECT campaign, occurrence, profile_id, channel, address, reason, content_hash "
        "FROM recipient ORDER BY 1, 2, 3"
    ),
    "contents": "SELECT hash, subject, body FROM content ORDER BY hash",
    "messages": (
        "SELECT campaign, occurrence, profile_id, channel, status, reason, content_hash, "
        "not_before_at FROM message ORDER BY 1, 2, 3"
    ),
    "quarantine": "SELECT source, row_number, reason FROM quarantine ORDER BY 1, 2",
    # what was sent waits for the next retag to be seen
    "touched": "SELECT count(*) FROM touched WHERE reason <> 'delivery'",
}


def read_state(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The whole state in rows that can be compared."""
    engine = open_database(url)
    with reading(engine) as connection:
        state = {
            name: [tuple(row) for row in connection.execute(sa.text(sql))]
            for name, sql in STATE.items()
        }
    engine.dispose()
    return state


def files_below(folder: Path) -> dict[str, bytes]:
    """Every message the folder channel wrote, by its place."""
    outbox = folder / "outbox"
    found = (path for path in outbox.rglob("*") if path.is_file() and path.name != "index.html")
    return {str(path.relative_to(outbox)): path.read_bytes() for path in found}


def home() -> Path:
    return Path(os.environ["HELIU_HOME"])
