"""When people look around: visits of a few events each, over the time they stay."""

from collections.abc import Iterator

from generate import clock
from generate.chance import Chance
from generate.clock import DAY, DAYS, END
from generate.event import Event, channel_of
from generate.people import Person, Product

EVENTS_A_DAY = 8  # nobody keeps up more, over the days of his stay
STAYING = 0.45  # share of people who never fall silent
UNPAID = 0.006  # order_created per course view, never paid
EARLY_BIRD_UNPAID = 0.055  # the same in the last fortnight: the holiday offer draws many
EARLY_BIRD_DAYS = 14

# Campaign: first and last day of the window.
CAMPAIGNS = {
    "double11_2023": (31, 41),
    "new_year_2024": (92, 122),
    "spring_2024": (142, 172),
    "summer_2024": (274, 304),
    "double11_2024": (397, 407),
    "new_year_2025": (458, 488),
    "spring_2025": (508, 538),
    "summer_2025": (639, 669),
    "autumn_2025": (712, 730),
}
_CAMPAIGN_OF = {
    day: name for name, (first, last) in CAMPAIGNS.items() for day in range(first, last + 1)
}


def stay(seed: int, person: Person) -> tuple[int, int]:
    """First and last day of the person's activity: he comes with his first record.

    Some stay; the others fall silent some weeks after their last record.
    """
    chance = Chance(seed, "stay", person.key)
    met = [at // DAY for at, _ in person.touches]
    first = max(0, min(met) - int(chance.skewed(5)))
    last = max(first, max(met)) + 2 + int(chance.skewed(40))
    if chance.happens(STAYING):
        last = DAYS - 1
    return first, min(last, DAYS - 1)


def visits(seed: int, person: Person, event_count: int, products: list[Product]) -> Iterator[Event]:
    """About `event_count` events of looking around, inside the window, in no order."""
    chance = Chance(seed, "visits", person.key)
    first, last = stay(seed, person)
    left = min(event_count, EVENTS_A_DAY * (last - first + 1))
    mind = _Mind(person, products, chance, (first, last), left)
    while left > 0:
        size = min(left, 1 + int(chance.skewed(3.5)))
        left -= size
        for event in mind.visit(size):
            if 0 <= event.at < END:
                yield event


class _Mind:
    """What one person has in mind on a visit: when, as whom, and for which course."""

    def __init__(
        self,
        person: Person,
        products: list[Product],
        chance: Chance,
        days: tuple[int, int],
        event_count: int,
    ) -> None:
        self.person = person
        self.chance = chance
        self.first, self.last = days
        self.prices = {product.key: product.price_fen for product in products}
        every = list(self.prices)
        favourites = [*person.courses, chance.pick(every), chance.pick(every)][:2]
        self.courses = [favourites[0]] * 74 + [favourites[1]] * 18 + (every * 8)[:8]
        self.touches = [touch for touch in person.touches if 0 <= touch[0] < END]
        self.paid = [order.paid_at for order in person.orders]
        self.spread_days = 4 + event_count / 15  # the busier, the longer interest lasts
        # Who stays needs no occasion; the others come around their records.
        self.anchored = 0.3 if self.last == DAYS - 1 else 0.6
        # Who has two ids mostly keeps to one, changes over at some time, or mixes them.
        self.ids = person.openids or [person.phone]
        self.habit = chance.pick(("one", "one", "one", "change", "mix"))
        self.change_day = chance.between(self.first, self.last)
        self.turned = chance.happens(0.35)

    def visit(self, size: int) -> Iterator[Event]:
        day, course = self._occasion()
        at = clock.waking_moment(day, self.chance)
        subject = self._subject(day)
        campaign = _CAMPAIGN_OF.get(day, "") if self.chance.happens(0.3) else ""
        for step in range(size):
            if step == 0 and subject[0] == "o" and self.chance.happens(0.55):
                yield Event(at, "login", subject, channel=channel_of(subject))
            else:
                yield self._look(at, subject, course, campaign)
            at += int(self.chance.skewed(150)) + 4

    def _occasion(self) -> tuple[int, str]:
        """A day, likelier near a record of his and on weekends, and the course it is about."""
        chance = self.chance
        for _ in range(8):
            course = chance.pick(self.courses)
            if self.touches and chance.happens(self.anchored):
                at, wanted = chance.pick(self.touches)
                side = -1 if chance.happens(0.4) else 1
                day = at // DAY + side * int(chance.skewed(self.spread_days))
                course = wanted if wanted in self.courses else course
            else:
                day = self.first + int(chance.share() ** 0.6 * (self.last - self.first + 1))
            if self.first <= day <= self.last and (clock.is_weekend(day) or chance.happens(0.72)):
                return day, course
        return min(max(day, self.first), self.last), course

    def _subject(self, day: int) -> str:
        if len(self.ids) == 1 or self.habit == "one":
            return self.ids[-1 if self.turned else 0]
        if self.habit == "change":
            return self.ids[(day > self.change_day) ^ self.turned]
        return self.chance.pick(self.ids)

    def _look(self, at: int, subject: str, course: str, campaign: str) -> Event:
        """Mostly a look at a course; now and then more."""
        share = self.chance.share()
        channel = channel_of(subject)
        bought = any(paid_at < at for paid_at in self.paid)
        unpaid = EARLY_BIRD_UNPAID if at >= END - EARLY_BIRD_DAYS * DAY else UNPAID
        if share < unpaid:
            return self._abandoned(at, subject, course, campaign)
        if share > (0.99 if bought else 0.96):
            lesson = f"{course}-trial-{1 + int(self.chance.share() * 3)}"
            return Event(at, "trial_lesson", subject, course, lesson=lesson, channel=channel)
        if share > (0.985 if bought else 0.94):
            if self.person.phone and self.chance.happens(0.3):
                subject, channel = self.person.phone, "h5"
            return Event(at, "form_submit", subject, course, channel=channel, campaign=campaign)
        return Event(at, "course_view", subject, course, channel=channel, campaign=campaign)

    def _abandoned(self, at: int, subject: str, course: str, campaign: str) -> Event:
        price = self.prices[course] if self.chance.happens(0.8) else 9_900
        number = f"HL{clock.text(at)[:10].replace('-', '')}{int(self.chance.share() * 1e10):010}"
        return Event(
            at,
            "order_created",
            subject,
            course,
            number,
            str(price),
            channel=channel_of(subject),
            campaign=campaign,
        )
