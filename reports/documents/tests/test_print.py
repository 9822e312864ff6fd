"""What paper demands: no letter vanishes, no figure breaks, no word pushes an amount off."""

from decimal import Decimal
from typing import Any

import pytest
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

from reports.documents import fonts, html, pdf
from reports.documents.document import Column, Document, Letterhead, Row, Size, Sum, Table
from reports.documents.pdf_table import PADDING, grid

WIDTH = 72 * mm  # of a roll, within its margins
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 2
LONG_BENGALI = "স্বাস্থ্যসুরক্ষাব্যবস্থাপনাকর্মকর্তাবৃন্দেরপ্রতিষ্ঠান"
MILLIONS = Decimal("99999999.99")


def table(name: str = "Tea", price: Decimal = Decimal("4.50")) -> Table:
    columns = [
        Column("Item", width=3),
        Column("×", "count", 0.8),
        Column("Price", "money", 1.4),
        Column("Amount", "money", 1.7),
    ]
    amount = price * 1000
    sums = [Sum("Paid, " + name, amount), Sum("Total", amount, is_total=True)]
    return Table(columns, [Row([name, Decimal(1000), price, amount])], sums)


def a_receipt(name: str, price: Decimal = Decimal("4.50"), size: Size = Size.ROLL) -> Document:
    shop = Letterhead(name, address=name, currency_sign="৳", footer=name)
    facts = [("Customer", name)]
    return Document("Receipt", "INV-1", shop, facts, [table(name, price)], size, notes=[name])


def drawn(of: Table) -> tuple[list[list[Any]], list[float], float]:
    """The cells, the widths of the columns and the size of the type."""
    made: Any = grid(of, WIDTH, 8, sign="৳", shaded=False)
    made.wrap(WIDTH, 10_000)
    rows = [
        [cell[0] if isinstance(cell, tuple) else cell for cell in row] for row in made._cellvalues
    ]
    return rows, made._colWidths, made._cellStyles[1][1].fontsize


# --- Letters ---


def shown(words: str) -> list[tuple[str, bool]]:
    """The pieces of a text, and whether each stands in a box."""
    frags = fonts.text(words, fonts.style(9), 400).frags
    return [
        (frag.text.strip(), hasattr(frag, "backColor") and bool(frag.backColor))
        for frag in frags
        if frag.text.strip()
    ]


@pytest.mark.parametrize(
    ("words", "pieces"),
    [
        ("Tea 茶", [("Tea", False), ("U+8336", True)]),
        ("A→B", [("A", False), ("U+2192", True), ("B", False)]),
        ("🙏", [("U+1F64F", True)]),
        # A blank that does not break would have the figure shaped in the font of its sign.
        ("৳\u00a05", [("৳", False), ("5", False)]),
        ("چ", [("U+0686", True)]),
        ("चाय", [("U+091A", True), ("U+093E", True), ("U+092F", True)]),
        ("Ελλάδα Чай ½ ₹", [("Ελλάδα Чай ½ ₹", False)]),
    ],
)
def test_a_letter_that_no_font_has_is_its_code_in_a_box(
    words: str, pieces: list[tuple[str, bool]]
) -> None:
    assert shown(words) == pieces


@pytest.mark.parametrize("words", ["চা\u200c", "tea\u00ad", "\ufeffTea", "চা\ufe0f"])
def test_what_is_not_to_be_seen_has_no_box(words: str) -> None:
    assert not any(boxed for _, boxed in shown(words))


@pytest.mark.parametrize("size", list(Size))
@pytest.mark.parametrize("name", ["茶 চা tea", "بسم الله", "🙏", "\t\x0b", "\n", " ", ""])
def test_whatever_is_typed_can_be_printed(name: str, size: Size) -> None:
    document = a_receipt(name, size=size)
    assert pdf.render(document).startswith(b"%PDF-")
    assert html.render(document, pdf_url="/x").count(name) >= 5  # the browser has its own fonts


def test_each_line_of_an_address_stays_a_line() -> None:
    paragraph = fonts.text("৭ লেক রোড\nDhaka", fonts.style(9), 400)
    assert paragraph.wrap(400, 400)[1] == 2 * fonts.style(9).leading


# --- Figures and words ---


@pytest.mark.parametrize("price", [Decimal("4.50"), Decimal("12345.67"), MILLIONS])
@pytest.mark.parametrize("name", ["Tea", LONG_WORD, LONG_BENGALI])
def test_figures_stay_on_one_line_and_on_the_paper(name: str, price: Decimal) -> None:
    rows, widths, size = drawn(table(name, price))

    assert sum(widths) == pytest.approx(WIDTH)
    for row in rows:
        for cell, width in zip(row, widths, strict=True):
            room = width - 2 * PADDING
            if cell is row[0]:
                continue
            if isinstance(cell, Paragraph):  # the total, with its sign
                assert cell.wrap(room, 1000)[1] == cell.style.leading
            else:
                assert fonts.width_of(cell, size, bold=row is rows[0]) <= room


@pytest.mark.parametrize("name", [LONG_WORD, LONG_BENGALI, "茶" * 30])
def test_a_long_word_is_broken_within_its_column(name: str) -> None:
    rows, widths, _ = drawn(table(name, MILLIONS))

    cell, room = rows[1][0], widths[0] - 2 * PADDING
    height = cell.wrap(room, 1000)[1]
    assert height > cell.style.leading
    assert max(cell.getActualLineWidths0()) <= room + 0.1
    assert cell.wrap(room, 1000)[1] == height  # drawn as it was measured


@pytest.mark.parametrize("width", range(16, 80, 4))
def test_bengali_is_never_torn_within_a_joined_letter(width: int) -> None:
    marked = fonts.text(LONG_BENGALI, fonts.style(9), width)
    parts = "".join(frag.text for frag in marked.frags).split()

    assert "".join(parts) == LONG_BENGALI
    assert len(parts) > 2
    for part in parts:
        assert part[0] not in "ািীুূৃেৈোৌ্ঁং"
        assert part[-1] != "্"


def test_only_figures_that_would_not_fit_are_set_smaller() -> None:
    assert drawn(table())[2] == 8
    assert drawn(table(price=MILLIONS))[2] < 8
    assert "font-size: " not in html.render(a_receipt("Tea"), pdf_url="/x").partition("<body>")[2]
    assert 'style="font-size: ' in html.render(a_receipt("Tea", MILLIONS), pdf_url="/x")
