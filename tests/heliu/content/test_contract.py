"""What is wrong with a template is said when it is loaded, with file, line and column."""

from pathlib import Path

import pytest

from heliu.content.context import describe_context
from heliu.content.files import read_files
from heliu.content.library import load_contents
from heliu.documents import Problems
from heliu.errors import Place
from heliu.rules.vocabulary import STANDARD_FIELDS, FieldType, Vocabulary, Word

# The body's first line is line 3 of the file.
WRONG = [
    ("{{ proflie.name }}", "3:4: unknown variable 'proflie' (did you mean 'profile'?)"),
    (
        "您好 {{ course.titel }}",
        "3:7: course may be missing|3:7: course has no field 'titel' (did you mean 'title'?)",
    ),
    ("ok\n\n{{ firm.brnad }}", "5:4: firm has no field 'brnad' (did you mean 'brand'?)"),
    ("{{ profile['nmae'] or 'x' }}", "3:4: profile has no field 'nmae' (did you mean 'name'?)"),
    ("{{ profile.phone or 'x' }}", "3:4: profile has no field 'phone'"),
    ("{{ profile.name }}", "3:4: profile.name may be missing"),
    ("{{ profile.name ~ '同学' }}", "3:4: profile.name may be missing"),
    ("{{ profile.name | masked }}", "3:4: profile.name may be missing"),
    ("{{ order.title }}", "3:4: order may be missing"),
    ("{% if profile.city %}{{ profile.name }}{% endif %}", "3:25: profile.name may be missing"),
    ("{% if not order %}{{ order.title }}{% endif %}", "3:22: order may be missing"),
    ("{% if order or course %}{{ order.title }}{% endif %}", "3:28: order may be missing"),
    ("{% if order %}{{ order.amount_fen | yuan }}{% endif %}", "3:18: order.amount_fen may be"),
    (
        "{% if course and course.price_fen %}{{ course.price_fen }}{% endif %}",
        "3:40: course.price_fen is a fen, which can't be printed",
    ),
    ("{{ today }}", "3:4: today is a day, which can't be printed"),
    ("{{ tags }}", "3:4: tags is a list, which can't be printed"),
    ("{{ profile }}", "3:4: profile is a record, which can't be printed"),
    ("{{ firm.name | yaun }}", "3:16: unknown filter 'yaun' (did you mean 'yuan'?)"),
    ("{{ firm.name | yuan }}", "3:16: yuan is for fen, not for text"),
    ("{{ today | yuan }}", "3:12: yuan is for fen, not for day"),
    ("{{ firm.name | safe }}", "3:16: unknown filter 'safe'"),
    ("{% if firm.name is iterable %}x{% endif %}", "3:17: unknown test 'iterable'"),
    ("{% for t in tgas %}{{ t }}{% endfor %}", "3:13: unknown variable 'tgas'"),
    ("{% for t in tags %}{{ t.name }}{% endfor %}", "3:23: t is a text and has no fields"),
    ("{% for t in tags %}{{ t }}{% endfor %}{{ t }}", "3:42: unknown variable 't'"),
    ("{% for t in firm.name %}{{ t }}{% endfor %}", "3:13: can't loop over a text"),
    ("{% for t in tags %}{{ loop.idx }}{% endfor %}", "3:23: loop has no field 'idx'"),
    ("{% set x = profile.nmae %}", "3:12: profile has no field 'nmae'"),
    ("{% set x = profile.name %}{{ x }}", "3:30: x may be missing"),
    ("{% if tags %}{% set x = 1 %}{% endif %}{{ x }}", "3:43: 'x' is set in one branch only"),
    ("{% set firm = 1 %}", "3:8: 'firm' can't be set anew"),
    ("{% set a, b = 1, 2 %}", "3:9: set one plain name at a time"),
    ("{{ 'x' if tags }}", "3:4: an inline if needs an else"),
    ("{{ firm.name + 'x' }}", "3:4: calculates with a text"),
    ("{% if today > firm.name %}x{% endif %}", "3:25: compares a day with a text"),
    ("{% if profile.gender == 1 %}x{% endif %}", "3:27: compares a text with a number"),
    ("{% if course.price_fen > 1 %}x{% endif %}", "3:7: course may be missing|3:7: course.price"),
    ("{{ firm.name() }}", "3:4: firm.name can't be called"),
    ("{{ firm.name.upper() }}", "3:4: firm.name is a text and has no fields"),
    ("{{ ''.__class__ }}", "3:6: this is a text and has no fields"),
    ("{{ [tags, tags] | join }}", "3:4: a list here holds texts and numbers only"),
    ("{{ {'a': 1} }}", "3:4: Dict can't be used in a template"),
    ("{% include 'folder/_nothing.txt' %}", "3:4: there is no template 'folder/_nothing.txt'"),
    ("{% include firm.name %}", "3:4: the template's name must stand here plainly"),
    ("{% include 'folder/hello.txt' %}", "3:4: folder/hello.txt pulls itself in"),
    ("{% autoescape false %}x{% endautoescape %}", "3:4: autoescape can't be used"),
    ("{% do tags.append('x') %}", "3:4: do is for skip('reason') only"),
    ("{% do skip(firm.name) %}", "3:4: do is for skip('reason') only"),
    (
        "{% macro m(x) %}{{ x.titel }}{% endmacro %}{% if course %}{{ m(course) }}{% endif %}",
        "3:20: x has no field 'titel' (did you mean 'title'?)",
    ),
    ("{% macro m(x) %}{{ y }}{% endmacro %}", "3:20: unknown variable 'y'"),
    ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m() }}", "3:41: m is called with other arguments"),
    ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(profile.name) }}", "3:43: profile.name may be"),
    ("{% if x %}", "4:4: not Jinja: Encountered unknown tag 'endblock'."),
    ("{{ firm.name }", "3:14: not Jinja: unexpected '}'"),
    ("{% foo %}", "3:4: not Jinja: Encountered unknown tag 'foo'."),
]


