"""What a run can be told: the forms of the Prefect UI."""

from datetime import date, datetime

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


class CampaignOptions(RunOptions):
    """How to render or send."""

    model_config = ConfigDict(extra="forbid", title="活动选项 Campaign options")

    campaign: str | None = Field(
        default=None,
        title="活动 Campaign",
        description="Only this campaign; empty means all that are due. 留空为全部到期活动。",
        json_schema_extra={"position": 3},
    )
