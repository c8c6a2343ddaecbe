"""What people read: material, templates, and rendered content by its hash."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import id_field, text_field, utc_field


class Material(SQLModel, table=True):
    """A piece of the library: text, image, audio, video, file, link."""

    name: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    kind: str
    title: str
    owner: str | None = None
    valid_from: str | None = None  # ISO date
    valid_to: str | None = None  # ISO date
    run_id: int = id_field()


class TemplateVersion(SQLModel, table=True):
    """A template's text as it was used, bases and macros included in the hash."""

    __tablename__ = "template_version"

    hash: str = Field(primary_key=True)
    content: str  # the content it is a variant of
    channel: str
    text: str = text_field()
    first_run_id: int = id_field()


class Content(SQLModel, table=True):
    """A rendered message, stored once however many people get it."""

    hash: str = Field(primary_key=True)
    channel: str
    template_hash: str
    subject: str = ""
    body: str = text_field()  # HTML where the channel shows HTML
    plain: str = text_field(default="")  # text beside HTML
    created_at: datetime = utc_field()
