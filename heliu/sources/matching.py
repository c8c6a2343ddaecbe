"""`matching` in sources.yaml: which fields people are compared by, and how."""

from collections.abc import Collection, Iterable
from pathlib import Path

from heliu.documents import Problems, Value, load_yaml
from heliu.errors import did_you_mean
from heliu.rules.vocabulary import MatchKind
from heliu.sources.spec import SourceSpec

KINDS = tuple(kind.value for kind in MatchKind)


def load_matching(
    folder: Path, sources: Iterable[SourceSpec], fields: Collection[str], problems: Problems
) -> dict[str, MatchKind]:
    """Field to how it is compared, in file order; empty where the section is missing.

    ```yaml
    matching: { name: name, born: date, city: exact }
    ```

    Args:
        folder: The firm's; `sources.yaml` has been read, and its other mistakes told.
        sources: What it says of each source.
        fields: The fields a profile has, standard and declared.
        problems: What is wrong with the section goes here.
    """
    sources = list(sources)
    document = load_yaml(folder / "sources.yaml", Problems())
    section = document.get("matching") if document is not None else None
    kinds = _kinds(section, problems) if section is not None else {}
    compared = {name for spec in sources for name in spec.match}
    identifiers = {one.type for spec in sources for one in spec.identifiers}
    known = [*fields, *sorted(compared), *sorted(identifiers)]
    for name in kinds:
        if name not in known:
            assert section is not None
            problems.add(
                section.keys[name],
                f"no source tells {name!r}{did_you_mean(name, known)}",
                "Map it under a source's 'fields', 'identifiers' or 'match'.",
            )
    for spec in sources:
        for name in spec.match.keys() - kinds.keys():
            problems.add(
                spec.match[name].place,
                f"{name!r} is told but compared nowhere{did_you_mean(name, kinds)}",
                "Say how under 'matching', beside 'sources'.",
            )
    return kinds


def _kinds(section: Value, problems: Problems) -> dict[str, MatchKind]:
    if not section.is_mapping or not section.data:
        problems.add(section.place, "matching must be a mapping of fields to how they are compared")
        return {}
    kinds: dict[str, MatchKind] = {}
    for name, value in section.items():
        kinds[name] = MatchKind.EXACT
        if value.data in KINDS:
            kinds[name] = MatchKind(value.data)
        else:
            problems.add(
                value.place,
                f"unknown comparison{did_you_mean(str(value.data), KINDS)}",
                f"Known comparisons: {', '.join(KINDS)}.",
            )
    return kinds
