"""What every PDF is set in: fonts that hold Bengali, the shop's letterhead, a line at the foot."""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.storage import default_storage
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, Paragraph
from reportlab.platypus import Table as Grid

from reports.documents.document import Shop

# Beside what the browser is served, so that a page and its PDF look alike.
FONTS = Path(__file__).parent.parent / "static/documents/fonts"
FONT, BOLD = "Sans", "Sans-Bold"
FRAME_PADDING = 6  # reportlab's own, on each side of what is within the margins
INK, FAINT, LINE = (
    colors.HexColor("#0f172a"),
    colors.HexColor("#64748b"),
    colors.HexColor("#cbd5e1"),
)
NO_PADDING = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]
_BENGALI = re.compile(r"[\u0964\u0965\u0980-\u09ff]")
# Within a word, where letters that the font of Bengali lacks begin or end.
_FOREIGN = re.compile(r"([^\W\d_\u0980-\u09ff]+)")


@cache
def register_fonts() -> None:
    """Before anything is drawn."""
    for name, file in (
        (FONT, "NotoSans-Regular"),
        (BOLD, "NotoSans-Bold"),
        ("Bengali", "NotoSansBengali-Regular"),
        ("Bengali-Bold", "NotoSansBengali-Bold"),
    ):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{file}.ttf"))
    for family in (FONT, "Bengali"):
        bold = f"{family}-Bold"
        pdfmetrics.registerFontFamily(
            family, normal=family, bold=bold, italic=family, boldItalic=bold
        )


def has_bengali(words: str) -> bool:
    return _BENGALI.search(words) is not None


def text(words: str, look: ParagraphStyle) -> Paragraph:
    """A paragraph; letters that the main font lacks are set in the one that has them, and shaped:
    shaping takes several times as long, so only who needs it pays for it."""
    if not has_bengali(words):
        return Paragraph(escape(words).replace("\n", "<br/>"), look)
    bengali = "Bengali-Bold" if look.fontName.endswith("Bold") else "Bengali"
    marked = "".join(
        _in_font(word, bengali) if has_bengali(word) else escape(word)
        for word in re.split(r"(\s+)", words)
    )
    shaped = ParagraphStyle(f"{look.name} shaped", look, shaping=1)
    return Paragraph(marked.replace("\n", "<br/>"), shaped)


def _in_font(word: str, font: str) -> str:
    """A word of Bengali, its digits and marks too: reportlab shapes a word in its first font.

    Where it goes on in Latin letters (`২৫০ml`), which that font lacks, it is parted.
    """
    return " ".join(
        escape(piece)
        if _FOREIGN.fullmatch(piece)
        else f'<font name="{font}">{escape(piece)}</font>'
        for piece in _FOREIGN.split(word)
        if piece
    )


@cache
def style(size: float, *, bold: bool = False, **more: object) -> ParagraphStyle:
    font = BOLD if bold else FONT
    settings = {"fontSize": size, "leading": size * 1.4, "textColor": INK, **more}
    return ParagraphStyle(f"{font}{size}", fontName=font, **settings)


def letterhead(shop: Shop, title: str, number: str, width: float, *, size: float) -> Flowable:
    """The top of an A4 paper: the shop on the left, what it is on the right."""
    small = style(size - 1, textColor=FAINT)
    left = [*logo(shop.logo, 18 * mm), text(shop.name, style(size + 5, bold=True))]
    left += [text(line, small) for line in (address_of(shop), shop.header) if line]
    right = [
        text(title, style(size + 6, bold=True, alignment=TA_RIGHT)),
        text(number, style(size, alignment=TA_RIGHT)),
    ]
    head = Grid([[left, right]], colWidths=[width * 0.6, width * 0.4])
    head.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *NO_PADDING])
    return head


def address_of(shop: Shop) -> str:
    """What stands beneath the shop's name, a line each."""
    lines = [shop.address, shop.phone, shop.tax_number and f"Tax number {shop.tax_number}"]
    return "\n".join(line for line in lines if line)


def logo(key: str | None, height: float, *, centred: bool = False) -> list[Flowable]:
    if not key or not default_storage.exists(key):
        return []
    with default_storage.open(key) as file:
        picture = Image(BytesIO(file.read()), hAlign="CENTER" if centred else "LEFT")
    picture.drawWidth *= height / picture.drawHeight
    picture.drawHeight = height
    picture.spaceAfter = 2 * mm
    return [picture]


def numbered(words: str, *, margin: float) -> Callable[..., Canvas]:
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
                )
                foot.wrapOn(self, width, 20 * mm)
                foot.drawOn(self, margin, 8 * mm)
                super().showPage()
            super().save()

    return Numbered
