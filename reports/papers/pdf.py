"""A paper as PDF, by reportlab; no system library, no request to another machine."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import segno
from django.core.files.storage import default_storage
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from reports.papers.paper import Paper, Size, Table

# Beside what the browser is served, so that a page and its PDF look alike.
FONTS = Path(__file__).parent.parent / "static/papers/fonts"
ROLL_WIDTH = 80 * mm
FRAME_PADDING = 6  # reportlab's own, on each side of what is within the margins
_BENGALI = re.compile(r"[\u0980-\u09ff]+")
_INK, _FAINT, _LINE = (
    colors.HexColor("#0f172a"),
    colors.HexColor("#64748b"),
    colors.HexColor("#cbd5e1"),
)


def render(paper: Paper) -> bytes:
    """The PDF of a paper: A4 with page numbers, or one strip of an 80 mm roll as long as it is."""
    _register_fonts()
    narrow = paper.size is Size.ROLL
    margin = 4 * mm if narrow else 18 * mm
    width = (ROLL_WIDTH if narrow else A4[0]) - 2 * margin
    content = _content(paper, width, narrow=narrow)
    height = A4[1]
    if narrow:
        height = sum(_height(piece, width) for piece in content) + 2 * margin + 8 * mm
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=(width + 2 * margin, height),
        leftMargin=margin - FRAME_PADDING,
        rightMargin=margin - FRAME_PADDING,
        topMargin=margin,
        bottomMargin=margin,
        title=f"{paper.title} {paper.number}",
        author=paper.shop.name,
    )
    document.build(content, canvasmaker=Canvas if narrow else _numbered(paper))
    return out.getvalue()


def _height(piece: Flowable, width: float) -> float:
    return float(piece.wrap(width, 10_000 * mm)[1]) + piece.getSpaceBefore() + piece.getSpaceAfter()


@cache
def _register_fonts() -> None:
    for name, file in (
        ("Sans", "NotoSans-Regular"),
        ("Sans-Bold", "NotoSans-Bold"),
        ("Bengali", "NotoSansBengali-Regular"),
        ("Bengali-Bold", "NotoSansBengali-Bold"),
    ):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{file}.ttf"))
    for family in ("Sans", "Bengali"):
        bold = f"{family}-Bold"
        pdfmetrics.registerFontFamily(
            family, normal=family, bold=bold, italic=family, boldItalic=bold
        )


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph; letters that the main font lacks are set in the one that has them."""
    bengali = "Bengali-Bold" if style.fontName.endswith("Bold") else "Bengali"
    marked = _BENGALI.sub(
        lambda found: f'<font name="{bengali}">{found.group()}</font>', escape(text)
    )
    return Paragraph(marked.replace("\n", "<br/>"), style)


def _style(size: float, *, bold: bool = False, **more: object) -> ParagraphStyle:
    font = "Sans-Bold" if bold else "Sans"
    settings = {"fontSize": size, "leading": size * 1.4, "textColor": _INK, "shaping": 1, **more}
    return ParagraphStyle(f"{font}{size}", fontName=font, **settings)


