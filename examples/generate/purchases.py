"""What goes with a paid order: its creation, its service, sometimes its refund."""

from collections.abc import Iterator

from generate import clock
from generate.chance import Chance
from generate.clock import DAY, END, HOUR, MINUTE
from generate.event import Event, channel_of
from generate.people import Order, Person

REFUNDED = 0.04  # share of paid orders
FULL_REFUND = 0.7  # share of refunds
COMPLAINTS = 0.03
UNDECIDED = 0.12  # share of last month's orders whose refund is asked for and still open


def purchases(seed: int, person: Person) -> Iterator[Event]:
    """Events around the person's paid orders, inside the window, in no order."""
    for order in person.orders:
        subject = order.openid or (person.openids or [person.phone])[0]
        if subject:
            chance = Chance(seed, "order", order.number)
            events = _of_order(order, subject, chance)
            yield from (event for event in events if 0 <= event.at < END)


def _of_order(order: Order, subject: str, chance: Chance) -> Iterator[Event]:
    created_at = order.paid_at - int(chance.between(1, 12) * MINUTE)
    if created_at < 0:
        return
    channel = channel_of(subject)
    for _ in range(1 + int(chance.between(0, 3))):
        viewed_at = created_at - int(chance.between(10, 40 * MINUTE))
        yield Event(viewed_at, "course_view", subject, order.course, channel=channel)
    yield Event(
        created_at,
        "order_created",
        subject,
        order.course,
        order.number,
        str(order.amount_fen),
        channel=channel,
    )
    yield from _service(order, subject, chance)


def _service(order: Order, subject: str, chance: Chance) -> Iterator[Event]:
    """The states an order's service goes through, and the refund that may end it."""

    def state(at: float, name: str, exam_on: str = "") -> Event:
        return Event(
            int(at),
            "service",
            subject,
            order.course,
            order.number,
            channel="service",
            state=name,
            exam_on=exam_on,
        )

    enrolled_at = order.paid_at + chance.between(5 * MINUTE, 30 * HOUR)
    yield state(enrolled_at, "enrolled")
    in_class_at = enrolled_at + chance.between(2, 15) * DAY
    refund_at = enrolled_at + chance.between(2, 25) * DAY
    if chance.happens(REFUNDED) and refund_at < END:
        yield state(refund_at - chance.between(0.2, 1.8) * DAY, "refund_pending")
        yield _refund(order, subject, int(refund_at), chance)
        yield state(refund_at + chance.between(1, 20) * HOUR, "resolved")
        return
    if order.paid_at > END - 30 * DAY and chance.happens(UNDECIDED):
        yield state(enrolled_at + chance.between(0.5, 3) * DAY, "refund_pending")
        return
    yield state(in_class_at, "in_class")
    if chance.happens(COMPLAINTS):
        complained_at = in_class_at + chance.between(1, 20) * DAY
        yield state(complained_at, "complaint")
        if chance.happens(0.8):
            yield state(complained_at + chance.between(0.5, 6) * DAY, "resolved")
        return
    booked_at = in_class_at + chance.between(25, 70) * DAY
    if chance.happens(0.6):
        yield state(booked_at, "exam_booked", _exam_day(order, booked_at))
        if chance.happens(0.8):
            yield state(booked_at + chance.between(20, 60) * DAY, "graduated")


def _exam_day(order: Order, booked_at: float) -> str:
    """A day some weeks after it was booked, before anybody graduates."""
    days = Chance("exam", order.number).between(11, 19)
    return clock.text(int(booked_at + days * DAY))[:10]


def _refund(order: Order, subject: str, at: int, chance: Chance) -> Event:
    amount = order.amount_fen
    if not chance.happens(FULL_REFUND):
        amount = amount * chance.pick((20, 30, 50, 80)) // 100
    return Event(
        at,
        "order_refunded",
        subject,
        order.course,
        order.number,
        str(amount),
        channel=channel_of(subject),
        refund_no="50" + order.number[2:],  # as the payment platform numbers refunds: 28 digits
    )
