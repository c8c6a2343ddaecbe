"""One tag of one profile explained beside what is stored of it: do they agree, and if not, why."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from heliu.errors import PermanentError, did_you_mean
from heliu.rules.library import Library
from heliu.rules.vocabulary import Vocabulary
from heliu.rules.windows import Clock
from heliu.tags.explain import TagExplanation, explain_tag
from heliu.tags.person import load_person
from heliu.tags.plan import meaning
from heliu.tags.said import Said, Shown
from heliu.tags.stored import LastRun, StoredTag, last_run, stored_tag


class UnknownTag(PermanentError):
    """No rule of that name is in force."""


@dataclass(frozen=True)
class TagAnswer:
    """Why a profile carries a tag or not, and what is stored.

    Attributes:
        told: The explanation, evaluated now.
        run: The last finished run, whose as-of and cuts it was given unless told otherwise.
        stored: What the tables say.
        remarks: Why the two may differ.
    """

    profile_id: int
    told: TagExplanation
    run: LastRun | None
    stored: StoredTag
    remarks: tuple[Said, ...]

    @property
    def agrees(self) -> bool:
        """Whether the verdict is the stored one."""
        return self.told.holds == (self.stored.since is not None)


def ask_tag(
    connection: sa.Connection,
    library: Library,
    words: Vocabulary,
    profile_id: int,
    tag: str,
    zone: ZoneInfo,
    shown: Shown,
    as_of: datetime | None = None,
) -> TagAnswer:
    """Explain a tag on a profile as the last run saw it, or as of another moment.

    Args:
        connection: Only read.
        library: Tags in force.
        words: The firm's.
        profile_id: A living profile's.
        tag: The tag asked of.
        zone: Whose days dates and calendar windows are.
        shown: How values may be shown.
        as_of: Another moment than the last run's; that run's cuts are used all the same.

    Raises:
        UnknownTag: It is not in the library.
        PermanentError: There is no such profile, or no run has finished and no moment was given.
    """
    if tag not in library.tags:
        raise UnknownTag(f"unknown tag {tag!r}{did_you_mean(tag, sorted(library.tags))}")
    run, stored = last_run(connection), stored_tag(connection, profile_id, tag)
    at = as_of or (run.as_of if run else None)
    if at is None:
        raise PermanentError("no tag run has finished yet: run `heliu run retag`, or give --as-of")
    person = load_person(connection, words, profile_id, at, library.part([tag]))
    if person is None:
        raise PermanentError(f"profile {profile_id} is no more")
    cuts = run.cuts if run else {}
    told = explain_tag(library, person, tag, Clock(at, zone), cuts, shown)
    remarks = _remarks(library, zone, run, stored, at)
    answer = TagAnswer(profile_id, told, run, stored, remarks)
    return answer if answer.agrees or remarks else _puzzled(answer)


def _remarks(
    library: Library, zone: ZoneInfo, run: LastRun | None, stored: StoredTag, at: datetime
) -> tuple[Said, ...]:
    """What may make the verdict differ from what is stored."""
    if run is None:
        return (Said("还没有完成过打标", "no tag run has finished yet"),)
    told = []
    if run.meaning != meaning(library, zone):
        told.append(Said("规则在上次打标后改过", "the rules changed since the last run"))
    if stored.waiting:
        told.append(
            Said("此人的资料在上次打标后有变动", "facts of this profile changed since the last run")
        )
    if int(at.timestamp()) != int(run.as_of.timestamp()):
        told.append(
            Said("所看时刻不是上次打标的时刻", "this is another moment than the last run's")
        )
    if run.followed:
        told.append(Said("有一次打标尚未完成", "a later run has not finished"))
    return tuple(told)


def _puzzled(answer: TagAnswer) -> TagAnswer:
    says = Said(
        "与已存结果不一致且原因不明，请反馈",
        "differs from what is stored for no known reason; please report this",
    )
    return TagAnswer(answer.profile_id, answer.told, answer.run, answer.stored, (says,))
