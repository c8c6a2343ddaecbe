"""Everything a rule can say, drawn at random as plain YAML and read as a file would be."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import yaml
from hypothesis import strategies as st

from heliu.documents import Problems, Value, parse_yaml
from heliu.errors import Place
from heliu.rules.conditions import SelectTest
from heliu.rules.escape import read_sql
from heliu.rules.library import Library, TagRule
from heliu.rules.parse import Reader
from heliu.rules.rewriting import with_expiry, with_hands
from heliu.rules.vocabulary import FieldType, Product, Vocabulary, Word
from heliu.rules.windows import CALENDAR, Clock

ZONE = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2026, 3, 1, 11, 30, tzinfo=ZONE)
CLOCK = Clock(AS_OF, ZONE)
DAY = 86_400
STANDARD = Vocabulary()
TEXTS = ["a", "b", "ä 合", "50%", "it's"]
VOCABULARY = Vocabulary(
    fields={**STANDARD.fields, "level": Word("level", FieldType.NUMBER, "number_1")},
    properties={
        **STANDARD.properties,
        "lesson": Word("lesson", FieldType.TEXT, "text_1"),
        "score": Word("score", FieldType.NUMBER, "number_1"),
        "held_on": Word("held_on", FieldType.DATE, "text_2"),
    },
    products=(
        Product("a", "A", "craft", 100),
        Product("b", "B", "craft", 200),
        Product("it's", "C", "office"),
    ),
)
EVENTS = ["login", "course_view", "order_paid", "order_refunded"]
SENT = ["message_sent", "message_delivered", "message_opened", "message_clicked"]
CHANNELS, TOPICS, WORDS = ["sms", "email"], ["marketing", "service"], ["granted", "refused"]
CAMPAIGNS = ["spring", "it's"]
# Each with the same in Python, of a person and the moment.
SELECTS = [
    (
        "SELECT profile_id FROM event WHERE type = 'login' AND at > :as_of - 7 * 86400"
        " AND at <= :as_of",
        lambda p: any(e.type == "login" and 0 <= CLOCK.at - e.at < 7 * DAY for e in p.events),
    ),
    (
        "SELECT e.profile_id FROM event e JOIN profile p ON p.id = e.profile_id"
        " WHERE e.lesson = p.city",
        lambda p: any(
            e.properties.get("lesson") == p.fields["city"] is not None for e in p.events
        ),
    ),
    (
        "SELECT profile_id FROM consent WHERE NOT granted GROUP BY profile_id HAVING count(*) > 1",
        lambda p: sum(not said.granted for said in p.consents) > 1,
    ),
]  # fmt: skip

NUMBERS = st.integers(-3, 3) | st.sampled_from([100, 250, 10**12])
DATES = st.sampled_from(
    [date(1992, 2, 29), date(1990, 3, 1), date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 3)]
) | st.dates(date(2025, 11, 1), date(2026, 5, 1))
DURATIONS = st.sampled_from(["1h", "12h", "1d", "2d", "1w", "30d", "90d"])
DAYS = st.sampled_from(["1d", "2d", "1w", "30d", "90d"])
PAIRS = st.sampled_from([["2d", "12h"], ["30d", "1d"], ["90d", "30d"]])
COMPARES = st.one_of(
    st.integers(0, 4),
    st.builds(
        lambda op, n: f"{op} {n}", st.sampled_from(["=", "!=", ">", "<="]), st.integers(0, 3)
    ),
    st.builds(lambda op, n: f"{op} {n}", st.sampled_from([">=", "<"]), st.integers(1, 3)),
    st.builds(lambda n, m: f"between {n} and {n + m}", st.integers(0, 3), st.integers(0, 3)),
)
DONE = st.sampled_from([*EVENTS, "any"]) | st.lists(
    st.sampled_from(EVENTS), min_size=2, max_size=3, unique=True
)
TOLD = st.sampled_from([*SENT, "message_reached"]) | st.just(["message_clicked", "message_sent"])
ANY_EVENT = DONE | TOLD


def merged(*parts):
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


def fixed(**parts):
    return st.fixed_dictionaries(parts)


def window():
    return st.one_of(
        st.just({}),
        fixed(within=DURATIONS | st.sampled_from(CALENDAR)),
        fixed(between=PAIRS),
    )


def where():
    one = st.one_of(
        fixed(item=st.sampled_from(TEXTS)),
        fixed(lesson=st.lists(st.sampled_from(TEXTS), min_size=1)),
        fixed(score=COMPARES),
        fixed(held_on=DATES),
        fixed(amount_fen=COMPARES, item=st.sampled_from(TEXTS)),
        fixed(net_fen=COMPARES),
        fixed(**{"product.category": st.sampled_from(["craft", ["craft", "office"]])}),
        fixed(**{"product.price_fen": st.sampled_from([">= 150", "< 100"]), "item": st.just("b")}),
    )
    return st.just({}) | fixed(where=one)


def where_told():
    campaign, channel = st.sampled_from(CAMPAIGNS), st.lists(st.sampled_from(CHANNELS), min_size=1)
    return st.just({}) | fixed(where=fixed(campaign=campaign) | fixed(channel=channel))


FIELDS = st.one_of(
    fixed(field=st.just("city"), **{"is": st.sampled_from(TEXTS)}),
    fixed(field=st.just("city"), **{"in": st.lists(st.sampled_from(TEXTS), min_size=1)}),
    fixed(field=st.just("level"), **{"is": NUMBERS}),
    fixed(field=st.just("level"), gt=NUMBERS),
    fixed(field=st.just("level"), lt=NUMBERS),
    fixed(field=st.just("level"), between=st.tuples(NUMBERS, NUMBERS).map(sorted)),
    fixed(field=st.sampled_from(["city", "level", "birthday", "created_at"]), exists=st.booleans()),
    fixed(field=st.just("birthday"), anniversary_within=st.sampled_from(["1d", "7d", "365d"])),
    fixed(field=st.just("birthday"), **{"is": DATES}),
    fixed(field=st.just("exam_date"), in_next=DAYS),
    fixed(field=st.just("exam_date"), in_last=DAYS),
    fixed(field=st.sampled_from(["exam_date", "created_at"]), before=DATES | DAYS),
    fixed(field=st.sampled_from(["exam_date", "created_at"]), after=DATES | DAYS),
    fixed(
        field=st.sampled_from(["exam_date", "created_at"]),
        between=st.tuples(DATES, DATES).map(sorted) | st.just(["30d", "1d"]),
    ),
    fixed(field=st.just("created_at"), in_next=DURATIONS),
    fixed(field=st.just("created_at"), in_last=DURATIONS),
)
SUMMED = st.sampled_from(["amount_fen", "score", "net_fen"])
ANSWERED = st.one_of(
    fixed(sum=SUMMED, **{"is": COMPARES}),
    fixed(max=SUMMED, **{"is": COMPARES}),
    fixed(distinct=st.sampled_from(["item", "score", "net_fen"]), **{"is": COMPARES}),
    fixed(count=COMPARES),
    st.just({}),
)
ANSWERED_TOLD = st.one_of(
    fixed(distinct=st.just("campaign"), **{"is": COMPARES}), fixed(count=COMPARES), st.just({})
)
MOMENTS = st.one_of(
    fixed(within=DURATIONS | st.sampled_from(CALENDAR)),
    fixed(between=PAIRS),
    fixed(older_than=DURATIONS),
    fixed(after_last=ANY_EVENT),
)
STEP = ANY_EVENT | merged(fixed(did=DONE), where()) | merged(fixed(did=TOLD), where_told())
SEQUENCES = merged(
    fixed(sequence=st.lists(STEP, min_size=2, max_size=4)),
    window(),
    st.just({}) | fixed(then_not=STEP),
)
ON_EVENTS = st.one_of(
    merged(fixed(did=DONE), ANSWERED, where(), window()),
    merged(fixed(did=TOLD), ANSWERED_TOLD, where_told(), window()),
    merged(fixed(last=DONE) | fixed(first=DONE), MOMENTS, where()),
    merged(fixed(last=TOLD) | fixed(first=TOLD), MOMENTS, where_told()),
    SEQUENCES,
)
CONSENTS = fixed(
    consent=st.sampled_from(TOPICS),
    on=st.sampled_from(CHANNELS),
    **{"is": st.sampled_from([*WORDS, "unknown"])},
)
SHARES = st.sampled_from(["5%", "20%", "50%", "66.67%"])
RANKS = merged(
    fixed(
        rank=st.one_of(
            merged(fixed(sum=SUMMED, of=DONE), window(), where()),
            merged(fixed(count=ANY_EVENT), window()),
            merged(fixed(last=ANY_EVENT), window()),
            merged(fixed(distinct=st.just("item"), of=DONE), window()),
        )
    ),
    fixed(top=SHARES) | fixed(bottom=SHARES),
)


def conditions(tags=()):
    leaf = st.one_of(FIELDS, ON_EVENTS, ON_EVENTS, CONSENTS, RANKS, st.just("always"))
    if tags:
        leaf |= fixed(tag=st.sampled_from([*tags, "t.*"]))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            fixed(all=st.lists(inner, min_size=1, max_size=3)),
            fixed(any=st.lists(inner, min_size=1, max_size=3)),
            fixed(none=st.lists(inner, min_size=1, max_size=3)),
            fixed(**{"not": inner}),
        ),
        max_leaves=5,
    )


def read(plain, tags=()):
    """Through YAML text, as a file would come."""
    problems = Problems()
    value = parse_yaml(yaml.safe_dump(plain, allow_unicode=True), "rule.yaml", problems)
    condition = Reader(VOCABULARY, problems, tags).read(value)
    problems.raise_if_any()
    return condition


def read_select(sql):
    problems = Problems()
    found = read_sql(Value(Place("rule.yaml"), sql), VOCABULARY, problems)
    problems.raise_if_any()
    return found


SELECTED = {read_select(sql): holds for sql, holds in SELECTS}


@st.composite
def rules(draw, name, tags=()):
    """A condition with what the other keys of a tag may add to it."""
    kind = draw(st.sampled_from(["when", "when", "when", "expires", "manual", "both", "sql"]))
    if kind == "sql":
        return SelectTest(draw(st.sampled_from(list(SELECTED))))
    seconds = draw(st.sampled_from([DAY, 30 * DAY])) if kind != "when" else None
    rule = None if kind == "both" else read(draw(conditions(tags)), tags)
    if rule and seconds:
        rule = with_expiry(rule, seconds) or rule
    return with_hands(name, rule, seconds) if kind in ("manual", "both") else rule


@st.composite
def libraries(draw):
    found = {}
    for n in range(draw(st.integers(6, 12))):
        name = f"t.{n}"
        grouped = draw(st.booleans())
        tags = () if grouped else tuple(found)
        found[name] = TagRule(
            name=name,
            title=name,
            condition=draw(rules(name, tags)),
            place=Place("rule.yaml"),
            group="stage" if grouped else None,
            order=-n if grouped else None,  # later files may come first
        )
    return Library(found)
