"""Labels of products as PDF: name, price and barcode, on sheets of stickers or a roll."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, repeat
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.eanbc import Ean13BarcodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from catalog.models import Product
from catalog.scanned_codes import ean13_of
from reports.documents.document import amount
from reports.documents.fonts import FONT, register_fonts, style, text

# A bar that is narrower is read by no till's scanner; no wider one than an EAN's own is needed.
NARROWEST, WIDEST = 0.17 * mm, 0.33 * mm
QUIET = 10  # modules of white on each side of a code
EAN_MODULES = 95 + 2 * QUIET


@dataclass(frozen=True)
class Layout:
    """How labels lie on a page; lengths in millimetres. `left` and `top` are the page's margins,
    `across` and `down` lead from one label to the next."""

    title: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float = 0
    top: float = 0
    across: float = 0
    down: float = 0

    @property
    def count(self) -> int:
        """The labels of a page."""
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """The lower left corner of the label at a place of the page, in points."""
        row, column = divmod(place, self.columns)
        x = self.left + column * (self.across or self.width)
        y = self.page[1] - self.top - row * (self.down or self.height) - self.height
        return x * mm, y * mm


_A4 = (A4[0] / mm, A4[1] / mm)
LAYOUTS = {
    "3x8": Layout("A4, 3 × 8 (70 × 37 mm)", _A4, 3, 8, 70, 37, top=0.5),
    "5x13": Layout(
        "A4, 5 × 13 (38 × 21 mm)", _A4, 5, 13, 38.1, 21.2, left=4.75, top=10.7, across=40.6
    ),
    "50x30": Layout("Roll, 50 × 30 mm", (50, 30), 1, 1, 50, 30),
    "38x25": Layout("Roll, 38 × 25 mm", (38, 25), 1, 1, 38, 25),
}


@dataclass(frozen=True)
class Label:
    """What stands on a label."""

    name: str
    price: str
    code: str

    @classmethod
    def of(cls, product: Product, *, sign: str) -> "Label":
        """Of a product, with its first barcode; of one that has none, its SKU."""
        code = next(iter(product.barcodes.split()), product.sku)
        return cls(product.name, amount(product.price, sign=sign), code)


def render(copies: Iterable[tuple[Label, int]], layout: Layout, *, skip: int = 0) -> bytes:
    """The PDF: so many of each label, in order; the first `skip` places of the sheet stay empty."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=(layout.page[0] * mm, layout.page[1] * mm))
    canvas.setTitle("Labels")
    each = chain.from_iterable(repeat(label, count) for label, count in copies)
    for number, label in enumerate(each, start=skip % layout.count):
        if number and number % layout.count == 0:
            canvas.showPage()
        _draw(canvas, label, layout, *layout.corner(number % layout.count))
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, label: Label, layout: Layout, x: float, y: float) -> None:
    """The name above, the price beneath it, the code at the foot."""
    padding = (2 if layout.width > 40 else 1.5) * mm
    width, height = layout.width * mm - 2 * padding, layout.height * mm - 2 * padding
    size = 8 if layout.height >= 30 else 6
    code_height = height * 0.46
    top = y + padding + height
    name = _fitted(label.name, size, width, lines=2 if layout.height >= 25 else 1)
    name.drawOn(canvas, x + padding, top - name.height)
    left = height - code_height - name.height
    look = style(min(left * 0.72, size * 1.9), bold=True, alignment=TA_CENTER)
    price = text(label.price, look, width)
    _, price_height = price.wrap(width, left)
    price.drawOn(canvas, x + padding, y + padding + code_height + (left - price_height) / 2)
    _draw_code(canvas, label.code, x + padding, y + padding, width, code_height)


def _fitted(words: str, size: float, width: float, *, lines: int) -> Any:
    """A paragraph of at most so many lines; what does not fit is left out at its end."""
    look = style(size, alignment=TA_CENTER)
    shown = words
    while True:
        drawn = text(shown, look, width)
        drawn.wrap(width, 1000)
        if drawn.height <= lines * look.leading + 0.1 or len(shown) < 2:
            return drawn
        shown = f"{shown.rstrip('…')[:-1].rstrip()}…"


def _draw_code(canvas: Canvas, code: str, x: float, y: float, width: float, height: float) -> None:
    """The bars of an EAN-13, else those of Code 128; where they would be too narrow to be read,
    or the code has letters without bars, it is only written."""
    size = min(height * 0.22, 7)
    digits = size * 1.4
    ean = ean13_of(code)
    if ean:
        bar = min(width / EAN_MODULES, WIDEST)
        drawing = Drawing(width, height)
        drawing.add(
            Ean13BarcodeWidget(
                ean, barWidth=bar, barHeight=height, fontSize=size, fontName=FONT, quiet=False
            )
        )
        drawing.drawOn(canvas, x + (width - 95 * bar) / 2, y)
        return
    bars = _code_128(code, width, height - digits)
    if bars:
        bars.drawOn(canvas, x + (width - bars.width) / 2, y + digits)
    written = _fitted(code, size if bars else size + 2, width, lines=1)
    written.drawOn(canvas, x, y + (0 if bars else (height - written.height) / 2))


def _code_128(code: str, width: float, height: float) -> Any:
    if not code.isascii() or not code.isprintable():
        return None
    modules = Code128(code, barWidth=1, quiet=False).width + 2 * QUIET
    bar = min(width / modules, WIDEST)
    if bar < NARROWEST:
        return None
    return Code128(code, barWidth=bar, barHeight=height, quiet=False)
