"""What each channel's message must have and how long it may be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """A channel's demands on one message, lengths in bytes of UTF-8."""

    body_bytes: int
    subject_bytes: int = 0  # 0: the channel shows none
    needs_subject: bool = False
    needs_plain: bool = False  # text beside HTML


# WeCom: https://developer.work.weixin.qq.com/document/path/92135 (text.content)
# E-mail: Gmail cuts off what follows 102 kB; a longer subject is folded and cut by phones.
LIMITS = {
    "wecom": Limits(body_bytes=4_000),
    "folder": Limits(body_bytes=4_000),  # stands for WeCom
    "email": Limits(body_bytes=100_000, subject_bytes=200, needs_subject=True, needs_plain=True),
}
OTHERS = Limits(body_bytes=4_000, subject_bytes=200)


def limits_of(channel: str) -> Limits:
    """What a channel demands; a channel not named here gets cautious limits."""
    return LIMITS.get(channel, OTHERS)
