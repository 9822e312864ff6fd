"""What the documents say of one another is true."""

from pathlib import Path

DECISIONS = Path(__file__).parents[2] / "docs/decisions"


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
