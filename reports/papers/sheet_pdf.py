"""A sheet on A4: shop and title at the top, figures to the right, page numbers at the foot."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from pos_project.core.days import local_text
from pos_project.core.errors import Invalid
from reports.papers.sheet import Column, Row, Sheet

MAX_LINES = 2000  # some forty pages; whoever needs more wants a spreadsheet
MARGIN = 16 * mm
FRAME_PADDING = 12  # reportlab's frame keeps 6 points free on each side
INK, FAINT, RULE = (
    colors.HexColor("#1b1f24"),
    colors.HexColor("#5b6470"),
    colors.HexColor("#c9ced6"),
)
BAND = colors.HexColor("#eef1f5")

SHOP = ParagraphStyle("shop", fontName="Helvetica", fontSize=9, leading=12, textColor=FAINT)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=16, leading=21, textColor=INK)
ABOUT = ParagraphStyle("about", fontName="Helvetica", fontSize=9, leading=12, textColor=INK)
NOTE = ParagraphStyle("note", fontName="Helvetica", fontSize=7.5, leading=10, textColor=FAINT)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=8, leading=9.6, textColor=INK)


def drawn(sheet: Sheet, *, shop: str) -> bytes:
    """The sheet as a PDF. Raises Invalid when it is longer than a paper should be."""
    rows = []
    for row in sheet.rows:
        rows.append(row)
        if len(rows) > MAX_LINES:
            raise Invalid(
                f"More than {MAX_LINES} lines: choose fewer days, or format=csv.",
                fields={"format": [f"More than {MAX_LINES} lines."]},
            )
    file = BytesIO()
    page = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=18 * mm,
        title=sheet.title,
        author=shop,
    )
    story = [
        Paragraph(_shown(shop), SHOP),
        Paragraph(_shown(sheet.title), TITLE),
        *(Paragraph(_shown(line), ABOUT) for line in sheet.about),
        Spacer(0, 4 * mm),
        _table(sheet.columns, rows, page.width - FRAME_PADDING),
        Spacer(0, 3 * mm),
        *(Paragraph(_shown(note), NOTE) for note in sheet.notes),
    ]
    footer = f"{shop}  ·  {sheet.title}  ·  printed {local_text(timezone.now())}"
    page.build(story, canvasmaker=lambda *args, **kwargs: _Numbered(footer, *args, **kwargs))
    return file.getvalue()


def _table(columns: Sequence[Column], rows: Sequence[Row], width: float) -> LongTable:
    last = len(columns) - 1
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8),
        ("FONT", (0, 1), (-1, -1), "Helvetica", 8),
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
            body.append([str(row.cells[0]), *[""] * last])
            look += [
                ("SPAN", (0, at), (-1, at)),
                ("FONT", (0, at), (-1, at), "Helvetica-Bold", 9),
                ("TOPPADDING", (0, at), (-1, at), 8),
            ]
            continue
        wrapped = row.style == "line"
        body.append(
            [_cell(each, column, wrapped) for each, column in zip(row.cells, columns, strict=True)]
        )
        if row.style == "line":
            look.append(("LINEBELOW", (0, at), (-1, at), 0.25, RULE))
        else:
            look += [
                ("FONT", (0, at), (-1, at), "Helvetica-Bold", 8),
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
    text = str(value)
    # A paragraph wraps within its column; a total is bold and may run on.
    return Paragraph(_shown(text), CELL) if wrapped and len(text) > 10 else _printable(text)


def accounted(amount: Decimal) -> str:
    """An amount as accountants write it: `1,234.50`, below zero `(1,234.50)`, nothing a dash."""
    if not amount:
        return "–"
    return f"({-amount:,.2f})" if amount < 0 else f"{amount:,.2f}"


def _shown(text: str) -> str:
    return escape(_printable(text))


def _printable(text: str) -> str:
    """The text in the letters that the PDF standard fonts have; others become question marks."""
    return text.encode("cp1252", "replace").decode("cp1252")


class _Numbered(Canvas):
    """Holds the pages back until their number is known, then writes `Page 1 of 3` on each."""

    def __init__(self, footer: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._footer = _printable(footer)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont("Helvetica", 7.5)
            self.setFillColor(FAINT)
            self.drawString(MARGIN + FRAME_PADDING / 2, 10 * mm, self._footer)
            self.drawRightString(
                A4[0] - MARGIN - FRAME_PADDING / 2, 10 * mm, f"Page {number} of {len(self._pages)}"
            )
            super().showPage()
        super().save()