@pytest.mark.parametrize(("body", "says"), WRONG)
def test_a_mistake_is_named_with_line_and_column(shelf, body: str, says: str) -> None:
    library, problems = shelf.body(body).load()
    for said in says.split("|"):
        assert any(problem.startswith(said) for problem in problems), problems
    assert library.contents == []


RIGHT = [
    "{{ profile.name or '同学' }}",
    "{{ profile.name | default('同学') }}",
    "{{ profile.name if profile.name else '同学' }}",
    "{% if profile.name %}{{ profile.name | masked }}{% endif %}",
    "{% if not profile.name %}x{% else %}{{ profile.name }}{% endif %}",
    "{% if profile.name is none %}x{% else %}{{ profile.name }}{% endif %}",
    "{% if profile.city == '杭州' %}{{ profile.city }}{% endif %}",
    "{% if order and order.amount_fen %}{{ order.amount_fen | yuan }}{% endif %}",
    "{% if order and order.amount_fen and order.amount_fen > 100 %}x{% endif %}",
    "{% set who = profile.surname or '同学' %}{{ who }}",
    "{% if tags %}{% set x = 'a' %}{% else %}{% set x = 'b' %}{% endif %}{{ x }}",
    "{% for t in tags %}{{ loop.index }}{{ t | upper }}{% else %}x{% endfor %}",
    "{% for n in range(3) %}{{ n * 2 + 1 }}{% endfor %}",
    "{{ today | day }}{{ today | full_day }}",
    "{% if profile.created_at %}{{ profile.created_at | day }}{% endif %}",
    "{% if 'value.high' in tags %}x{% else %}y{% endif %}",
    "{{ tags | join('、') }}{{ tags | length }}",
    "{{ campaign.variables.offer }}",
    "{{ campaign.variables.offer | default('x') }}",
    "{% if course and order and course.price_fen and order.amount_fen %}"
    "{{ (course.price_fen - order.amount_fen) | yuan }}{% endif %}",
    "{% if not order %}{% do skip('没有订单') %}{% endif %}{{ order.title }}",
    "{% if order %}{{ order['title'] }}{% endif %}",
    "{% macro m(a, b='x') %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}"
    "{% call m(firm.name) %}y{% endcall %}",
    "{% with a = firm.name %}{{ a }}{% endwith %}",
    "{% filter upper %}abc{% endfilter %}",
    "{{ firm.name[:2] }}",
]


@pytest.mark.parametrize("body", RIGHT)
def test_what_is_right_is_let_through(shelf, body: str) -> None:
    assert shelf.body(body).load()[1] == []


def test_all_mistakes_of_all_files_are_told_at_once(shelf) -> None:
    shelf.body("{{ a }}\n{{ b }}", "one").body("{{ c }}", "two")
    assert sorted(p.split(": ")[1] for p in shelf.load()[1]) == [
        "unknown variable 'a'",
        "unknown variable 'b'",
        "unknown variable 'c'",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("您好", "the block 'body' is missing or empty"),
        ("{% block body %} {% endblock %}", "the block 'body' is missing or empty"),
        ("{% block body %}x{% endblock %}", "no brand mark"),
        ("{% block body %}x{% endblock %}", "no opt-out wording"),
        (
            "{% extends 'folder/_base.txt' %}{% block body %}x{% endblock %}"
            "{% block brand %}{% endblock %}",
            "no brand mark",
        ),
        (
            "{% extends 'folder/_base.txt' %}{% block body %}x{% endblock %}"
            "{% block optout %}{% endblock %}",
            "no opt-out wording",
        ),
        (
            "{% extends 'folder/_base.txt' %}{% block boddy %}x{% endblock %}",
            "no base has a block 'boddy' (did you mean 'body'?)",
        ),
    ],
)
def test_a_message_without_a_part_it_must_have_is_refused(shelf, text: str, says: str) -> None:
    library, problems = shelf.write("folder/hello.txt", text).load()
    assert any(says in problem for problem in problems), problems
    assert library.contents == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<a href={{ firm.name }}>x</a>", "an attribute's value needs quotes"),
        ('<a href="{{ firm.name }}">x</a>', "an address must be a link, not a text"),
        ("<script>{{ firm.name }}</script>", "messages hold no scripts"),
        ('<b onclick="x">{{ firm.name }}</b>', "messages hold no scripts"),
    ],
)
def test_html_that_invites_injection_is_refused(shelf, body: str, says: str) -> None:
    shelf.write(
        "email/hello.html",
        "{% block brand %}{{ firm.brand }}{% endblock %}{% block optout %}退订{% endblock %}"
        "{% block subject %}s{% endblock %}{% block plain %}p{% endblock %}"
        "{% block body %}" + body + "{% endblock %}",
    )
    assert any(says in problem for problem in shelf.load()[1]), shelf.load()[1]


