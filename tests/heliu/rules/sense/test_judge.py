"""Which rules nobody or everybody meets: found where certain, and never said wrongly."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.documents import Problems, parse_yaml
from heliu.rules.conditions import AllOf, AnyOf, Not, ranks_in
from heliu.rules.parse import Reader
from heliu.rules.reference import Reference, tags_of
from heliu.rules.sense.judge import Judge, meaning
from heliu.rules.sense.slices import (
    BEGAN,
    Start,
    covered,
    no_later,
    part_of,
    seconds_ago,
    slice_of,
)
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import CALENDAR, Back, Calendar, Clock
from tests.heliu.rules.grammar import CLOCK, libraries, rules
from tests.heliu.rules.people import PEOPLE

TAGS = ("interest.hr", "stage.enrolled", "stage.trial")
JUDGE = Judge(groups={"stage.enrolled": "stage", "stage.trial": "stage"})


def read(text):
    problems = Problems()
    condition = Reader(Vocabulary(), problems, TAGS).read(parse_yaml(text, "r.yaml", problems))
    problems.raise_if_any()
    return condition


NEVER = [
    "{not: always}",
    "{all: [{tag: interest.hr}, {not: {tag: interest.hr}}]}",
    "{all: [{tag: stage.enrolled}, {tag: stage.trial}]}",  # one group, in which one wins
    "{none: [{tag: interest.hr}, {not: {tag: interest.hr}}]}",
    "{all: [{field: city, is: a}, {field: city, is: b}]}",
    "{all: [{field: city, in: [a, b]}, {field: city, in: [c, d]}]}",
    "{all: [{field: city, is: a}, {field: city, exists: false}]}",
    "{all: [{field: city, is: a}, {not: {field: city, in: [a, b]}}]}",
    "{all: [{field: birthday, before: 2000-01-01}, {field: birthday, after: 2005-01-01}]}",
    "{all: [{field: birthday, before: 2000-01-02}, {field: birthday, after: 1999-12-31},"
    " {not: {field: birthday, is: 2000-01-01}}]}",
    "{all: [{field: birthday, is: 2000-01-01},"
    " {field: birthday, between: [2001-01-01, 2002-01-01]}]}",
    "{all: [{field: exam_date, in_next: 30d}, {field: exam_date, in_last: 30d},"
    " {not: {field: exam_date, in_next: 1d}}]}",
    "{all: [{field: exam_date, in_next: 30d}, {field: exam_date, before: 1d}]}",
    "{all: [{field: birthday, anniversary_within: 7d},"
    " {not: {field: birthday, anniversary_within: 8d}}]}",
    "{all: [{field: created_at, in_last: 7d}, {field: created_at, before: 30d}]}",
    "{all: [{field: created_at, in_last: 12h}, {field: created_at, in_next: 12h}]}",
    "{all: [{field: created_at, before: 2025-01-01}, {field: created_at, after: 2025-01-01}]}",
    "{all: [{did: login}, {did: login, count: 0}]}",
    "{all: [{did: login, count: '>= 3'}, {did: login, count: '< 3'}]}",
    "{all: [{did: login, count: 'between 1 and 3'}, {none: [{did: login, count: 1},"
    " {did: login, count: 2}, {did: login, count: 3}]}]}",
    "{all: [{did: login, within: 7d}, {did: login, count: 0, within: 30d}]}",
    "{all: [{did: login, within: 30d}, {did: any, count: 0, within: 30d}]}",
    "{all: [{did: login, within: today}, {did: login, count: 0, within: this_week}]}",
    "{all: [{did: login, within: last_month}, {did: login, count: 0, within: 64d}]}",
    "{all: [{did: login, between: [60d, 30d]}, {did: login, count: 0, within: 90d}]}",
    "{all: [{did: course_view, where: {item: a}, count: '>= 3', within: 7d},"
    " {did: course_view, count: '<= 2', within: 30d}]}",
    "{all: [{did: course_view, distinct: item, is: '>= 3'}, {did: course_view, count: '<= 2'}]}",
    "{did: course_view, where: {item: [a, b]}, distinct: item, is: '>= 3'}",
    "{did: order_paid, where: {amount_fen: '< 100'}, max: amount_fen, is: '>= 100'}",
    "{did: order_paid, where: {amount_fen: '>= 0'}, sum: amount_fen, is: '< 0'}",
    "{all: [{did: order_paid, sum: amount_fen, is: '>= 1'}, {did: order_paid, count: 0}]}",
    "{all: [{did: order_paid, sum: amount_fen, is: '>= 5'},"
    " {did: order_paid, sum: amount_fen, is: '< 5'}]}",
    "{all: [{did: order_paid, max: amount_fen, is: '>= 5', within: 7d},"
    " {did: order_paid, max: amount_fen, is: '< 5', within: 30d}]}",
    "{all: [{last: login, within: 7d}, {last: login, older_than: 30d}]}",
    "{all: [{last: login, within: 7d}, {did: login, count: 0, within: 7d}]}",
    "{all: [{last: login, older_than: 30d}, {did: login, within: 30d}]}",
    "{all: [{last: login, older_than: 30d}, {did: login, count: 0}]}",
    "{all: [{first: login, within: 7d}, {last: login, older_than: 7d}]}",
    "{all: [{first: login, within: 7d}, {did: login, between: [30d, 14d]}]}",
    "{all: [{last: login, within: last_month}, {did: login, within: this_month}]}",
    "{last: login, after_last: login}",
    "{last: login, where: {item: a}, after_last: any}",
    "{all: [{last: login, after_last: order_paid}, {last: order_paid, after_last: login}]}",
    "{all: [{last: login, after_last: order_paid}, {last: order_paid, after_last: course_view},"
    " {last: course_view, after_last: login}]}",
    "{all: [{last: login, after_last: order_paid}, {last: login, older_than: 30d},"
    " {did: order_paid, within: 30d}]}",
    "{all: [{last: login, after_last: order_paid}, {did: login, count: 0}]}",
    "{all: [{sequence: [login, order_paid]}, {did: order_paid, count: 0}]}",
    "{all: [{sequence: [login, order_paid], within: 30d}, {did: login, count: 0, within: 90d}]}",
    "{all: [{sequence: [login, order_paid], then_not: course_view},"
    " {last: course_view, after_last: order_paid}]}",
    "{all: [{sequence: [login, order_paid]}, {first: login, within: 7d},"
    " {last: order_paid, older_than: 7d}]}",
    "{all: [{rank: {sum: amount_fen, of: order_paid, within: 365d}, top: 5%},"
    " {did: order_paid, count: 0}]}",
    "{all: [{rank: {count: login}, top: 5%}, {not: {rank: {count: login}, top: 5%}}]}",
    "{all: [{consent: marketing, on: sms, is: granted},"
    " {consent: marketing, on: sms, is: refused}]}",
    "{none: [{consent: marketing, on: sms, is: granted},"
    " {consent: marketing, on: sms, is: refused}, {consent: marketing, on: sms, is: unknown}]}",
    "{all: [{did: message_opened}, {did: message_reached, count: 0}]}",
    "{all: [{did: [login, service], count: '>= 2'},"
    " {did: [service, login, order_paid], count: 1}]}",
    "{all: [{sequence: [login, {did: course_view, where: {item: a}}, order_paid]},"
    " {did: course_view, count: 0}]}",
    "{all: [{sequence: [login, course_view, order_paid]}, {first: login, within: 7d},"
    " {did: order_paid, count: 0, within: 7d}]}",
    "{did: order_paid, where: {product.price_fen: '>= 1'}}",  # no product is so
    "{all: [{any: [{did: login, within: 7d}, {did: order_paid, within: 7d}]},"
    " {did: any, count: 0, within: 7d}]}",
    "{all: [{did: login}, {did: login, count: 0, within: 30d},"
    " {did: login, count: 0, between: [90d, 30d]},"
    " {not: {last: login, older_than: 90d}}]}",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_can_not_be_is_found(text):
    condition = read(text)
    assert JUDGE.never(condition)
    assert JUDGE.always(Not(condition))
    assert not JUDGE.always(condition)


@pytest.mark.parametrize(
    "text",
    [
        "{any: [{field: city, exists: true}, {field: city, exists: false}]}",
        "{any: [{did: login, within: 30d}, {did: login, count: 0},"
        " {last: login, older_than: 30d}]}",
        "{any: [{did: any, within: 7d}, {did: login, count: 0, within: 7d}]}",
        "{not: {all: [{tag: stage.enrolled}, {tag: stage.trial}]}}",
        "{any: [always, {did: login}]}",
    ],
)
def test_what_is_true_of_everybody_is_found(text):
    assert JUDGE.always(read(text))
    assert not JUDGE.never(read(text))


@pytest.mark.parametrize(
    "text",
    [
        "{any: [{field: city, is: a}, {not: {field: city, is: b}}]}",
        "{all: [{did: login, within: today}, {did: login, count: 0, within: 1h}]}",
        "{all: [{did: any}, {did: login, count: 0}]}",
        "{all: [{did: login, within: this_week}, {did: login, count: 0, within: this_month}]}",
        "{all: [{field: exam_date, before: 2020-01-01}, {field: exam_date, in_next: 30d}]}",
        "{all: [{last: login, after_last: order_paid}, {did: order_paid, count: 0}]}",
        "{all: [{sequence: [login, order_paid]}, {sequence: [order_paid, login]}]}",
        "{all: [{did: order_paid, sum: amount_fen, is: 0}, {did: order_paid}]}",
        "{all: [{last: any, after_last: login}, {last: login, after_last: order_paid}]}",
        "{all: [{did: order_paid, max: amount_fen, is: '< 5', within: 7d},"
        " {did: order_paid, max: amount_fen, is: '>= 5', within: 30d}]}",
        "{all: [{tag: interest.hr}, {tag: stage.trial}]}",
        "{all: [{did: message_opened}, {did: any, count: 0}]}",
        "{all: [{did: [login, service]}, {did: login, count: 0}]}",
        "{all: [{consent: marketing, on: sms}, {consent: service, on: sms, is: refused}]}",
    ],
)
def test_what_may_be_is_left_alone(text):
    assert not JUDGE.never(read(text))
    assert not JUDGE.always(read(text))


TAGGED = ("t.0", "t.1")
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged_by(person, condition, seed):
    """Whether the reference engine finds a condition true, with any cuts and tags."""
    cuts = {str(rank): seed.choice([None, 0, 1, 100, CLOCK.at]) for rank in ranks_in(condition)}
    tags = frozenset(seed.sample(TAGGED, seed.randint(0, 2)))
    return Reference(person, CLOCK, cuts, tags).holds


@given(one=rules("t.5", TAGGED), other=rules("t.5", TAGGED), people=PEOPLE, seed=st.randoms())
@SLOW
def test_nobody_contradicts_a_verdict(one, other, people, seed):
    judge = Judge()
    for parts in [(a, b) for a in (one, Not(one)) for b in (other, Not(other))]:
        never, always = judge.never(AllOf(parts)), judge.always(AnyOf(parts))
        implied = judge.implied(parts[0], [parts[1]])
        for person in people if never or always or implied else ():
            holds = judged_by(person, AllOf(parts), seed)
            assert not (never and holds(AllOf(parts)))
            assert not (always and not holds(AnyOf(parts)))
            assert not (implied and holds(parts[1]) and not holds(parts[0]))


@given(one=rules("t.5", TAGGED), other=rules("t.5", TAGGED), people=PEOPLE, seed=st.randoms())
@SLOW
def test_what_has_one_meaning_is_true_of_the_same_people(one, other, people, seed):
    written = AllOf((AnyOf((one, other)), Not(other)))
    again = AllOf((Not(AnyOf((other,))), AnyOf((Not(Not(other)), one, one))))
    assert meaning(written) == meaning(again)
    if meaning(one) == meaning(other):
        for person in people:
            holds = judged_by(person, AllOf((one, other)), seed)
            assert holds(one) == holds(other)


@given(library=libraries(), people=PEOPLE)
@settings(SLOW, max_examples=10)
def test_nobody_has_a_tag_that_is_never_reached_or_lacks_one_that_always_is(library, people):
    """Tags that are read are looked into, exclusive groups included."""
    judge = Judge.of(library)
    carried = [tags_of(library, person, CLOCK, {}) for person in people]
    for name in library.tags:
        effective = library.effective(name)
        assert not (judge.never(effective) and any(name in tags for tags in carried))
        assert not (judge.always(effective) and not all(name in tags for tags in carried))


WINDOWS = [Calendar(name) for name in CALENDAR]
WINDOWS += [
    Back(3_600 * far, 3_600 * near)
    for far in (1, 24, 720, 1488, 2400)
    for near in (0, 12)
    if far > near
]
WINDOWS += [Back(None, 3_600 * near) for near in (1, 24, 720)]
MOMENTS = st.datetimes(datetime(1986, 1, 1), datetime(2031, 1, 1))
ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"])


@given(moment=MOMENTS, zone=ZONES)
@settings(max_examples=40, deadline=None)
def test_what_is_said_of_slices_is_so_at_every_moment_in_every_zone(moment, zone):
    zone = ZoneInfo(zone)
    clock = Clock(moment.replace(tzinfo=zone), zone)

    def seconds(window):
        low, high = clock.span(window)
        return range(-(10**12) if low is None else low + 1, min(high, clock.at) + 1)

    began = {name: clock.at - clock.span(Calendar(name))[0] for name in CALENDAR}
    for name, ago in began.items():
        least, most = seconds_ago(Start(name))
        assert least <= ago <= most
        for other, other_ago in began.items():
            assert not no_later(Start(name), Start(other)) or ago >= other_ago
    for one in WINDOWS:
        for other in WINDOWS:
            if part_of(slice_of(one), slice_of(other)) and len(seconds(one)):
                assert seconds(one)[0] in seconds(other)
                assert seconds(one)[-1] in seconds(other)


def test_calendar_windows_are_compared_wherever_one_always_begins_first():
    days = [
        datetime(2000, 1, 1, 12, tzinfo=ZoneInfo("UTC")) + timedelta(days=n) for n in range(2_200)
    ]
    clocks = [Clock(day, ZoneInfo("UTC")) for day in days]
    began = {name: [clock.span(Calendar(name))[0] for clock in clocks] for name in CALENDAR}
    for one, starts in began.items():
        for other, others in began.items():
            always = all(a <= b for a, b in zip(starts, others, strict=True))
            assert no_later(Start(one), Start(other)) == always, (one, other)
    assert set(BEGAN) == set(CALENDAR)


def test_slices_cover_what_lies_in_them_together():
    month, far = slice_of(Back(720 * 3_600)), slice_of(Back(None, 720 * 3_600))
    assert covered(slice_of(None), [far, month])
    assert covered(slice_of(Calendar("last_week")), [month])
    assert not covered(slice_of(None), [month])
    assert not covered(slice_of(None), [slice_of(Back(None, 721 * 3_600)), month])
