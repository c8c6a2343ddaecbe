"""What a rule may say, and what it is told when it says something else."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from heliu.documents import Problems, parse_yaml
from heliu.rules.asks import ConsentWord
from heliu.rules.conditions import (
    AfterLast,
    Aggregate,
    AllOf,
    Always,
    AnyOf,
    Between,
    Compare,
    ConsentTest,
    Did,
    FieldTest,
    HasTag,
    InSegment,
    Near,
    Not,
    OneOf,
    Question,
    Rank,
    Sequence,
    Verdict,
    When,
)
from heliu.rules.parse import GROUPS, HEADS, LEAVES, Reader
from heliu.rules.vocabulary import (
    MESSAGE_PROPERTIES,
    NET_FEN,
    STANDARD_FIELDS,
    STANDARD_PROPERTIES,
    Product,
    Vocabulary,
)
from heliu.rules.windows import DAY, Ago, Back, Calendar, Day

TAGS = ("interest.hr", "interest.python", "stage.enrolled")
CITY, CREATED, BIRTHDAY = (STANDARD_FIELDS[name] for name in ("city", "created_at", "birthday"))
ITEM, AMOUNT = STANDARD_PROPERTIES["item"], STANDARD_PROPERTIES["amount_fen"]


WORDS = Vocabulary(
    products=(
        Product("welder", "电焊工", "技能", 98_000),
        Product("cnc", "数控", "技能", 128_000),
        Product("hr", "人力资源", "管理"),
    )
)


def read(text, segments=None):
    problems = Problems()
    value = parse_yaml(text, "r.yaml", problems)
    return Reader(WORDS, problems, TAGS, segments).read(value), problems


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("always", Always()),
        ("{not: always}", Not(Always())),
        ("{none: [always, always]}", Not(AnyOf((Always(), Always())))),
        ("{tag: stage.enrolled}", HasTag(("stage.enrolled",))),
        ("{tag: interest.*}", HasTag(("interest.hr", "interest.python"))),
        ("{field: city, is: 杭州}", FieldTest(CITY, OneOf(("杭州",)))),
        ("{field: created_at, before: 60d}", FieldTest(CREATED, Between(before=Ago(60 * DAY)))),
        (
            "{field: birthday, after: 2000-01-01}",
            FieldTest(BIRTHDAY, Between(after=Day(date(2000, 1, 1)))),
        ),
        ("{field: created_at, in_last: 12h}", FieldTest(CREATED, Near(43_200, ahead=False))),
        ("{did: login}", Did(Question(Aggregate.COUNT, "login"), Compare(">=", 1))),
        (
            "{did: any, count: 0, within: 2w}",
            Did(Question(Aggregate.COUNT, None, window=Back(14 * DAY)), Compare("=", 0)),
        ),
        (
            "{did: order_paid, where: {item: [a, b]}, sum: amount_fen, is: between 3 and 7}",
            Did(
                Question(Aggregate.SUM, "order_paid", AMOUNT, ((ITEM, OneOf(("a", "b"))),)),
                Compare("between", 3, 7),
            ),
        ),
        (
            "{did: login, between: [90d, 30d]}",
            Did(
                Question(Aggregate.COUNT, "login", window=Back(90 * DAY, 30 * DAY)),
                Compare(">=", 1),
            ),
        ),
        (
            "{last: login, within: this_month}",
            When(Question(Aggregate.LAST, "login"), Calendar("this_month")),
        ),
        (
            "{first: login, older_than: 3d}",
            When(Question(Aggregate.FIRST, "login"), Back(None, 3 * DAY)),
        ),
        (
            "{last: order_created, after_last: order_paid}",
            AfterLast(
                Question(Aggregate.LAST, "order_created"), Question(Aggregate.LAST, "order_paid")
            ),
        ),
        (
            "{sequence: [form_submit, login], within: 7d, then_not: any}",
            Sequence(
                Question(Aggregate.FIRST, "form_submit", window=Back(7 * DAY)),
                Question(Aggregate.LAST, "login", window=Back(7 * DAY)),
                Question(Aggregate.LAST, None),
            ),
        ),
        (
            '{did: [order_refunded, order_paid], sum: net_fen, is: "< 0"}',
            Did(
                Question(Aggregate.SUM, ("order_paid", "order_refunded"), NET_FEN), Compare("<", 0)
            ),
        ),
        ("{did: [login, login]}", Did(Question(Aggregate.COUNT, "login"), Compare(">=", 1))),
        (
            "{did: message_reached, where: {channel: sms, campaign: [a, b]}, within: 30d}",
            Did(
                Question(
                    Aggregate.COUNT,
                    ("message_clicked", "message_delivered", "message_opened", "message_replied"),
                    where=(
                        (MESSAGE_PROPERTIES["campaign"], OneOf(("a", "b"))),
                        (MESSAGE_PROPERTIES["channel"], OneOf(("sms",))),
                    ),
                    window=Back(30 * DAY),
                ),
                Compare(">=", 1),
            ),
        ),
        (
            "{did: course_view, where: {product.category: 技能, product.price_fen: '< 100000'}}",
            Did(
                Question(Aggregate.COUNT, "course_view", where=((ITEM, OneOf(("welder",))),)),
                Compare(">=", 1),
            ),
        ),
        (
            "{last: course_view, where: {product.title: [数控, 人力资源], item: hr}, within: 3d}",
            When(
                Question(
                    Aggregate.LAST,
                    "course_view",
                    where=((ITEM, OneOf(("cnc", "hr"))), (ITEM, OneOf(("hr",)))),
                ),
                Back(3 * DAY),
            ),
        ),
        (
            "{sequence: [message_sent, {did: login, where: {item: a}}, [login, service], any]}",
            Sequence(
                Question(
                    Aggregate.FIRST,
                    ("login", "service"),
                    after=Question(
                        Aggregate.FIRST,
                        "login",
                        where=((ITEM, OneOf(("a",))),),
                        after=Question(Aggregate.FIRST, "message_sent"),
                    ),
                ),
                Question(Aggregate.LAST, None),
            ),
        ),
        (
            "{consent: marketing, on: sms, is: refused}",
            ConsentTest(ConsentWord("sms", "marketing"), Verdict.REFUSED),
        ),
        (
            "{consent: service, on: email}",
            ConsentTest(ConsentWord("email", "service"), Verdict.GRANTED),
        ),
        (
            "{rank: {count: order_paid, within: 365d}, bottom: 2.5%}",
            Rank(Question(Aggregate.COUNT, "order_paid", window=Back(365 * DAY)), False, 250),
        ),
        (
            "{all: [always, {any: [always]}]}",
            AllOf((Always(), AnyOf((Always(),)))),
        ),
    ],
)
def test_a_rule_means_what_it_says(text, condition):
    found, problems = read(text)
    assert problems.found == []
    assert found == condition


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "{did: order_payed}",
            "r.yaml:1:7: unknown event 'order_payed' (did you mean 'order_paid'?)",
        ),
        ("{field: cty, is: x}", "r.yaml:1:9: unknown field 'cty' (did you mean 'city'?)"),
        (
            "{tag: stage.enroled}",
            "1:7: unknown tag 'stage.enroled' (did you mean 'stage.enrolled'?)",
        ),
        ("{tag: interests.*}", "1:7: unknown tag 'interests.*'"),
        ("{did: login, where: {itm: x}}", "1:22: unknown property 'itm' (did you mean 'item'?)"),
        (
            "{did: login, wihtin: 3d}",
            "1:14: unknown key 'wihtin' of `did` (did you mean 'within'?)",
        ),
        ("{feild: city, is: x}", "1:2: unknown condition 'feild' (did you mean 'field'?)"),
        ("{all: []}", "1:7: `all` must be a list of at least one condition"),
        ("{none: always}", "1:8: `none` must be a list"),
        ("sometimes", "1:1: a condition is `always` or a mapping"),
        ("{}", "1:1: unknown condition ''"),
        ("{did: login, tag: stage.enrolled}", "1:14: `did` and `tag` in one condition"),
        ("{did: login, within: 60 days}", "1:22: '60 days' is not a duration like 30d, 12h, 2w"),
        ("{did: login, within: this_moth}", "(did you mean 'this_month'?)"),
        ("{did: login, within: 0d}", "1:22: '0d' is an impossible window"),
        ("{did: login, within: 99999d}", "more than a century"),
        ("{did: login, between: [30d, 90d]}", "1:23: an impossible window"),
        ("{did: login, between: [30d, 30d]}", "1:23: an impossible window"),
        ("{did: login, between: 30d}", "1:23: must be a list of two"),
        ("{did: login, within: 3d, between: [4d, 2d]}", "either `within` or `between`"),
        ("{did: login, count: many}", "1:21: 'many' is not a comparison"),
        ("{did: login, count: 1.5}", "1:21: not a comparison of whole numbers"),
        ("{did: login, count: true}", "1:21: not a comparison of whole numbers"),
        ('{did: login, count: "< 0"}', "1:21: '< 0' can never hold"),
        ('{did: login, count: ">= 0"}', "1:21: '>= 0' always holds"),
        ("{did: login, count: between 7 and 3}", "can never hold"),
        ('{did: login, count: "> 99999999999999999999"}', "beyond 64 bits"),
        ("{did: login, count: 1, max: quantity, is: 3}", "one `did` asks one thing"),
        ("{did: login, is: 3}", "1:18: `is` goes with sum, max or distinct"),
        ("{did: login, sum: amount_fen}", "1:1: `sum` needs `is`"),
        ("{did: login, sum: item, is: 3}", "1:19: 'item' holds text; `sum` needs a number"),
        ("{did: login, where: {item: 5}}", "1:28: must be text"),
        ("{did: login, where: {item: []}}", "1:28: an empty list"),
        ("{did: login, where: {quantity: x}}", "'x' is not a comparison"),
        ("{did: login, where: {}}", "`where` must be a mapping"),
        ("{field: city}", "1:1: `field` needs exactly one check, not 0"),
        ("{field: city, is: a, in: [a]}", "exactly one check, not 2"),
        ("{field: city, gt: 3}", "1:15: 'city' holds text, which has no `gt`"),
        ("{field: created_at, anniversary_within: 7d}", "holds time, which has no"),
        ("{field: city, in: a}", "1:19: `in` needs a list"),
        ("{field: city, is: [a]}", "1:19: `is` needs one value"),
        ("{field: city, is: 5}", "1:19: must be text"),
        ("{field: city, exists: maybe}", "`exists` is true or false"),
        ("{field: birthday, is: x}", "must be a date"),
        ('{field: birthday, before: "2026-01-31"}', "Write it unquoted"),
        ("{field: birthday, before: 0001-01-01}", "between 1900 and 2199"),
        ("{field: birthday, in_next: 12h}", "1:28: '12h' must be whole days"),
        ("{field: birthday, anniversary_within: 400d}", "more than 365d"),
        ("{field: birthday, between: [2026-02-01, 2026-01-01]}", "nothing lies between"),
        ("{field: created_at, between: [30d, 90d]}", "nothing lies between"),
        ("{field: created_at, between: [30d, 2026-01-01]}", "two dates or two durations"),
        ("{last: login}", "1:1: `last` needs exactly one of within"),
        ("{last: login, within: 3d, older_than: 1d}", "exactly one of within"),
        ("{sequence: [login]}", "1:12: a sequence is a list of two to 8 steps"),
        ("{sequence: [" + "login, " * 9 + "]}", "a sequence is a list of two to 8 steps"),
        ("{sequence: [login, {did: logn}]}", "1:26: unknown event 'logn' (did you mean 'login'?)"),
        ("{sequence: [login, {where: {item: a}}]}", "1:20: a step lacks 'did'"),
        ("{sequence: [login, {did: login, count: 2}]}", "unknown key 'count' of a step"),
        ("{did: []}", "1:7: an empty list"),
        ("{did: [login, any]}", "1:15: `any` is every event already"),
        ("{did: [login, logn]}", "1:15: unknown event 'logn' (did you mean 'login'?)"),
        ("{did: [login, message_sent]}", "1:7: what we sent and what the person did"),
        ("{did: mesage_sent}", "unknown event 'mesage_sent' (did you mean 'message_sent'?)"),
        ("{did: message_sent, where: {item: a}}", "1:29: unknown property of a message 'item'"),
        ("{did: message_sent, sum: amount_fen, is: 1}", "unknown property of a message"),
        (
            "{did: course_view, where: {product.category: 技能课}}",
            "1:46: unknown product category '技能课' (did you mean '技能'?)",
        ),
        (
            "{did: course_view, where: {product.categry: 技能}}",
            "1:28: unknown property 'product.categry' (did you mean 'product.category'?)",
        ),
        ("{did: course_view, where: {product.title: [数控, 钳工]}}", "1:48: unknown product title"),
        ("{did: course_view, where: {product.price_fen: dear}}", "'dear' is not a comparison"),
        ("{did: course_view, distinct: product.title, is: 2}", "unknown property 'product.title'"),
        ("{consent: marketing}", "1:1: `consent` needs `on`, a channel"),
        ("{consent: marketng, on: sms}", "unknown topic 'marketng' (did you mean 'marketing'?)"),
        ("{consent: service, on: smss}", "1:24: unknown channel 'smss' (did you mean 'sms'?)"),
        ("{consent: service, on: sms, is: yes}", "1:33: unknown word on consent 'yes'"),
        ("{segment: a}", "1:2: a tag can't read a segment"),
        ("{rank: {sum: amount_fen}, top: 20%}", "`sum` needs `of`"),
        ("{rank: {count: login, of: login}, top: 20%}", "`count` has no `of`"),
        ("{rank: {count: login}}", "a rank needs one of top, bottom"),
        ("{rank: {count: login}, top: 120%}", "is not a share"),
        ("{rank: {within: 3d}, top: 20%}", "by exactly one of sum"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(text, says):
    found, problems = read(text)
    assert found is None
    assert says in "\n".join(map(str, problems.found))


def test_every_mistake_is_told_at_once():
    _, problems = read("{all: [{did: a}, {field: b, is: c}, {tag: d}, {last: login, within: e}]}")
    assert [problem.place.column for problem in problems.found] == [14, 26, 43, 69]


def test_a_segment_reads_segments_there_are():
    assert read("{segment: a}", segments=("a", "b"))[0] == InSegment("a")
    found, problems = read("{segment: aa}", segments=("a", "b"))
    assert found is None
    assert "1:11: unknown segment 'aa' (did you mean 'a'?)" in str(problems.found[0])


def test_conditions_may_not_nest_without_end():
    found, problems = read("{not: " * 60 + "always" + "}" * 60)
    assert found is None
    assert "within each other" in str(problems.found[0])


KEYS = st.sampled_from(
    sorted(
        {
            *HEADS,
            *GROUPS,
            *(key for keys in LEAVES.values() for key in keys),
            "is",
            "of",
            "x",
            "item",
        }
    )
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.dates(),
    st.datetimes(),
    st.text(max_size=6),
    st.sampled_from(
        ["login", "any", "always", "30d", ">= 2", "20%", "amount_fen", "city", "today", "sms"]
    ),
)


@given(
    plain=st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    )
)
def test_nonsense_is_a_problem_and_never_a_crash(plain):
    problems = Problems()
    value = parse_yaml(yaml.safe_dump(plain, allow_unicode=True), "r.yaml", problems)
    condition = Reader(WORDS, problems, TAGS).read(value) if value else None
    assert (condition is None) == bool(problems.found)
