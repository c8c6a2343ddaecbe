"""Hostile templates: nothing gets out, nothing runs away."""

import pytest
from jinja2 import TemplateError

from heliu.content.environment import MAX_STEPS, Sandbox

VALUES = {"profile": {"name": "李雷", "items": "a key, not a method"}, "tags": ["a", "b"]}

HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ profile.__class__ }}",
    "{{ profile['__class__'] }}",
    "{{ tags.__init__.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range.__self__ }}",
    "{{ skip.__globals__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__ }}",
    "{{ namespace() }}",
    "{{ dict(a=1) }}",
    "{{ '{0.__class__}'.format(profile) }}",
    "{{ '{a.__class__}'.format_map(profile) }}",
    "{{ '%s' % profile }}",
    "{{ '%999999999d' % 1 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ [0] * 1000000000 }}",
    "{{ 2 ** 99999999 }}",
    "{{ 9223372036854775807 * 2 }}",
    "{{ 'a' + 'b' }}",
    "{{ profile.update({'name': 'x'}) }}",
    "{{ tags.append('x') }}",
    "{{ profile.get('name') }}",
    "{{ 'x'.join(tags) }}",
    "{{ 'x'.encode() }}",
    "{{ profile }}",
    "{{ tags }}",
    "{{ none }}",
    "{{ true }}",
    "{{ range }}",
    "{{ profile.name.upper() }}",
    "{{ profile | attr('__class__') }}",
    "{{ profile.name | safe }}",
    "{{ tags | map('upper') | join }}",
    "{{ tags | tojson }}",
    "{{ profile | pprint }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x' | indent(1000000000) }}",
    "{{ '%d' | format(1) }}",
    "{{ 'x' | replace('x', 'yy') }}",
    "{{ tags | random }}",
    "{{ profile is callable }}",
    "{{ 'a' is filter }}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{% for i in range(0, 1000000000) %}{% endfor %}",
    "{% for i in range(200) %}{% for j in range(200) %}{% endfor %}{% endfor %}",
    "{% for i in range(200) if i > 500 %}{% else %}{{ nothing }}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{{ f(n) if n else '' }}{{ f(n) if n else '' }}{% endmacro %}{{ f(1) }}",
    "{% set a = 'x' %}" + "{% set a = a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a %}" * 12 + "{{ a }}",
    "{% set a = 9 %}" + "{% set a = a * a %}" * 40 + "{{ a }}",
    "{% set ns.x = 1 %}",
    "{% include 'other.txt' %}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends profile.name %}",
    "{% for k in profile %}{{ loop.__class__ }}{% endfor %}",
    "{% for k in tags %}{{ loop._iterator }}{% endfor %}",
    "{{ 1 / 0 }}",
    "{{ profile.name[9999] }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_no_hostile_template_gets_anything_out(source: str) -> None:
    sandbox = Sandbox({"x.txt": "{% block body %}" + source + "{% endblock %}"})
    errors = (TemplateError, TypeError, ArithmeticError, LookupError, RecursionError)
    with pytest.raises(errors):
        sandbox.parts(sandbox.get_template("x.txt"), dict(VALUES))
    assert VALUES["profile"]["name"] == "李雷"


def test_a_key_wins_over_a_method_of_that_name() -> None:
    sandbox = Sandbox({"x.txt": "{% block body %}{{ profile.items }}{% endblock %}"})
    template = sandbox.get_template("x.txt")
    assert sandbox.parts(template, dict(VALUES))[1] == "a key, not a method"


def test_output_is_bounded_wherever_it_comes_from() -> None:
    for source in (
        "{% for i in range(200) %}" + "x" * 30_000 + "{% endfor %}",
        "{% set t %}" + "x" * 60_000 + "{% endset %}{{ t ~ t }}",
        "{% set t %}" + "x" * 60_000 + "{% endset %}{{ [t, t] | join }}",
    ):
        sandbox = Sandbox({"x.txt": "{% block body %}" + source + "{% endblock %}"})
        with pytest.raises(TemplateError, match="longer than"):
            sandbox.parts(sandbox.get_template("x.txt"), {})


def test_work_is_counted_for_each_message_anew() -> None:
    body = "{% for i in range(150) %}.{% endfor %}"
    sandbox = Sandbox({"x.txt": "{% block body %}" + body + "{% endblock %}"})
    template = sandbox.get_template("x.txt")
    for _ in range(MAX_STEPS // 100):
        assert sandbox.parts(template, {})[1] == "." * 150


def test_text_parts_are_neither_escaped_nor_printed_in_the_document() -> None:
    sandbox = Sandbox(
        {
            "base.html": "<p>{% block body %}{% endblock %}</p>{% block subject %}{% endblock %}"
            "{% block letter %}[{% block plain %}{% endblock %}]{% endblock %}",
            "x.html": "{% extends 'base.html' %}{% block subject %}{{ a }}{% endblock %}"
            "{% block body %}{{ a ~ '!' }}{% endblock %}{% block plain %}{{ a }}{% endblock %}",
        }
    )
    parts = sandbox.parts(sandbox.get_template("x.html"), {"a": "<b> & c"})
    assert parts == ("<b> & c", "<p>&lt;b&gt; &amp; c!</p>", "[<b> & c]")


def test_a_themes_constants_are_written_in_and_escaped_all_the_same() -> None:
    sandbox = Sandbox(
        {
            "theme.html": "{% set font = \"'A'\" %}{% set twice = 'a' %}{% set twice = 'b' %}",
            "x.html": "{% import 'theme.html' as theme %}"
            "{% block body %}{{ theme.font }}{{ theme.twice }}{% endblock %}",
        }
    )
    assert sandbox.parts(sandbox.get_template("x.html"), {})[1] == "&#39;A&#39;b"
