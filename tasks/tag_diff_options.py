"""The form of the flow `preview_tags`."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tasks.revisions import REVISION

TagName = Annotated[str, Field(pattern=r"^\w+(\.\w+)*$", max_length=200)]


class PreviewTagsOptions(BaseModel):
    """Which rules to compare. Left as it is: the last commit with the working tree."""

    model_config = ConfigDict(extra="forbid", title="规则预览选项 Preview options")

    before: str = Field(
        default="HEAD",
        pattern=REVISION,
        title="旧版本 Before",
        description="The git revision to compare from, such as HEAD, main or v1.2. 旧规则的版本。",
        json_schema_extra={"position": 0},
    )
    after: str = Field(
        default="",
        pattern=rf"^$|{REVISION}",
        title="新版本 After",
        description="What to compare with; empty means the files as they are. 留空为当前。",
        json_schema_extra={"position": 1},
    )
    as_of: datetime | date | None = Field(
        default=None,
        title="数据截止 As of",
        description="See facts up to this moment; a date means its first moment. 留空为现在。",
        json_schema_extra={"position": 2},
    )
    tags: list[TagName] = Field(
        default=[],
        title="只看这些标签 Tags",
        description="Only these tags; empty for all, segments and campaigns too. 留空为全部。",
        json_schema_extra={"position": 3},
    )
    samples: int = Field(
        default=10,
        ge=0,
        le=100,
        title="样例人数 Samples",
        description="How many profiles to show of each; ids and reasons. 每条规则的样例人数。",
        json_schema_extra={"position": 4},
    )
