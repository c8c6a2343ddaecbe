"""What a run can be told: the forms of the Prefect UI."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class RunOptions(BaseModel):
    """How to run. Leave everything empty for an ordinary run of today."""

    model_config = ConfigDict(extra="forbid", title="运行选项 Run options")

    dry_run: bool = Field(
        default=False,
        title="演练 Dry run",
        description="Do everything except hand messages to a channel. 只演练，不发送。",
        json_schema_extra={"position": 0},
    )
    as_of: datetime | date | None = Field(
        default=None,
        title="数据截止 As of",
        description="See facts up to this moment; a date means its first moment. 留空为现在。",
        json_schema_extra={"position": 1},
    )
    now: datetime | None = Field(
        default=None,
        title="发送时刻 Now",
        description="What time to take it to be when sending; for rehearsals. 留空为现在。",
        json_schema_extra={"position": 2},
    )


class CollectOptions(RunOptions):
    """How to collect."""

    model_config = ConfigDict(extra="forbid", title="采集选项 Collect options")

    accept_less: bool = Field(
        default=False,
        title="接受减少 Accept less",
        description="Go on though a source delivers less than half. 确认数据减少属实才勾选。",
        json_schema_extra={"position": 3},
    )


ACCEPT_CHANGES: dict[str, Any] = {
    "default": False,
    "title": "接受变化 Accept changes",
    "description": (
        "Publish though the audit would stop unify: many records move, or a profile grows very "
        "large. 看过报告、确认合并变化属实才勾选。"
    ),
}


class UnifyOptions(RunOptions):
    """How to unify."""

    # Plain RunOptions will do: the rest has defaults.
    model_config = ConfigDict(extra="forbid", from_attributes=True, title="合并选项 Unify options")

    accept_changes: bool = Field(**ACCEPT_CHANGES, json_schema_extra={"position": 3})


class RetagOptions(RunOptions):
    """How to retag."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, title="打标选项 Retag options")

    full: bool = Field(
        default=False,
        title="全量 Full",
        description=(
            "Judge everybody and renew the rank cuts, not only who may have changed. "
            "重算所有人并更新排名线；不勾选只算可能变化的人。"
        ),
        json_schema_extra={"position": 3},
    )


class NightlyOptions(CollectOptions):
    """How to run the whole line."""

    model_config = ConfigDict(
        extra="forbid", from_attributes=True, title="每晚选项 Nightly options"
    )

    accept_changes: bool = Field(**ACCEPT_CHANGES, json_schema_extra={"position": 4})


class CampaignOptions(RunOptions):
    """How to render or send."""

    model_config = ConfigDict(extra="forbid", title="活动选项 Campaign options")

    campaign: str | None = Field(
        default=None,
        title="活动 Campaign",
        description="Only this campaign; empty means all that are due. 留空为全部到期活动。",
        json_schema_extra={"position": 3},
    )


PROFILE_ID = r"^\d{1,18}$"  # a record's key may be a phone, which Prefect must not keep


class ExplainOptions(BaseModel):
    """Whom to explain, and perhaps which of their tags."""

    model_config = ConfigDict(extra="forbid", title="说明选项 Explain options")

    profile_id: str = Field(
        pattern=PROFILE_ID,
        title="档案编号 Profile id",
        description="A profile's id, a former one, or a record's. 现用、曾用编号或记录编号均可。",
        json_schema_extra={"position": 0},
    )
    tag: str | None = Field(
        default=None,
        max_length=200,
        title="标签 Tag",
        description=(
            "Why the profile carries this tag, or doesn't; empty: why it is what it is. "
            "留空则说明档案的由来。"
        ),
        json_schema_extra={"position": 1},
    )


class EraseOptions(BaseModel):
    """Whom to erase."""

    model_config = ConfigDict(extra="forbid", title="删除选项 Erase options")

    profile_id: str = Field(
        pattern=PROFILE_ID,
        title="档案编号 Profile id",
        description="A profile's id, a former one, or a record's. 现用、曾用编号或记录编号均可。",
        json_schema_extra={"position": 0},
    )
    who: str = Field(
        min_length=1,
        title="操作人 Who",
        description="Who erases: a name or an account. 谁在执行删除。",
        json_schema_extra={"position": 1},
    )
    why: str = Field(
        min_length=1,
        title="理由 Why",
        description="What was asked for; no personal data. 依据，勿写个人信息。",
        json_schema_extra={"position": 2},
    )
    confirm: bool = Field(
        default=False,
        title="确认删除 Confirm",
        description="Erase for good; without it only the plan is shown. 不勾选只列出将删除的内容。",
        json_schema_extra={"position": 3},
    )
