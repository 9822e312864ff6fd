"""What the documents say of one another, and what the code says of them, is true."""

import re
from argparse import _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class

from reports.reconciliation.checks import INVARIANTS, SUBJECTS, schema
from reports.reconciliation.invariant import Check

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
APPS = (
    "accounts",
    "catalog",
    "inventory",
    "ledger",
    "pos_project",
    "purchasing",
    "reports",
    "sales",
)
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# What people and programs read of the repository; this page names what must not be found.
TEXTS = sorted(
    path
    for path in (
        *PAGES,
        *(ROOT / name for name in ("Makefile", "pyproject.toml", "conftest.py")),
        *(each for app in APPS for each in (ROOT / app).rglob("*.py")),
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "reports").rglob("*.html"),
    )
    if path != Path(__file__)
)


def cited(pattern: str, paths: list[Path] = TEXTS) -> Iterator[tuple[str, str]]:
    """Every place that names something like `pattern`: where, and what its first group is."""
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            for found in re.finditer(pattern, line):
                yield f"{path.relative_to(ROOT)}:{number}", found[1]


def slug(heading: str) -> str:
    """The anchor of a heading, as the usual renderers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(found) for found in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}


# --- Pages and decisions ---


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_reached_from_the_readme() -> None:
    reached, new = set(), {ROOT / "README.md"}
    while new:
        reached |= new
        links = {
            (page.parent / target.partition("#")[0]).resolve()
            for page in new
            for target in re.findall(r"\]\(([^)\s:]+)\)", page.read_text())
        }
        new = {page for page in links if page.suffix == ".md"} - reached
    assert set(PAGES) - reached == set()


def test_every_decision_stands_in_the_index_by_its_title() -> None:
    listed = [
        line for line in (DECISIONS / "README.md").read_text().splitlines() if line.startswith("- ")
    ]
    written = []
    for page in sorted(DECISIONS.glob("[0-9]*.md")):
        number, title = page.read_text().partition("\n")[0].removeprefix("# ").split(". ", 1)
        assert int(number) == int(page.name[:4])
        written.append(f"- {number}. [{title}]({page.name})")
    assert listed == written


def test_no_decision_s_number_is_missing() -> None:
    numbers = [int(page.name[:4]) for page in sorted(DECISIONS.glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


# --- Whatever is cited is here ---


def test_every_decision_that_is_cited_is_there() -> None:
    numbers = {int(page.name[:4]) for page in DECISIONS.glob("[0-9]*.md")}
    named = [*cited(r"\bADR\s0*(\d+)"), *cited(r"\b[Dd]ecisions?\s0*(\d+)")]
    assert len(named) > 10
    assert [(where, each) for where, each in named if int(each) not in numbers] == []


def test_every_section_of_the_api_that_is_cited_is_there() -> None:
    sections = set(re.findall(r"^## (\d+)\. ", (DOCS / "api.md").read_text(), re.MULTILINE))
    named = list(cited(r"§\s?(\d+(?:\.\d+)?)"))
    assert len(named) > 50
    assert [(where, each) for where, each in named if each not in sections] == []


def test_every_invariant_that_is_cited_is_there() -> None:
    ids = {each.id for each in INVARIANTS}
    no_such = {"I99"}  # (what tests ask for in vain)
    named = [(where, each) for where, each in cited(r"(?<![\w.])(I\d+)\b") if each not in no_such]
    assert len(named) > 100
    assert [(where, each) for where, each in named if each not in ids] == []


def test_nothing_is_cited_by_numbers_that_no_page_explains() -> None:
    assert list(cited(r"(?<![\w.-])(R\d{1,2})\b")) == []
    assert list(cited(r"\b([Cc]ontract) (?:\d|section)")) == []


def test_every_page_that_code_names_is_there() -> None:
    named = list(cited(r"\b(docs/[\w/.-]+\.(?:md|svg|png))"))
    assert [(where, each) for where, each in named if not (ROOT / each).exists()] == []


def test_every_test_that_the_page_on_security_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", (DOCS / "security.md").read_text()))
    written = {
        name
        for app in APPS
        for path in (ROOT / app).rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 30
    assert named - written == set()


# What people copy: the documents, and what is deployed.
COPIED = [*PAGES, *(path for path in (ROOT / "deploy").rglob("*") if path.is_file())]


def test_every_command_that_is_named_is_there_with_its_options() -> None:
    named = list(cited(r"manage\.py ([a-z_]+(?: [^`|#;\"]+)?)", COPIED))
    assert len(named) > 60
    wrong = []
    for where, line in named:
        name, _, rest = line.partition(" ")
        if name not in get_commands():
            wrong.append(f"{where}: {name}")
            continue
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        branches = [each for each in parser._actions if isinstance(each, _SubParsersAction)]
        parsers = [parser, *(of for branch in branches for of in branch.choices.values())]
        known = {option for each in parsers for option in each._option_string_actions}
        options = re.findall(r"(?<!\S)--[a-z][\w-]*", rest)
        wrong += [f"{where}: {name} {each}" for each in options if each not in known]
    assert wrong == []


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [
        (where, target)
        for where, line in cited(
            r"(?:`|^)make ((?:[A-Z]+=\S+ |-\w+ )*[a-z-]+(?: [a-z-]+)*)(?:`| )", COPIED
        )
        for target in re.sub(r"[A-Z]+=\S+|-\w+ ", "", line).split()
    ]
    assert len(named) > 30
    assert [(where, each) for where, each in named if each not in targets] == []


# --- Invariants, each on its page ---


def test_every_invariant_is_explained_with_its_sentence_and_where_it_is_checked() -> None:
    module_of = {
        each: subject.__name__.rpartition(".")[2]
        for subject in (schema, *SUBJECTS)
        for check in vars(subject).values()
        if isinstance(check, Check)
        for each in check.invariants
    }
    expected = {
        (each.id, f"| `{each.name}` | {each.sentence} | `{module_of[each]}` |")
        for each in INVARIANTS
    }
    found, under = set(), ""
    for line in (DOCS / "invariants.md").read_text().splitlines():
        if heading := re.match(r"## (I\d+) ", line):
            under = heading[1]
        elif line.startswith("| `"):
            found.add((under, line))
    assert found == expected, "rows that docs/invariants.md has too few, or too many"


def test_every_constraint_that_the_invariants_name_is_there() -> None:
    named = set(re.findall(r"`([a-z]+_[a-z]+_[a-z_]+)`", (DOCS / "invariants.md").read_text()))
    constraints = {
        constraint.name for model in apps.get_models() for constraint in model._meta.constraints
    }
    invariants = {each.name for each in INVARIANTS}
    assert named & constraints
    assert named - constraints - invariants - {"the_kept_head_is_in_the_chain"} == set()


# --- Words ---


def test_every_word_of_the_glossary_has_its_table_and_class() -> None:
    models = apps.get_models()
    names = {
        *(model._meta.db_table for model in models),
        *(field.column for model in models for field in model._meta.concrete_fields),
    }
    rows = re.findall(r"^\| (.+?) \| .+ \| (.*?) \| (.*?) \|$", glossary(), re.MULTILINE)
    assert len(rows) > 40
    for word, tables, classes in rows:
        assert set(re.findall(r"`(\w+)`", tables)) <= names, word
        assert set(re.findall(r"`(\w+)`", classes)) <= {model.__name__ for model in models}, word


def glossary() -> str:
    return (DOCS / "glossary.md").read_text()


# Words of a private dialect, each with the one to use.
PLAIN = {
    r"\blaws?\b": "invariant, check",
    r"\b(?:un)?(?:mend|mends|mended|mending)\b": "repair",
    r"\b(?:thaw|thaws|thawed|thawing)\b": "invalidate",
    r"\b(?:strands?|witness)\b": "source, commit probe",
    r"\bmoving columns?\b": "derived columns",
    r"\bpaid ahead\b": "advance",
    r"\bby hand\b": "manual",
    r"\btaken back\b": "reversed",
    r"\b(?:rooms?|houses?)\b": "app, project",
    r"\bon the wire\b": "in the API",
}


@pytest.mark.parametrize("word", PLAIN)
def test_documents_use_plain_words(word: str) -> None:
    found = list(cited(f"(?i)({word})", PAGES))
    assert found == [], f"rather: {PLAIN[word]}"
