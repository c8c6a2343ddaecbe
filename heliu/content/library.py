"""The content library: every content, its variant for each channel, checked as a whole."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Template, TemplateSyntaxError, nodes

from heliu.content.context import context_shape
from heliu.content.contract import Contract
from heliu.content.environment import Sandbox
from heliu.content.expressions import Report
from heliu.content.files import TemplateFile, read_files
from heliu.content.limits import limits_of
from heliu.content.lint import tells_how_to_refuse, tidy
from heliu.content.places import place_of
from heliu.documents import Problems
from heliu.errors import ConfigError, Place, Problem, did_you_mean
from heliu.rules.vocabulary import Vocabulary


class Rendered(NamedTuple):
    """One message as text."""

    subject: str
    body: str
    plain: str  # beside an HTML body


@dataclass(frozen=True)
class Variant:
    """One content for one channel, ready to render."""

    content: str
    channel: str
    name: str  # below templates/messages
    hash: str  # over its template and all it pulls in
    text: str  # JSON {template: text} of them, to render it again one day
    html: bool
    names: frozenset[str]  # what it takes of the context: profile, course …
    fields: frozenset[str] | None  # … and of the profile; None where that can't be told
    variables: frozenset[str]  # of the campaign, named at all …
    required: frozenset[str]  # … and without which it can't be rendered
    environment: Sandbox
    template: Template

    def render(self, values: dict[str, Any]) -> Rendered:
        """Render for one context.

        Raises:
            jinja2.TemplateError, TypeError, ArithmeticError, RecursionError: See `why`.
        """
        subject, document, plain = self.environment.parts(self.template, values)
        body = document.strip() if self.html else tidy(document)
        return Rendered(" ".join(subject.split()), body, tidy(plain))


class ContentLibrary:
    """All contents of a firm by name and channel."""

    def __init__(self, variants: Iterable[Variant], vocabulary: Vocabulary) -> None:
        self.variants = {(v.content, v.channel): v for v in variants}
        self.vocabulary = vocabulary

    @property
    def contents(self) -> list[str]:
        """Names of all contents, in order."""
        return sorted({content for content, _ in self.variants})

    def channels_of(self, content: str) -> list[str]:
        """Channels this content has a variant for, in order."""
        return sorted(channel for name, channel in self.variants if name == content)

    def variant(self, content: str, channel: str) -> Variant:
        """The variant of a content for a channel.

        Raises:
            ConfigError: There is none; the message names what exists.
        """
        found = self.variants.get((content, channel))
        if found is None:
            raise ConfigError(
                [Problem(Place("templates/messages"), *self._lacks(content, channel))]
            )
        return found

    def check_variant(
        self,
        content: str,
        channel: str,
        place: Place,
        problems: Problems,
        variables: Collection[str] | None = None,
    ) -> None:
        """Note a problem at a campaign's place where it names a variant that isn't there.

        Args:
            content: The content the campaign names.
            channel: A channel the campaign uses.
            place: Where the campaign's file says so.
            problems: Takes what is wrong.
            variables: Names the campaign gives; also checked against what the variant needs.
        """
        variant = self.variants.get((content, channel))
        if variant is None:
            problems.add(place, *self._lacks(content, channel))
        elif variables is not None:
            for name in sorted(variant.required.difference(variables)):
                problems.add(
                    place,
                    f"{content!r} for {channel} needs the variable {name!r}",
                    f"Give it under variables, or let {variant.name} do without.",
                )

    def _lacks(self, content: str, channel: str) -> tuple[str, str]:
        channels = self.channels_of(content)
        if not channels:
            known = ", ".join(self.contents) or "none"
            near = did_you_mean(content, self.contents)
            return f"unknown content {content!r}{near}", f"Known contents: {known}."
        return (
            f"content {content!r} has no variant for {channel}",
            f"It has one for {', '.join(channels)}; "
            f"add templates/messages/{channel}/{content}.txt or .html.",
        )


def load_contents(
    roots: Sequence[Path], problems: Problems, vocabulary: Vocabulary | None = None
) -> ContentLibrary:
    """Read and check every template; variants with a problem are left out.

    Args:
        roots: Folders that may hold `templates/messages`, defaults first; a later
            root's file replaces an earlier one of the same name.
        problems: Takes everything wrong, each with file, line and column.
        vocabulary: Profile fields beyond the standard ones.
    """
    files = read_files(roots, problems)
    loader = _Loader(files, vocabulary or Vocabulary(), problems)
    return ContentLibrary(loader.variants(), loader.vocabulary)


class _Loader:
    def __init__(
        self, files: dict[str, TemplateFile], vocabulary: Vocabulary, problems: Problems
    ) -> None:
        self.files = files
        self.vocabulary = vocabulary
        self.problems = problems
        self.environment = Sandbox({name: file.text for name, file in files.items()})
        self.trees = {name: tree for name, file in files.items() if (tree := self._parsed(file))}

    def _parsed(self, file: TemplateFile) -> nodes.Template | None:
        try:
            return self.environment.tree(file.text, file.name)
        except TemplateSyntaxError as error:
            self.problems.add(place_of(file.path, error.lineno), f"not Jinja: {error.message}")
        except RecursionError:
            self.problems.add(Place(file.path), "nested too deeply to be read")
        return None

    def _report(self, template: str, spot: int, says: str, remedy: str) -> None:
        self.problems.add(place_of(self.files[template].path, spot), says, remedy)

    def variants(self) -> Iterable[Variant]:
        seen: dict[tuple[str, str], str] = {}
        for name, file in self.files.items():
            key = file.variant
            if key is None or name not in self.trees:
                continue
            if key in seen:
                self.problems.add(Place(file.path), f"{seen[key]} is the same content and channel")
                continue
            seen[key] = name
            if variant := self._variant(file, *key):
                yield variant

    def _variant(self, file: TemplateFile, content: str, channel: str) -> Variant | None:
        before = len(self.problems.found)
        contract = Contract(self.trees, context_shape(self.vocabulary), self._report)
        chain = contract.check(file.name)
        check_parts(file.name, channel, contract.blocks(chain), self._report)
        if len(self.problems.found) > before:
            return None
        sources = {name: self.files[name].text for name in sorted(contract.uses)}
        trees = [self.trees[name] for name in sources]
        text = json.dumps(sources, ensure_ascii=False, sort_keys=True)
        return Variant(
            content=content,
            channel=channel,
            name=file.name,
            hash=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
            html=file.name.endswith(".html"),
            names=frozenset(name.name for tree in trees for name in tree.find_all(nodes.Name)),
            fields=_profile_fields(trees),
            variables=frozenset(contract.expressions.variables),
            required=frozenset(contract.expressions.required),
            environment=self.environment,
            template=self.environment.get_template(file.name),
        )


def check_parts(
    name: str, channel: str, blocks: Mapping[str, tuple[str, nodes.Block]], report: Report
) -> None:
    """Report the parts every message must have and this one lacks."""
    limits = limits_of(channel)
    needed = ["body", *["subject"] * limits.needs_subject, *["plain"] * limits.needs_plain]
    for part in needed:
        if part not in blocks or not _says_something(blocks[part][1]):
            report(
                name,
                1,
                f"the block {part!r} is missing or empty",
                f"Write {{% block {part} %}}.",
            )
    if "brand" not in blocks or not _names_brand(blocks["brand"][1]):
        report(name, 1, "no brand mark", _BASE.format(block="brand", what="{{ firm.brand }}"))
    if "optout" not in blocks or not tells_how_to_refuse(_data(blocks["optout"][1])):
        report(name, 1, "no opt-out wording", _BASE.format(block="optout", what="回复 TD 退订"))


_BASE = "Extend the channel's _base, or write {{% block {block} %}}{what}{{% endblock %}}."


def _says_something(block: nodes.Block) -> bool:
    """Whether a block prints anything but space."""
    return any(
        not isinstance(part, nodes.TemplateData) or part.data.strip()
        for output in block.find_all(nodes.Output)
        for part in output.nodes
    )


def _names_brand(block: nodes.Block) -> bool:
    return any(
        found.attr == "brand" and isinstance(found.node, nodes.Name) and found.node.name == "firm"
        for found in block.find_all(nodes.Getattr)
    )


def _data(block: nodes.Block) -> str:
    return "".join(data.data for data in block.find_all(nodes.TemplateData))


def _profile_fields(trees: Iterable[nodes.Template]) -> frozenset[str] | None:
    """Fields named as `profile.FIELD`, unless the profile is also handed on as a whole."""
    fields: list[str] = []
    whole = 0
    for tree in trees:
        whole += sum(name.name == "profile" for name in tree.find_all(nodes.Name))
        fields += [
            found.attr
            for found in tree.find_all(nodes.Getattr)
            if isinstance(found.node, nodes.Name) and found.node.name == "profile"
        ]
    return frozenset(fields) if whole == len(fields) else None
