"""One row of behaviour, before it gets its number."""

from dataclasses import dataclass

HEADINGS = (
    *("event_id", "at", "event", "openid", "phone", "course", "order_no", "amount_fen"),
    *("lesson", "channel", "campaign", "state", "exam_on"),
)

_CHANNELS = {"oM": "miniprogram", "oA": "official_account"}


@dataclass(slots=True)
class Event:
    """What somebody did; `subject` is an openid or a mobile number."""

    at: int
    event: str
    subject: str
    course: str = ""
    order_no: str = ""
    amount_fen: str = ""
    lesson: str = ""
    channel: str = ""
    campaign: str = ""
    state: str = ""
    refund_no: str = ""
    exam_on: str = ""  # the day of the exam, where one is booked
    at_text: str = ""  # instead of `at`, where the row is meant to be unreadable


def channel_of(subject: str) -> str:
    """Where somebody acts who acts under this id."""
    return _CHANNELS.get(subject[:2], "h5")


def row_of(event: Event, number: int, at: str) -> tuple[str, ...]:
    """The event as the file's row, in the order of its headings."""
    is_phone = event.subject[:1] == "1"
    return (
        event.refund_no or f"e{number:07}",
        event.at_text or at,
        event.event,
        "" if is_phone else event.subject,
        event.subject if is_phone else "",
        event.course,
        event.order_no,
        event.amount_fen,
        event.lesson,
        event.channel,
        event.campaign,
        event.state,
        event.exam_on,
    )
