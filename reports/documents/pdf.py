"""A document as PDF, by reportlab; no system library, no request to another machine."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from django.core.files.storage import default_storage
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from reports.documents.document import Document, Letterhead, Size
from reports.documents.fonts import FAINT, register_fonts, style, text
from reports.documents.pdf_table import NO_PADDING, grid

ROLL_WIDTH = 80 * mm
FRAME_PADDING = 6  # reportlab's own, on each side of what is within the margins
MOST_COLUMNS = 7  # of the larger type


def render(document: Document) -> bytes:
    """The PDF: A4 with page numbers, or one strip of an 80 mm roll as long as it is.

    Raises TooLong.
    """
    register_fonts()
    narrow = document.size is Size.ROLL
    margin = (4 if narrow else 17) * mm
    width = (ROLL_WIDTH if narrow else A4[0]) - 2 * margin
    content = _content(document, width, narrow=narrow)
    height = A4[1]
    if narrow:
        height = sum(_height(piece, width) for piece in content) + 2 * margin + 8 * mm
    out = BytesIO()
    title = f"{document.title} {document.reference}"
    page = SimpleDocTemplate(
        out,
        pagesize=(width + 2 * margin, height),
        leftMargin=margin - FRAME_PADDING,
        rightMargin=margin - FRAME_PADDING,
        topMargin=margin,
        bottomMargin=margin,
        title=title,
        author=document.shop.name,
    )
    foot = f"{document.shop.name} · {title}"
    page.build(content, canvasmaker=Canvas if narrow else _numbered(foot, margin=margin))
    return out.getvalue()


def _height(piece: Flowable, width: float) -> float:
    return float(piece.wrap(width, 10_000 * mm)[1]) + piece.getSpaceBefore() + piece.getSpaceAfter()


def _content(document: Document, width: float, *, narrow: bool) -> list[Flowable]:
    wide = any(len(table.columns) > MOST_COLUMNS for table in document.tables)
    size = 8 if narrow or wide else 9
    small = style(size - 1, textColor=FAINT)
    gap = Spacer(0, 3 * mm)
    content = [*_head(document, width, size, narrow=narrow), *_facts(document, width, size)]
    for table in document.tables:
        content.append(Spacer(0, 2 * mm if narrow else 5 * mm))
        if table.title:
            content.append(text(table.title, style(size + 1, bold=True, spaceAfter=4), width))
        content.append(
            grid(table, width, size, sign=document.shop.currency_sign, shaded=not narrow)
        )
    content += [gap, *(text(note, small, width) for note in document.notes)]
    if document.code:
        content += [gap, _qr(document.code, centred=narrow)]
    if document.shop.footer:
        content += [gap, text(document.shop.footer, _centred(size), width)]
    return content


def _head(document: Document, width: float, size: float, *, narrow: bool) -> list[Flowable]:
    """The shop and what it is: beneath each other on a roll, side by side on A4."""
    shop, beneath = document.shop, "\n".join(document.shop.lines)
    if narrow:
        return [
            *_logo(shop, centred=True),
            text(shop.name, style(size + 4, bold=True, alignment=TA_CENTER), width),
            *([text(beneath, _centred(size), width)] if beneath else ()),
            Spacer(0, 2 * mm),
            text(f"{document.title} {document.reference}", style(size + 1, bold=True), width),
        ]
    left = [*_logo(shop), text(shop.name, style(size + 5, bold=True), width * 0.6)]
    if beneath:
        left.append(text(beneath, style(size - 1, textColor=FAINT), width * 0.6))
    right = [
        text(document.title, style(size + 6, bold=True, alignment=TA_RIGHT), width * 0.4),
        text(document.reference, style(size, alignment=TA_RIGHT), width * 0.4),
    ]
    head = Grid([[left, right]], colWidths=[width * 0.6, width * 0.4])
    head.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *NO_PADDING])
    return [head, Spacer(0, 5 * mm)]


def _facts(document: Document, width: float, size: float) -> list[Flowable]:
    if not document.facts:
        return []
    label_width = width * (0.34 if document.size is Size.ROLL else 0.18)
    widths = [label_width, width - label_width]
    facts = Grid(
        [
            [
                text(label, style(size - 1, textColor=FAINT), widths[0]),
                text(value, style(size), widths[1]),
            ]
            for label, value in document.facts
        ],
        colWidths=widths,
        hAlign="LEFT",
    )
    facts.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *NO_PADDING])
    return [facts]


def _centred(size: float) -> Any:
    return style(size - 1, alignment=TA_CENTER, textColor=FAINT)


def _logo(shop: Letterhead, *, centred: bool = False) -> list[Flowable]:
    if not shop.logo or not default_storage.exists(shop.logo):
        return []
    with default_storage.open(shop.logo) as file:
        picture = Image(BytesIO(file.read()), hAlign="CENTER" if centred else "LEFT")
    height = 18 * mm
    picture.drawWidth *= height / picture.drawHeight
    picture.drawHeight = height
    picture.spaceAfter = 2 * mm
    return [picture]


def _qr(content: str, *, centred: bool) -> Flowable:
    out = BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    side = 22 * mm
    return Image(out, width=side, height=side, hAlign="CENTER" if centred else "LEFT")


def _numbered(words: str, *, margin: float) -> Callable[..., Canvas]:
    """Makes a canvas that writes the words and `page 1 of 3` at the foot of each page."""

    class Numbered(Canvas):
        """Holds the pages back until their number is known."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, start=1):
                self.__dict__.update(page)
                width = self._pagesize[0] - 2 * margin
                foot = text(
                    f"{words} · page {number} of {len(self._pages)}",
                    style(7.5, textColor=FAINT, alignment=TA_RIGHT),
                    width,
                )
                foot.wrapOn(self, width, 20 * mm)
                foot.drawOn(self, margin, 8 * mm)
                super().showPage()
            super().save()

    return Numbered
