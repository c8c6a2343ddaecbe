"""What readers of the review page call fields and the levels fields agree on."""

from heliu.reports.identity_labels import Pairs
from heliu.reports.words import Words

# Beyond those of heliu/reports/labels.py.
FIELDS: Pairs = {
    "interest": ("意向", "interest"),
    "source_channel": ("来源渠道", "source"),
    "service_state": ("服务状态", "service"),
    "prior": ("起点", "prior"),
}
GENDERS: Pairs = {"f": ("女", "female"), "m": ("男", "male")}
LEVELS: Pairs = {
    "exact": ("完全相同", "exactly the same"),
    "same": ("相同", "the same"),
    "else": ("不同", "different"),
    "differs": ("不同", "different"),
    "null": ("缺失", "missing"),
    "missing": ("缺失", "missing"),
}


def label(say: Words, pairs: Pairs, name: str) -> str:
    """The reader's word; an unknown word stands for itself."""
    pair = pairs.get(name)
    return say(*pair) if pair else name


def field_label(say: Words, field: str) -> str:
    """The reader's word for a field of a profile; a declared one stands for itself."""
    return say(*FIELDS[field]) if field in FIELDS else say.label("field", field)
