"""The form of the flow `review`: record ids only, since Prefect keeps what it is told."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PairName = Annotated[str, Field(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")]


class ReviewOptions(BaseModel):
    """What to look at, or to say. Left as it is, it lists what waits."""

    model_config = ConfigDict(extra="forbid", title="核对选项 Review options")

    action: Literal["list", "decide", "retract"] = Field(
        default="list",
        title="做什么 Action",
        description="list: 待核对列表；decide: 判定；retract: 撤回。",
        json_schema_extra={"position": 0},
    )
    pairs: list[PairName] = Field(
        default=[],
        title="记录对 Pairs",
        description="Two record ids each, as the list names them, such as 12-345. 只填编号。",
        json_schema_extra={"position": 1},
    )
    verdict: Literal["same", "different", "unsure"] = Field(
        default="unsure",
        title="判定 Verdict",
        description="same: 同一人；different: 不是同一人；unsure: 不确定。",
        json_schema_extra={"position": 2},
    )
    decisions: list[int] = Field(
        default=[],
        title="撤回的决定 Decisions",
        description="Ids of the decisions to retract. 要撤回的决定编号。",
        json_schema_extra={"position": 3},
    )
    who: str = Field(
        default="",
        title="谁 Who",
        description="Who says it: an account, no customer. 判定人账号。",
        json_schema_extra={"position": 4},
    )
    why: str = Field(
        default="",
        title="原因 Why",
        description="Why, without names or numbers: Prefect keeps it. 不要写客户姓名或号码。",
        json_schema_extra={"position": 5},
    )
    store: bool = Field(
        default=False,
        title="保存 Store",
        description="Off: only show what it would do. 不勾选则只显示影响，不保存。",
        json_schema_extra={"position": 6},
    )
    limit: int = Field(
        default=50,
        ge=1,
        le=1000,
        title="列出多少 Limit",
        description="How many to list at most. 最多列出多少条。",
        json_schema_extra={"position": 7},
    )
