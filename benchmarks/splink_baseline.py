"""Splink with connected components: what we are measured against.

Settings after https://moj-analytical-services.github.io/splink/demos/. That it clusters at
probability 0.95 is our choice; the best of several thresholds is told beside it, though
nobody knows it beforehand.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

THRESHOLD = 0.95
THRESHOLDS = (0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)

Row = Mapping[str, str | None]
Blocks = Sequence[tuple[str, ...]]


class Model(NamedTuple):
    """How one data set is compared.

    Attributes:
        comparisons: Made when Splink is there.
        blocks: Columns (or SQL) that must agree, one tuple a rule.
        training: The same, for each session of expectation maximisation.
        certain: Rules that are almost never wrong, to estimate how many pairs there are.
        recall: What share of the pairs those find.
    """

    comparisons: Callable[[], list[Any]]
    blocks: Blocks
    training: Blocks
    certain: Blocks
    recall: float = 0.7


def _fake() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]


def _historical() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]


def _febrl() -> list[Any]:
    import splink.comparison_library as cl

    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
        cl.LevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("postcode", [1, 2]),
        cl.JaroWinklerAtThresholds("suburb", [0.9]),
        cl.JaroWinklerAtThresholds("address_1", [0.9]),
    ]


FEBRL_BLOCKS = (
    ("given_name", "surname"),
    ("soc_sec_id",),
    ("date_of_birth",),
    ("surname", "postcode"),
    ("given_name", "postcode"),
    ("address_1", "street_number"),
    ("suburb", "given_name"),
    ("suburb", "surname"),
)
FEBRL = Model(
    _febrl,
    FEBRL_BLOCKS,
    (("date_of_birth",), ("given_name", "surname")),
    (("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    0.9,
)
MODELS = {
    "fake_1000": Model(
        _fake,
        (
            ("first_name", "city"),
            ("surname",),
            ("dob",),
            ("email",),
            ("first_name", "substr(dob,1,4)"),
        ),
        (("first_name", "surname"), ("dob",)),
        (("first_name", "surname", "dob"), ("email",)),
    ),
    "historical_50k": Model(
        _historical,
        (
            ("substr(first_name,1,3)", "substr(surname,1,4)"),
            ("surname", "dob"),
            ("first_name", "dob"),
            ("postcode_fake", "first_name"),
            ("postcode_fake", "surname"),
            ("dob", "birth_place"),
            ("substr(postcode_fake,1,3)", "dob"),
            ("substr(postcode_fake,1,3)", "first_name"),
            ("substr(postcode_fake,1,3)", "surname"),
            ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ),
        (("first_name", "surname"), ("dob",)),
        (
            ("first_name", "surname", "dob"),
            ("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
        ),
        0.6,
    ),
    "febrl3": FEBRL,
    "febrl4": FEBRL,
}


def clusters(model: Model, files: Sequence[Sequence[Row]]) -> dict[float, dict[str, str]]:
    """Threshold → record → cluster, in the order of `THRESHOLDS`.

    Args:
        model: How to compare.
        files: One file: duplicates in it; two: links between them. Each row has `unique_id`.
    """
    import pyarrow
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    database = DuckDBAPI()
    tables = [
        database.register(
            pyarrow.Table.from_pylist(list(map(dict, file))), dataset_display_name=f"file_{n}"
        )
        for n, file in enumerate(files)
    ]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(files) == 1 else "link_only",
        comparisons=model.comparisons(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in model.blocks],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(tables if len(files) > 1 else tables[0], settings, log_level=None)
    certain = [block_on(*rule) for rule in model.certain]
    linker.training.estimate_probability_two_random_records_match(certain, recall=model.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in model.training:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    found = {}
    for threshold in THRESHOLDS:
        groups = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        rows = groups.as_record_list()
        found[threshold] = {str(row["unique_id"]): str(row["cluster_id"]) for row in rows}
    return found
