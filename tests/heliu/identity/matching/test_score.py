"""Our SQL weighs as Splink's own `predict` does."""

import math

import pytest

from heliu.identity.matching.engine import open_engine
from heliu.identity.matching.features import record_readings, spelled
from heliu.identity.matching.score import levels_sql, number, weight_sql
from heliu.identity.matching.splinking import splink_settings
from heliu.identity.matching.table import store_units, unit_columns

splink = pytest.importorskip("splink")


def test_every_weight_equals_splinks(model, village):
    """All pairs of sixty units of two records each, so that lists hold several values."""
    units = [
        first + second for first, second in zip(village[0][:60], village[0][60:120], strict=True)
    ]
    fields = model.fields
    readings = [[record_readings(record, fields) for record in unit] for unit in units]
    levels = {one.field: one.levels for one in model.comparisons}
    with open_engine() as connection:
        columns = unit_columns([spelled(unit) for unit in readings], fields)
        store_units(connection, "units", columns, model.frequencies)
        ours = our_weights(connection, model)
        theirs = splinks_weights(connection, splink_settings(fields, levels, model.prior))
    assert len(ours) == 60 * 59 // 2
    assert ours.keys() == theirs.keys()
    assert max(abs(ours[pair] - theirs[pair]) for pair in ours) < 1e-9
    assert max(ours.values()) - min(ours.values()) > 20


def our_weights(connection, model):
    connection.execute(
        "CREATE TABLE pairs AS SELECT a.unit AS l, b.unit AS r "
        "FROM units a JOIN units b ON a.unit < b.unit"
    )
    told = [(one.field, one.null, one.levels) for one in model.comparisons]
    total = " + ".join(
        [
            number(model.base),
            *(f"({weight_sql(one.field, one.levels)})" for one in model.comparisons),
        ]
    )
    rows = connection.execute(f"SELECT l, r, {total} FROM ({levels_sql(told, 'pairs')})").fetchall()
    return {(left, right): weight for left, right, weight in rows}


def splinks_weights(connection, settings):
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    settings["blocking_rules_to_generate_predictions"] = ["1 = 1"]
    linker = Linker(
        DuckDBAPI(connection=connection).register("units"),
        SettingsCreator(**settings),
        log_level=None,
    )
    rows = linker.inference.predict().as_record_list()
    return {tuple(sorted((row["unit_l"], row["unit_r"]))): row["match_weight"] for row in rows}


def test_numbers_are_doubles_in_sql():
    with open_engine() as connection:
        for value in (math.log2(0.3), 1e-9, 3.0, -2.5):
            found = connection.execute(
                f"SELECT {number(value)}, typeof({number(value)})"
            ).fetchall()
            assert found == [(value, "DOUBLE")]
