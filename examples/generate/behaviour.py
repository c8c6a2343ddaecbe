"""Two years of behaviour: who is how active, and every event in time order."""

from collections.abc import Iterator

from generate import clock
from generate.chance import Chance
from generate.event import Event, channel_of, row_of
from generate.people import Person, Product
from generate.purchases import purchases
from generate.visits import stay, visits

EVENTS = 528_000  # wished for; short stays hold fewer, and some 500,000 come about
PHONE_ONLY = 0.3  # share of the people without an openid who act at all
PHONE_ONLY_EVENTS = 12  # at most: few pages ask for a number
BROKEN_OF_A_KIND = 7


def behaviour(
    seed: int, people: list[Person], products: list[Product]
) -> Iterator[tuple[str, ...]]:
    """Every event's row in time order, with a few that can't be read among them."""
    events = [event for person in people for event in purchases(seed, person)]
    for person, count in _activity(seed, people, EVENTS - len(events)):
        events += visits(seed, person, count, products)
    events += _broken(seed, events)
    events.sort(key=lambda event: event.at)  # stable: ties stay in the people's order
    for number, event in enumerate(events, 1):
        yield row_of(event, number, clock.text(event.at))


def _activity(seed: int, people: list[Person], total: int) -> Iterator[tuple[Person, int]]:
    """How many events each acting person has, in the order of the people.

    Pareto with exponent 1.3, cut off above: the busiest hundredth has about
    17 % of all events, the busiest tenth 55 %. Who stays long and buys is
    likelier to be among the busy.
    """
    ranked = sorted((_idleness(seed, p), p.key) for p in people if _acts(seed, p))
    shares = [
        ((rank + 0.5) / len(ranked) + 0.004) ** (-1 / 1.3) - 0.85 for rank in range(len(ranked))
    ]
    # Adding up floats differs between versions of Python; adding up integers does not.
    weights = [int(share * 1_000_000) for share in shares]
    whole = sum(weights)
    counts = {
        key: -(-total * weight // whole) for weight, (_, key) in zip(weights, ranked, strict=True)
    }
    for person in people:
        if count := counts.get(person.key, 0):
            yield person, count if person.openids else min(count, PHONE_ONLY_EVENTS)


def _acts(seed: int, person: Person) -> bool:
    if stay(seed, person)[1] < 0:
        return False
    if person.openids:
        return True
    return bool(person.phone) and Chance(seed, "acts", person.key).happens(PHONE_ONLY)


def _idleness(seed: int, person: Person) -> float:
    first, last = stay(seed, person)
    orders = min(len(person.orders), 3)
    return Chance(seed, "idle", person.key).share() / ((last - first + 30) * (1 + orders / 4))


def _broken(seed: int, events: list[Event]) -> Iterator[Event]:
    """Rows as every tracker writes some: no such day, nobody, no such amount."""
    chance = Chance(seed, "broken")
    for kind in range(BROKEN_OF_A_KIND):
        model = chance.pick(events)
        where = {"subject": model.subject, "channel": channel_of(model.subject)}
        no_day = ("2025-02-30 10:00:00", "0000-00-00 00:00:00", "2024-13-01 09:30:00")[kind % 3]
        yield Event(model.at, "course_view", course=model.course, **where, at_text=no_day)
        nobody = chance.pick(events)
        yield Event(nobody.at, "course_view", "", nobody.course, channel="h5")
        buyer = chance.pick(events)
        yield Event(
            buyer.at,
            "order_created",
            buyer.subject,
            buyer.course or "hr",
            f"HL00000000{kind:010}",
            ("-99900", "九百九十九", "#REF!", "-1", "免费", "99.900.0", "error")[kind],
            channel=channel_of(buyer.subject),
        )
