"""What training can be told: its form in the Prefect UI."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TrainMatchingOptions(BaseModel):
    """How to train. Leave everything as it is for an ordinary training."""

    model_config = ConfigDict(extra="forbid", title="训练选项 Training options")

    dry_run: bool = Field(
        default=False,
        title="试算 Dry run",
        description="Show the weights, write nothing. 只看权重，不写入模型。",
        json_schema_extra={"position": 0},
    )
    link_at: float = Field(
        default=0.0,
        ge=0,
        le=20,
        title="自动合并 Link at",
        description="Weight (log2 of the odds) to join from; 0 is even. 达到即自动合并。",
        json_schema_extra={"position": 1},
    )
    review_at: float = Field(
        default=0.0,
        ge=-5,
        le=20,
        title="人工核对 Review at",
        description="Weight from which a human is asked. 0 即 1 比 1；越低，待核对越多。",
        json_schema_extra={"position": 2},
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review_at > self.link_at:
            raise ValueError("review_at must not be above link_at")
        return self
