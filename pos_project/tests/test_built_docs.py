"""The pages build offline, fetch nothing from elsewhere, and the picture of the tables is true."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pos_project.tools import tables_picture

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def of_the_picture(kind: str) -> list[str]:
    """Titles of its nodes or edges."""
    picture = ElementTree.parse(ROOT / "docs" / "tables.svg")  # noqa: S314  (our own file)
    return [
        str(group.findtext(f"{SVG}title"))
        for group in picture.iter(f"{SVG}g")
        if group.get("class") == kind
    ]


def test_the_picture_shows_the_tables_of_the_models() -> None:
    tables = [name for names in tables_picture.tables_by_app().values() for name in names]
    assert sorted(of_the_picture("node")) == sorted(tables), "manage.py draw_tables"


def test_and_which_points_to_which() -> None:
    wanted = sorted(f"{each.table}->{each.to}" for each in tables_picture.drawn())
    assert sorted(of_the_picture("edge")) == wanted, "manage.py draw_tables"


def test_every_page_is_in_the_navigation() -> None:
    named = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} | {"decisions/README.md"}
    assert named == pages


@pytest.mark.dear
def test_the_pages_are_built_and_ask_no_other_server(tmp_path: Path) -> None:
    words = ["-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 60
    elsewhere = r"((?:https?:)?//[^\"')]+)"
    loaded = re.compile(rf"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=\"{elsewhere}")
    styled = re.compile(rf"(?:@import|url\()\s*[\"']?{elsewhere}")
    for file in [*pages, *tmp_path.rglob("*.css")]:
        text = file.read_text()
        assert loaded.findall(text) == [], file
        assert styled.findall(text) == [], file
