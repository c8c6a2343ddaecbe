"""The firm's frozen model, if it has one: read, written, and ready to apply."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from heliu.identity.matching.engine import require_extra
from heliu.identity.matching.matcher import Matcher
from heliu.identity.matching.model import FILE, Model, load_model
from heliu.identity.records import NormalisedRecord


def model_file(folder: Path) -> Path | None:
    """Where the firm's model is; None where it has none and stops after certainty."""
    path = folder / FILE
    return path if path.is_file() else None


def load_matcher(folder: Path) -> Matcher | None:
    """What applies the firm's model; None where it has none.

    Raises:
        ConfigError: The file is no model.
        ExtraMissing: There is a model, but not what applies it.
    """
    path = model_file(folder)
    if path is None:
        return None
    model = load_model(path)
    require_extra()
    return Matcher(model)


def write_model(folder: Path, model: Model) -> Path:
    """Put a model in the place of the one before, whole or not at all."""
    path = folder / FILE
    fresh = path.with_suffix(".json.new")
    fresh.write_text(model.written(), encoding="utf-8")
    os.replace(fresh, path)
    return path


def units_of(
    records: Iterable[NormalisedRecord], profile_of: Mapping[int, int]
) -> list[list[NormalisedRecord]]:
    """The records of each profile, in the order of the smallest record of each."""
    units: dict[int, list[NormalisedRecord]] = {}
    for record in sorted(records, key=lambda record: record.record_id):
        units.setdefault(profile_of[record.record_id], []).append(record)
    return list(units.values())
