"""Reading conditions on consent."""

from heliu.documents import Problems, Value
from heliu.rules.asks import ConsentWord
from heliu.rules.conditions import ConsentTest, Verdict
from heliu.rules.lookup import find_one
from heliu.rules.vocabulary import TOPICS, Vocabulary

CONSENT_KEYS = ("on", "is")


def read_consent(value: Value, vocabulary: Vocabulary, problems: Problems) -> ConsentTest | None:
    """`{consent: marketing, on: sms, is: refused}`; granted, if it doesn't say."""
    topic = find_one(value.data["consent"], "topic", TOPICS, problems)
    on, given = value.get("on"), value.get("is")
    if on is None:
        says = "`consent` needs `on`, a channel: each is asked for by itself"
        problems.add(value.place, says, "Join several with `any` or `all`.")
        return None
    channel = find_one(on, "channel", sorted(vocabulary.channels), problems)
    words = [verdict.value for verdict in Verdict]
    word = find_one(given, "word on consent", words, problems) if given else Verdict.GRANTED
    if topic is None or channel is None or word is None:
        return None
    return ConsentTest(ConsentWord(channel, topic), Verdict(word))