def _content(paper: Paper, width: float, *, narrow: bool) -> list[Flowable]:
    size = 8 if narrow else 9.5
    body, small = _style(size), _style(size - 1, textColor=_FAINT)
    middle = _style(size - 1, alignment=TA_CENTER, textColor=_FAINT)
    shop = paper.shop
    content: list[Flowable] = []
    letterhead = [shop.address, shop.phone, shop.tax_number and f"Tax number {shop.tax_number}"]
    under = "\n".join(part for part in letterhead if part)
    title = _style(size + 6, bold=True, alignment=TA_RIGHT)
    if narrow:
        content += [*_logo(shop.logo, 18 * mm, centred=True)]
        content.append(_text(shop.name, _style(size + 4, bold=True, alignment=TA_CENTER)))
        content += [_text(text, middle) for text in (under, shop.header) if text]
        content.append(Spacer(0, 2 * mm))
        content.append(_text(f"{paper.title} {paper.number}", _style(size + 1, bold=True)))
    else:
        left = [*_logo(shop.logo, 18 * mm), _text(shop.name, _style(size + 5, bold=True))]
        left += [_text(text, small) for text in (under, shop.header) if text]
        right = [_text(paper.title, title), _text(paper.number, _style(size, alignment=TA_RIGHT))]
        head = Grid([[left, right]], colWidths=[width * 0.6, width * 0.4])
        head.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_NO_PADDING])
        content += [head, Spacer(0, 6 * mm)]
    if paper.facts:
        share = 0.34 if narrow else 0.18
        facts = Grid(
            [[_text(label, small), _text(value, body)] for label, value in paper.facts],
            colWidths=[width * share, width * (1 - share)],
            hAlign="LEFT",
        )
        facts.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_NO_PADDING])
        content.append(facts)
    for table in paper.tables:
        content.append(Spacer(0, 2 * mm if narrow else 6 * mm))
        if table.title:
            content.append(_text(table.title, _style(size + 1, bold=True, spaceAfter=4)))
        content += _table(table, width, size)
    content += [Spacer(0, 3 * mm), *(_text(note, small) for note in paper.notes)]
    if paper.code:
        content += [Spacer(0, 3 * mm), _qr(paper.code, centred=narrow)]
    if shop.footer:
        content += [Spacer(0, 3 * mm), _text(shop.footer, middle)]
    return content


_NO_PADDING = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]


def _table(table: Table, width: float, size: float) -> list[Flowable]:
    weights = sum(column.weight for column in table.columns)
    widths = [width * column.weight / weights for column in table.columns]

    def cells(row: list[str], *, bold: bool = False) -> list[Paragraph]:
        return [
            _text(text, _style(size, bold=bold, **({"alignment": TA_RIGHT} if c.is_number else {})))
            for text, c in zip(row, table.columns, strict=True)
        ]

    grid = Grid(
        [
            cells([column.title for column in table.columns], bold=True),
            *(cells(list(row)) for row in table.rows),
        ],
        colWidths=widths,
        repeatRows=1,
    )
    grid.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, _LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("LEFTPADDING", (1, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    if not table.sums:
        return [grid]
    right = {"alignment": TA_RIGHT}
    sums = Grid(
        [
            [
                _text(text, _style(size, bold=each.is_total, **right))
                for text in (each.label, each.value)
            ]
            for each in table.sums
        ],
        colWidths=[width * 0.68, width * 0.32],
    )
    lines = [
        ("LINEABOVE", (1, place), (1, place), 0.8, _INK)
        for place, each in enumerate(table.sums)
        if each.is_total
    ]
    sums.setStyle([*lines, *_NO_PADDING])
    return [grid, Spacer(0, 1.5 * mm), sums]


def _logo(key: str | None, height: float, *, centred: bool = False) -> list[Flowable]:
    if not key or not default_storage.exists(key):
        return []
    with default_storage.open(key) as file:
        picture = Image(BytesIO(file.read()), hAlign="CENTER" if centred else "LEFT")
    picture.drawWidth *= height / picture.drawHeight
    picture.drawHeight = height
    return [picture, Spacer(0, 2 * mm)]


def _qr(text: str, *, centred: bool) -> Flowable:
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    side = 22 * mm
    return Image(out, width=side, height=side, hAlign="CENTER" if centred else "LEFT")


def _numbered(paper: Paper) -> type[Canvas]:
    """A canvas that knows how many pages there are once the last one is written."""

    class Numbered(Canvas):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, object]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                self.setFont("Sans", 7.5)
                self.setFillColor(_FAINT)
                text = f"{paper.title} {paper.number} · page {number} of {len(self._pages)}"
                self.drawCentredString(A4[0] / 2, 9 * mm, text)
                super().showPage()
            super().save()

    return Numbered
