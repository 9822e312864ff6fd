"""A paper as PDF, by reportlab; no system library, no request to another machine."""

from io import BytesIO

import segno
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from reports.documents.document import Paper, Size, Table
from reports.documents.typesetting import (
    FAINT,
    FRAME_PADDING,
    INK,
    LINE,
    NO_PADDING,
    address_of,
    letterhead,
    logo,
    numbered,
    register_fonts,
    style,
    text,
)

ROLL_WIDTH = 80 * mm


def render(paper: Paper) -> bytes:
    """The PDF of a paper: A4 with page numbers, or one strip of an 80 mm roll as long as it is."""
    register_fonts()
    narrow = paper.size is Size.ROLL
    margin = 4 * mm if narrow else 18 * mm
    width = (ROLL_WIDTH if narrow else A4[0]) - 2 * margin
    content = _content(paper, width, narrow=narrow)
    height = A4[1]
    if narrow:
        height = sum(_height(piece, width) for piece in content) + 2 * margin + 8 * mm
    out = BytesIO()
    foot = numbered(f"{paper.title} {paper.number}", margin=margin)
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
    document.build(content, canvasmaker=Canvas if narrow else foot)
    return out.getvalue()


def _height(piece: Flowable, width: float) -> float:
    return float(piece.wrap(width, 10_000 * mm)[1]) + piece.getSpaceBefore() + piece.getSpaceAfter()


def _content(paper: Paper, width: float, *, narrow: bool) -> list[Flowable]:
    size = 8 if narrow else 9.5
    body, small = style(size), style(size - 1, textColor=FAINT)
    middle = style(size - 1, alignment=TA_CENTER, textColor=FAINT)
    shop = paper.shop
    content: list[Flowable] = []
    if narrow:
        content += [*logo(shop.logo, 18 * mm, centred=True)]
        content.append(text(shop.name, style(size + 4, bold=True, alignment=TA_CENTER)))
        content += [text(line, middle) for line in (address_of(shop), shop.header) if line]
        content.append(Spacer(0, 2 * mm))
        content.append(text(f"{paper.title} {paper.number}", style(size + 1, bold=True)))
    else:
        head = letterhead(shop, paper.title, paper.number, width, size=size)
        content += [head, Spacer(0, 6 * mm)]
    if paper.facts:
        share = 0.34 if narrow else 0.18
        facts = Grid(
            [[text(label, small), text(value, body)] for label, value in paper.facts],
            colWidths=[width * share, width * (1 - share)],
            hAlign="LEFT",
        )
        facts.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *NO_PADDING])
        content.append(facts)
    for table in paper.tables:
        content.append(Spacer(0, 2 * mm if narrow else 6 * mm))
        if table.title:
            content.append(text(table.title, style(size + 1, bold=True, spaceAfter=4)))
        content += _table(table, width, size)
    content += [Spacer(0, 3 * mm), *(text(note, small) for note in paper.notes)]
    if paper.code:
        content += [Spacer(0, 3 * mm), _qr(paper.code, centred=narrow)]
    if shop.footer:
        content += [Spacer(0, 3 * mm), text(shop.footer, middle)]
    return content


def _table(table: Table, width: float, size: float) -> list[Flowable]:
    weights = sum(column.weight for column in table.columns)
    widths = [width * column.weight / weights for column in table.columns]

    def cells(row: list[str], *, bold: bool = False) -> list[Paragraph]:
        return [
            text(words, style(size, bold=bold, **({"alignment": TA_RIGHT} if c.is_number else {})))
            for words, c in zip(row, table.columns, strict=True)
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
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
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
                text(words, style(size, bold=each.is_total, **right))
                for words in (each.label, each.value)
            ]
            for each in table.sums
        ],
        colWidths=[width * 0.68, width * 0.32],
    )
    lines = [
        ("LINEABOVE", (1, place), (1, place), 0.8, INK)
        for place, each in enumerate(table.sums)
        if each.is_total
    ]
    sums.setStyle([*lines, *NO_PADDING])
    return [grid, Spacer(0, 1.5 * mm), sums]


def _qr(content: str, *, centred: bool) -> Flowable:
    out = BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    out.seek(0)
    side = 22 * mm
    return Image(out, width=side, height=side, hAlign="CENTER" if centred else "LEFT")
