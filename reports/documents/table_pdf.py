"""A sheet on A4: shop and title at the top, figures to the right, page numbers at the foot."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, SimpleDocTemplate, Spacer, TableStyle

from pos_project.core.days import local_text
from pos_project.core.errors import Invalid
from reports.documents.document import Shop
from reports.documents.table import Column, Row, Sheet
from reports.documents.typesetting import (
    BOLD,
    FAINT,
    FONT,
    FRAME_PADDING,
    INK,
    LINE,
    has_bengali,
    letterhead,
    numbered,
    register_fonts,
    style,
    text,
)

MAX_LINES = 2000  # some forty pages; whoever needs more wants a spreadsheet
MARGIN = 16 * mm
SIZE = 8  # points, of the table
BAND = colors.HexColor("#eef1f5")


def drawn(sheet: Sheet, *, shop: Shop) -> bytes:
    """The sheet as a PDF. Raises Invalid when it is longer than a paper should be."""
    rows = []
    for row in sheet.rows:
        rows.append(row)
        if len(rows) > MAX_LINES:
            raise Invalid(
                f"More than {MAX_LINES} lines: choose fewer days, or format=csv.",
                fields={"format": [f"More than {MAX_LINES} lines."]},
            )
    register_fonts()
    file = BytesIO()
    width = A4[0] - 2 * MARGIN
    page = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING,
        topMargin=MARGIN,
        bottomMargin=18 * mm,
        title=sheet.title,
        author=shop.name,
    )
    printed = f"printed {local_text(timezone.now())}"
    story = [
        letterhead(shop, sheet.title, printed, width, size=SIZE),
        Spacer(0, 4 * mm),
        *(text(line, style(9)) for line in sheet.about),
        Spacer(0, 3 * mm),
        _table(sheet.columns, rows, width),
        Spacer(0, 3 * mm),
        *(text(note, style(7.5, textColor=FAINT)) for note in sheet.notes),
    ]
    page.build(story, canvasmaker=numbered(f"{shop.name} · {sheet.title}", margin=MARGIN))
    return file.getvalue()


def _table(columns: Sequence[Column], rows: Sequence[Row], width: float) -> LongTable:
    last = len(columns) - 1
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, 0), BOLD, SIZE),
        ("FONT", (0, 1), (-1, -1), FONT, SIZE),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("BACKGROUND", (0, 0), (-1, 0), BAND),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    for position, column in enumerate(columns):
        if column.is_figure:
            look.append(("ALIGN", (position, 0), (position, -1), "RIGHT"))
    body: list[list[Any]] = [[column.label for column in columns]]
    for at, row in enumerate(rows, start=1):
        if row.style == "heading":
            body.append([_words(str(row.cells[0]), size=9, bold=True), *[""] * last])
            look += [
                ("SPAN", (0, at), (-1, at)),
                ("FONT", (0, at), (-1, at), BOLD, 9),
                ("TOPPADDING", (0, at), (-1, at), 8),
            ]
            continue
        wrapped = row.style == "line"
        body.append(
            [_cell(each, column, wrapped) for each, column in zip(row.cells, columns, strict=True)]
        )
        if row.style == "line":
            look.append(("LINEBELOW", (0, at), (-1, at), 0.25, LINE))
        else:
            look += [
                ("FONT", (0, at), (-1, at), BOLD, SIZE),
                ("LINEABOVE", (0, at), (-1, at), 0.6, INK),
            ]
        if row.style == "grand":
            look += [
                ("BACKGROUND", (0, at), (-1, at), BAND),
                ("LINEBELOW", (0, at), (-1, at), 1.2, INK),
            ]
    shares = sum(column.width for column in columns)
    return LongTable(
        body,
        colWidths=[width * column.width / shares for column in columns],
        repeatRows=1,
        style=TableStyle(look),
    )


def _cell(value: Any, column: Column, wrapped: bool) -> Any:
    if value is None:
        return ""
    if column.kind == "money":
        return accounted(value)
    if column.kind == "count":
        return f"{value:,.0f}"
    if isinstance(value, date):
        return value.isoformat()
    return _words(str(value), bold=not wrapped, wraps=wrapped)


def _words(words: str, *, size: float = SIZE, bold: bool = False, wraps: bool = False) -> Any:
    """Plain text where that will do: a paragraph, which wraps and shapes, costs a hundred times."""
    if has_bengali(words) or (wraps and len(words) > 10):
        return text(words, style(size, bold=bold, leading=size * 1.2))
    return words


def accounted(amount: Decimal) -> str:
    """An amount as accountants write it: `1,234.50`, below zero `(1,234.50)`, nothing a dash."""
    if not amount:
        return "–"
    return f"({-amount:,.2f})" if amount < 0 else f"{amount:,.2f}"
