"""Steps about one tag of one person: why it is carried, or isn't."""

from datetime import date, datetime

from prefect import task
from prefect.artifacts import create_markdown_artifact

from heliu.errors import HeliuError
from heliu.identity.people.lookup import Found, find_profile
from heliu.identity.people.shown import MASKED, PLAIN
from heliu.reports.tag_explained import answer_markdown
from heliu.reports.words import Words
from heliu.tags.asked import TagAnswer, ask_tag
from models.database import reading
from tasks.database import database
from tasks.firm import load_firm
from tasks.retries import STEP
from tasks.settings import settings


def explain_tag(
    text: str, tag: str, as_of: datetime | date | None = None, show: bool = False
) -> tuple[Found, TagAnswer]:
    """What an id or SOURCE:KEY means, and why that profile carries a tag or doesn't.

    Args:
        text: A profile's id, a former one, a record's, or SOURCE:KEY.
        tag: A tag of the library.
        as_of: The moment to judge at; a date means its first moment, None the last run's as-of.
        show: Values as they are, not masked.

    Raises:
        HeliuError: There is no such tag, no such person, or no run has finished yet.
    """
    firm, here = load_firm(), settings()
    moment = None if as_of is None else here.clock(as_of, None)[0]
    with reading(database()) as connection:
        found = find_profile(connection, text)
        return found, ask_tag(
            connection,
            firm.tags,
            firm.words,
            _living(found),
            tag,
            here.zone,
            PLAIN if show else MASKED,
            moment,
        )


def _living(found: Found) -> int:
    """The profile's id.

    Raises:
        HeliuError: It is erased, gone from its sources, or not unified yet.
    """
    if found.receipt:
        raise HeliuError(f"this person was erased on {found.receipt.at:%Y-%m-%d}")
    if found.profile_id is None:
        raise HeliuError(f"there is no profile {found.gone_id}: nobody to carry a tag")
    return found.profile_id


@task(task_run_name="explain tag {tag} of profile {profile_id}", **STEP)
def publish_tag_explanation(profile_id: str, tag: str) -> str:
    """The explanation as an artifact, masked; the id it is of."""
    found, answer = explain_tag(profile_id, tag)
    create_markdown_artifact(
        answer_markdown(found, answer, Words("zh", settings().zone)),
        key="heliu-explain-tag",
        description=f"档案 {answer.profile_id} 的标签 {tag}",
    )
    return str(answer.profile_id)