def test_an_email_needs_subject_and_plain_text(shelf) -> None:
    shelf.write(
        "email/hello.html",
        "{% block brand %}{{ firm.brand }}{% endblock %}{% block optout %}退订{% endblock %}"
        "{% block body %}x{% endblock %}",
    )
    says = [problem.split(": ", 1)[1] for problem in shelf.load()[1]]
    assert says == [
        "the block 'subject' is missing or empty",
        "the block 'plain' is missing or empty",
    ]


def test_a_loop_of_bases_is_told_and_not_followed(shelf) -> None:
    shelf.write("folder/_a.txt", "{% extends 'folder/_b.txt' %}")
    shelf.write("folder/_b.txt", "{% extends 'folder/_a.txt' %}")
    shelf.write("folder/x.txt", "{% extends 'folder/_a.txt' %}{% block body %}x{% endblock %}")
    assert any("extends itself" in problem for problem in shelf.load()[1])


def test_a_mistake_in_a_base_points_into_the_base(shelf) -> None:
    shelf.write("folder/_base.txt", "{{ frim.name }}\n{% block body %}{% endblock %}").body("x")
    problems = Problems()
    load_contents([shelf.root], problems)
    found = next(p for p in problems.found if "frim" in p.says)
    assert found.place.path.endswith("folder/_base.txt")
    assert (found.place.line, found.place.column) == (1, 4)


def test_fields_the_firms_sources_declare_can_be_used(shelf) -> None:
    word = Word("school", FieldType.TEXT, "text_1")
    vocabulary = Vocabulary(fields=STANDARD_FIELDS | {"school": word})
    shelf.body("{{ profile.school or '' }}x")
    problems = Problems()
    assert load_contents([shelf.root], problems, vocabulary).contents == ["hello"]
    assert problems.found == []
    assert "profile.school" in [path for path, _, _ in describe_context(vocabulary)]


def test_a_missing_variant_names_what_exists(shelf) -> None:
    library = shelf.body("x", "welcome").library()
    problems = Problems()
    place = Place("campaigns/a.yaml", 4, 3)
    library.check_variant("welcome", "email", place, problems)
    library.check_variant("wellcome", "folder", place, problems)
    library.check_variant("welcome", "folder", place, problems)
    first, second = problems.found
    assert first.place == place
    assert "no variant for email" in first.says
    assert "folder" in first.remedy
    assert "did you mean 'welcome'" in second.says


def test_a_campaign_must_give_the_variables_its_content_needs(shelf) -> None:
    shelf.body("{{ campaign.variables.offer }}{{ campaign.variables.extra | default('') }}")
    library = shelf.library()
    problems = Problems()
    library.check_variant("hello", "folder", Place("c.yaml"), problems, variables=["extra"])
    library.check_variant("hello", "folder", Place("c.yaml"), problems, variables=["offer"])
    assert [p.says for p in problems.found] == ["'hello' for folder needs the variable 'offer'"]


def test_a_later_root_overrides_a_file_of_the_same_name(shelf, make_shelf) -> None:
    firm = make_shelf().write("folder/_base.txt", "{% extends 'folder/_old.txt' %}")
    firm.root.joinpath("templates/messages/folder/_base.txt").unlink()
    shelf.body("default").body("only here", "other")
    firm.body("the firm's")
    library, problems = firm.load(shelf.root)
    assert problems == []
    assert library.contents == ["hello", "other"]
    assert "the firm's" in library.variant("hello", "folder").text


def test_the_hash_covers_all_a_template_pulls_in_and_nothing_else(shelf) -> None:
    shelf.write("folder/_part.txt", "part").write("folder/_other.txt", "other")
    shelf.body("x{% include 'folder/_part.txt' %}")
    before = shelf.library().variant("hello", "folder").hash
    shelf.write("folder/_other.txt", "changed")
    assert shelf.library().variant("hello", "folder").hash == before
    shelf.write("folder/_part.txt", "changed")
    assert shelf.library().variant("hello", "folder").hash != before


def test_a_folder_without_templates_has_none(tmp_path: Path) -> None:
    problems = Problems()
    assert read_files([tmp_path], problems) == {}
    assert problems.found == []


def test_the_bundled_contents_have_every_variant(defaults) -> None:
    for content in ("welcome_back", "unpaid_order", "course_recommendation"):
        assert defaults.channels_of(content) == ["email", "folder"]
